import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseRegion } from 'lib/region';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exportRegion } from '../../../lib/base/region.ts';

const folder = mkdtempSync(join(tmpdir(), 'region-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'config');
writeFileSync(
  config,
  '[default]\nregion = eu-central-1\n[profile work]\nregion = ap-south-1\n[profile bare]\noutput = json\n',
);
beforeEach(() => {
  vi.stubEnv('AWS_CONFIG_FILE', config);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
});
afterEach(() => vi.unstubAllEnvs());

describe('chooseRegion', () => {
  it.each([
    [{ AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'eu-west-1' }, 'us-west-2', 'AWS_REGION'],
    [{ AWS_REGION: ' ', AWS_DEFAULT_REGION: 'eu-west-1' }, 'eu-west-1', 'AWS_DEFAULT_REGION'],
    [{}, 'eu-central-1', 'profile "default"'],
    [{ AWS_PROFILE: 'work' }, 'ap-south-1', 'profile "work"'],
    [{ AWS_PROFILE: 'bare' }, 'us-east-1', "the workshop's default"],
    [{ AWS_PROFILE: 'missing' }, 'us-east-1', "the workshop's default"],
  ])('%j: %s', async (env, region, source) => {
    expect(await chooseRegion(env)).toEqual({ region, source });
  });

  it('still says what decided it after the launcher has exported it', async () => {
    const env: NodeJS.ProcessEnv = { AWS_PROFILE: 'work' };
    await exportRegion(env);
    expect(env.AWS_REGION).toBe('ap-south-1');
    expect(await chooseRegion(env)).toEqual({ region: 'ap-south-1', source: 'profile "work"' });
    env.AWS_REGION = 'sa-east-1';
    expect(await chooseRegion(env)).toEqual({ region: 'sa-east-1', source: 'AWS_REGION' });
  });
});
