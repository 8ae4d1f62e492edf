import { loadSharedConfigFiles } from '@smithy/core/config';
import { defaultRegion } from 'bedrock-models';

/** The AWS region in use and what decided it. */
export interface RegionChoice {
  readonly region: string;
  /** Such as `AWS_REGION`, `profile "default"` or `the workshop's default`. */
  readonly source: string;
}

/** The kernel's launcher sets AWS_REGION for the cells, and leaves here what it chose and what decided it. */
const launcherChoice = 'LIB_REGION_CHOICE';

/**
 * The region: `AWS_REGION`, else `AWS_DEFAULT_REGION` (which the JavaScript SDK itself ignores), else the
 * profile's, else us-east-1. Reads the shared AWS files only when the environment does not say.
 */
export async function chooseRegion(env: NodeJS.ProcessEnv = process.env): Promise<RegionChoice> {
  const [launched, ...words] = (env[launcherChoice] ?? '').split(' ');
  if (launched && launched === env.AWS_REGION) return { region: launched, source: words.join(' ') };
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const region = env[name]?.trim();
    if (region) return { region, source: name };
  }
  const profile = env.AWS_PROFILE || 'default';
  const region = await profileRegion(profile);
  if (region) return { region, source: `profile "${profile}"` };
  return { region: defaultRegion, source: "the workshop's default" };
}

/** Chooses the region and puts it where every AWS program looks, for those that know no default of ours. */
export async function exportRegion(env: NodeJS.ProcessEnv): Promise<void> {
  const choice = await chooseRegion(env);
  env.AWS_REGION = choice.region;
  env[launcherChoice] = `${choice.region} ${choice.source}`;
}

async function profileRegion(profile: string): Promise<string | undefined> {
  try {
    const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
    return configFile[profile]?.region ?? credentialsFile[profile]?.region;
  } catch {
    return undefined;
  }
}
