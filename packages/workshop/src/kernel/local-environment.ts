import { exportRegion } from 'lib/region';
import type { ModelOptions } from 'local-bedrock';

/** Variables of a real AWS set-up that would win over, or mix with, the local endpoint's placeholders. */
const hidden = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
];

/**
 * Starts the local Bedrock endpoint in this process, where it lives exactly as long as the kernel does, and
 * points the AWS SDK at it. `LOCAL_BEDROCK_ERA` chooses `lab` (the default) or `today`.
 *
 * @param model whose words it answers with; the stand-in's without one. `LOCAL_BEDROCK_WORDS` then says its name.
 */
export async function localEnvironment(env: NodeJS.ProcessEnv, model?: ModelOptions): Promise<void> {
  const { startLocalBedrock } = await import('local-bedrock');
  const era = env.LOCAL_BEDROCK_ERA === 'today' ? 'today' : 'lab';
  await exportRegion(env);
  const { url } = await startLocalBedrock({
    era,
    ...(env.AWS_REGION && { region: env.AWS_REGION }),
    ...(model !== undefined && { model }),
    unref: true,
  });
  for (const name of hidden) delete env[name];
  delete env.LOCAL_BEDROCK_WORDS;
  if (model !== undefined) env.LOCAL_BEDROCK_WORDS = (await import('local-bedrock/model')).modelName(model);
  Object.assign(env, {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    AWS_ENDPOINT_URL_BEDROCK: url,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    LOCAL_BEDROCK_ERA: era,
  });
}
