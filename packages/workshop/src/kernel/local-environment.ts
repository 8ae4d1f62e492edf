import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportRegion } from 'lib/region';
import type { ModelOptions } from 'local-bedrock';
import { namesIn, readText } from '../setup/disk.mjs';
import { nameOf, runsStill } from '../setup/processes.mjs';

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

/** The one bucket of S3 that there is. */
const bucket = 'notebooks';

/** In a folder with buckets, the file that says it is one, and of which kernel: nothing else is ever taken away. */
const marker = '.local-bedrock-buckets';
const marked = /^buckets of the local kernel (\d+) (\S+)$/;

/**
 * Starts the local Bedrock endpoint in this process, where it lives exactly as long as the kernel does, and
 * points the AWS SDK at it, S3's client included: what batch jobs read and write is in a folder of the system's for
 * temporary files, and goes with the kernel, or with the next one where it was killed. `BEDROCK_BATCH_FOLDER` and `BEDROCK_BATCH_ROLE` are where a batch job works
 * and as whom; on AWS, whoever runs one sets them. `LOCAL_BEDROCK_ERA` chooses `lab` (the default) or `today`.
 *
 * @param model whose words it answers with; the stand-in's without one. `LOCAL_BEDROCK_WORDS` then says its name.
 */
export async function localEnvironment(env: NodeJS.ProcessEnv, model?: ModelOptions): Promise<void> {
  const { startLocalBedrock } = await import('local-bedrock');
  const era = env.LOCAL_BEDROCK_ERA === 'today' ? 'today' : 'lab';
  await exportRegion(env);
  const buckets = makeBuckets();
  const { url } = await startLocalBedrock({
    era,
    ...(env.AWS_REGION && { region: env.AWS_REGION }),
    ...(model !== undefined && { model }),
    ...(buckets !== undefined && { s3: buckets }),
    unref: true,
  });
  for (const name of hidden) delete env[name];
  delete env.LOCAL_BEDROCK_WORDS;
  if (model !== undefined) env.LOCAL_BEDROCK_WORDS = (await import('local-bedrock/model')).modelName(model);
  Object.assign(env, {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    AWS_ENDPOINT_URL_BEDROCK: url,
    AWS_ENDPOINT_URL_S3: url,
    ...(buckets !== undefined && {
      BEDROCK_BATCH_FOLDER: `s3://${bucket}/batch`,
      BEDROCK_BATCH_ROLE: 'arn:aws:iam::123456789012:role/batch',
    }),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    LOCAL_BEDROCK_ERA: era,
  });
}

/** A folder with the bucket; undefined where none can be made: only batch jobs need it. */
function makeBuckets(): string | undefined {
  removeLeftBuckets();
  try {
    const buckets = mkdtempSync(join(tmpdir(), `local-bedrock-${process.pid}-`));
    process.once('exit', () => rmSync(buckets, { recursive: true, force: true }));
    writeFileSync(join(buckets, marker), `buckets of the local kernel ${nameOf(process.pid)}`);
    mkdirSync(join(buckets, bucket));
    return buckets;
  } catch (error) {
    console.error(`There is no bucket for batch jobs: ${(error as Error).message}`);
    return undefined;
  }
}

/** Those of kernels that were killed: whoever else names a folder like them keeps it. */
function removeLeftBuckets(): void {
  for (const name of namesIn(tmpdir()).filter((each) => each.startsWith('local-bedrock-'))) {
    const folder = join(tmpdir(), name);
    const [, pid, started] = marked.exec(readText(join(folder, marker)) ?? '') ?? [];
    if (pid === undefined || runsStill(Number(pid), started)) continue;
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
