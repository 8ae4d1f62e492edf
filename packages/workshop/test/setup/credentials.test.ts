import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  chooseKernel,
  describeCredentials,
  describeSource,
  findCredentials,
} from '../../src/setup/credentials.ts';
import { type FakeMachine, fakeMachine } from './fake-machine.ts';

let machine: FakeMachine;

/** A person's AWS set-up: shared files of their own, and nothing from this process's environment. */
beforeEach(() => {
  machine = fakeMachine();
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', machine.root);
  vi.stubEnv('AWS_CONFIG_FILE', join(machine.root, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(machine.root, 'credentials'));
});
afterEach(() => void vi.unstubAllEnvs());

/** Milliseconds: what the SDK loads takes long on a busy machine. */
const patienceMs = 60_000;
const no = { local: false, aws: false };

describe('credentials', () => {
  it('are missing on a fresh machine, which is told without asking at the address of an instance', async () => {
    let asked = 0;
    const instance = createServer((_, response) => {
      asked += 1;
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void instance.close());
    await once(instance, 'listening');
    const { port } = instance.address() as AddressInfo;
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', `http://127.0.0.1:${port}`);
    const found = await findCredentials(process.env, patienceMs);
    expect(found).toEqual({ state: 'missing', reason: 'none found' });
    expect(asked).toBe(0);
    expect(process.env.AWS_EC2_METADATA_DISABLED).toBeUndefined();
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'false');
    await findCredentials(process.env, patienceMs);
    expect(asked).toBeGreaterThan(0);
    expect(chooseKernel(no, found)).toEqual({
      kernel: 'local',
      reason: 'because no AWS credentials resolve',
    });
  });

  it('come from environment variables; only the end of the key is kept', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE1234');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const found = await findCredentials(process.env, patienceMs);
    expect(found).toEqual({ state: 'found', source: 'environment variables', keyEnd: '1234' });
    expect(describeCredentials(found)).toBe('from environment variables, key ending in 1234');
    expect(chooseKernel(no, found).kernel).toBe('aws');
  });

  it('come from a Bedrock API key', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'bedrock-api-key-secret');
    const found = await findCredentials(process.env, patienceMs);
    expect(describeCredentials(found)).toBe('from AWS_BEARER_TOKEN_BEDROCK');
    expect(chooseKernel(no, found).kernel).toBe('aws');
  });

  it('come from the shared files, of the profile that is asked for', async () => {
    machine.write('credentials', '[work]\naws_access_key_id=AKIAWORK\naws_secret_access_key=s\n');
    expect((await findCredentials(process.env, patienceMs)).state).toBe('missing');
    vi.stubEnv('AWS_PROFILE', 'work');
    const source = 'the shared AWS files (profile "work")';
    expect(await findCredentials(process.env, patienceMs)).toEqual({
      state: 'found',
      source,
      keyEnd: 'WORK',
    });
  });

  it('that have expired do not count', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIAEXAMPLE1234');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'token');
    vi.stubEnv('AWS_CREDENTIAL_EXPIRATION', '2024-05-01T10:30:00Z');
    const found = await findCredentials(process.env, patienceMs);
    expect(found).toMatchObject({ state: 'expired', source: 'environment variables' });
    expect(describeCredentials(found)).toContain('expired since 2024-05-01 10:30 UTC');
    expect(chooseKernel(no, found)).toEqual({
      kernel: 'local',
      reason: 'because the AWS credentials have expired',
    });
  });

  it('of an SSO session that was never opened are missing, and the SDK says why', async () => {
    machine.write(
      'config',
      '[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n[sso-session s]\nsso_region=us-east-1\nsso_start_url=https://example.invalid\n',
    );
    const found = await findCredentials(process.env, patienceMs);
    expect(found.state).toBe('missing');
    expect(describeCredentials(found)).toMatch(/SSO/);
  });

  it('that take too long do not hold the start up', async () => {
    machine.write('config', '[default]\ncredential_process=/bin/sleep 30\n');
    const started = performance.now();
    const found = await findCredentials(process.env, 1_000);
    expect(performance.now() - started).toBeLessThan(25_000);
    expect(describeCredentials(found)).toContain('no answer within 1 s');
  });

  it('are described by where the SDK says they are from', () => {
    expect(describeSource(['CREDENTIALS_PROFILE_SSO', 'CREDENTIALS_SSO'], {})).toContain('SSO');
    expect(describeSource(['CREDENTIALS_HTTP'], {})).toBe("the container's role");
    expect(describeSource([], {})).toBe('the AWS SDK');
  });
});

describe('the kernel', () => {
  it('is the one that was asked for, whatever the credentials', () => {
    const found = { state: 'found', source: 'x' } as const;
    expect(chooseKernel({ local: true, aws: false }, found).kernel).toBe('local');
    expect(chooseKernel({ local: false, aws: true }, { state: 'missing', reason: 'x' }).kernel).toBe('aws');
  });
});
