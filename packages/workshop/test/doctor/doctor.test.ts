import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalBedrock } from 'lib/local-bedrock';
import { describe, expect, it } from 'vitest';
import { kernelFinding, modelFinding, nodeFinding } from '../../src/doctor/check-machine.ts';
import { checkNetwork, clockFinding, proxyFinding } from '../../src/doctor/check-network.ts';
import { formatFindings, modelsOfNotebook, redact, summarise } from '../../src/doctor/report.ts';
import { readNotebook } from '../../src/notebook-file.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..', '..');
const key = 'AKIAIOSFODNN7EXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** Runs the doctor as npm does, without whatever of AWS this machine has. */
function runDoctor(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...more,
  };
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const doctor = spawn(
      process.execPath,
      [join(projectRoot, 'packages/workshop/src/doctor/cli.ts'), ...args],
      { env },
    );
    let output = '';
    for (const stream of [doctor.stdout, doctor.stderr]) stream.on('data', (text) => (output += text));
    doctor.on('close', (code) => resolve({ code, output }));
  });
}

describe('the doctor', () => {
  it('finds the local endpoint’s models usable, and says the price before it calls them', async () => {
    const { output } = await runDoctor(['--local', '--probe', '--model', 'small', 'notebooks/001.ipynb']);
    expect(output).toContain('small: available (here amazon.nova-micro-v1:0)');
    expect(output.indexOf('Each model is now called once')).toBeLessThan(
      output.indexOf('it answered, for $'),
    );
    expect(output).toMatch(/Credentials +placeholders/);
    expect(output).toMatch(/Words +a stand-in, not a language model/);
  });

  it('says what an account lacks, fails, and leaks neither keys nor accounts', async () => {
    const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';
    const endpoint = await startLocalBedrock({
      access: { [haiku]: 'marketplace', 'amazon.nova-micro-v1:0': 'iam' },
    });
    const { code, output } = await runDoctor(
      ['--model', haiku, '--model', 'amazon.nova-micro-v1:0', '--probe'],
      {
        AWS_ENDPOINT_URL_BEDROCK: endpoint.url,
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint.url,
        AWS_ACCESS_KEY_ID: key,
        AWS_SECRET_ACCESS_KEY: secret,
        AWS_REGION: 'us-east-1',
      },
    );
    await endpoint.close();
    expect(code).toBe(1);
    expect(output).toContain('✗ agreement');
    expect(output).toContain('"aws-marketplace:Subscribe"');
    expect(output).toContain('"bedrock:InvokeModel"');
    expect(output.replace(/\s+/g, ' ')).toContain('arn:aws:iam::<account>:user/<name> is not authorized');
    expect(output).toMatch(/once, for one token: \$0\.000\d+ at most/);
    for (const hidden of [key, key.slice(-4), secret, '123456789012', 'user/local', homedir()]) {
      expect(output).not.toContain(hidden);
    }
  });

  it('judges by the catalogue where nobody is signed in', async () => {
    const { output } = await runDoctor(['--model', 'cohere.command-r-v1:0'], {
      AWS_ENDPOINT_URL_BEDROCK: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:1',
    });
    expect(output).toMatch(/! Credentials +none found/);
    expect(output).toMatch(/! Endpoint +http:\/\/127\.0\.0\.1:1 does not/);
    expect(output).toContain('Command R: retired, by its dates');
  });

  it('explains a wrong option and a notebook that is none', async () => {
    expect(await runDoctor(['--prob'])).toMatchObject({ code: 2, output: expect.stringContaining('Usage:') });
    const wrong = await runDoctor(['package.json']);
    expect(wrong).toMatchObject({ code: 2, output: expect.stringContaining('is not a notebook') });
  });
});

describe('what is looked at', () => {
  it('has a limit for Node, the clock and proxies', () => {
    expect(['20.19.6', '22.17.9', '22.18.0', '24.0.0'].map((version) => nodeFinding(version).state)).toEqual([
      'problem',
      'problem',
      'ok',
      'ok',
    ]);
    expect([undefined, 3, -90, 400].map((skew) => clockFinding(skew).state)).toEqual([
      'unknown',
      'ok',
      'warning',
      'problem',
    ]);
    expect(clockFinding(-90).text).toContain('90 seconds behind');
    expect(proxyFinding({ https_proxy: 'http://me:word@proxy:8080' })).toMatchObject({
      state: 'warning',
      text: 'https_proxy set',
    });
    expect(proxyFinding({ HTTPS_PROXY: '' }).state).toBe('ok');
  });

  it('is the endpoint that the environment names', async () => {
    const endpoint = await startLocalBedrock();
    const findings = await checkNetwork('us-east-1', true, {
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_ENDPOINT_URL_BEDROCK: 'http://127.0.0.1:1',
    });
    await endpoint.close();
    const states = Object.fromEntries(findings.map(({ what, state }) => [what, state]));
    expect(states).toMatchObject({ Endpoint: 'ok', Lists: 'problem' });
  });

  it('is whether the kernels lead anywhere', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
    expect(kernelFinding(folder)).toMatchObject({ state: 'problem', fix: 'Run npm run setup.' });
    for (const name of ['typescript-bedrock', 'typescript-bedrock-local']) {
      const kernel = join(folder, '.jupyter', 'kernels', name);
      mkdirSync(kernel, { recursive: true });
      const argv = [process.execPath, join(folder, 'moved', 'kernel.ts')];
      writeFileSync(join(kernel, 'kernel.json'), JSON.stringify({ argv }));
    }
    expect(kernelFinding(folder).text).toContain('which is not there');
    mkdirSync(join(folder, 'moved'));
    writeFileSync(join(folder, 'moved', 'kernel.ts'), '');
    expect(kernelFinding(folder).state).toBe('ok');
    expect(kernelFinding(folder, true).text).toBe('typescript-bedrock-model is not set up');
    rmSync(folder, { recursive: true });
  });

  it('is the model of the third kernel, its name and whether it is there', async () => {
    expect((await modelFinding(undefined)).text).toMatch(/^none is chosen; npm run setup -- --model/);
    const weights = import.meta.filename;
    const ready = await modelFinding({ source: weights });
    expect(ready).toMatchObject({ state: 'ok', text: expect.stringContaining('doctor.test.ts answers in') });
    const gone = await modelFinding({ source: `${weights}.gguf` });
    expect(gone).toMatchObject({ state: 'warning', text: expect.stringContaining('its weights are not in') });
    expect((await modelFinding({ source: 'http://127.0.0.1:1/v1', name: 'small' })).text).toBe(
      'small is chosen, but no server answers at http://127.0.0.1:1/v1',
    );
    const server = createServer((_, response) => response.end('{"data":[{"id":"small"}]}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const source = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const [listed, other] = [
      await modelFinding({ source, name: 'small' }),
      await modelFinding({ source, name: 'large' }),
    ];
    server.closeAllConnections();
    server.close();
    expect([listed.state, other.state]).toEqual(['ok', 'warning']);
    expect(other.text).toContain('does not list it');
  });

  it('is what a notebook’s pre-flight check names', () => {
    expect(modelsOfNotebook(readNotebook(join(projectRoot, 'notebooks/002.ipynb')))).toEqual([
      'amazon.titan-text-express-v1',
      'amazon.nova-micro-v1:0',
    ]);
  });
});

describe('the report', () => {
  it('wraps words and leaves a policy as it is', () => {
    const fix = `Add this, ${'and '.repeat(20)}\n{\n  "Effect": "Allow"\n}`;
    const text = formatFindings('Model', [
      { what: 'authorized', state: 'problem', text: 'no', fix },
      { what: 'offered', state: 'ok', text: 'yes', fix: 'not shown' },
    ]);
    expect(text).toContain('\n                  "Effect": "Allow"\n');
    expect(text).not.toContain('not shown');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(79);
  });

  it('counts what is wrong', () => {
    const finding = (state: 'ok' | 'warning' | 'problem') => ({ what: '', state, text: '' });
    expect(summarise([finding('ok')])).toBe('Nothing is wrong');
    expect(summarise([finding('problem'), finding('problem'), finding('warning')])).toBe(
      '2 problems, 1 warning',
    );
  });
});

describe('redact', () => {
  it.each([
    [
      'User: arn:aws:iam::123456789012:user/jane.doe is not',
      'User: arn:aws:iam::<account>:user/<name> is not',
    ],
    ['arn:aws:sts::123456789012:assumed-role/Admin/jane', 'arn:aws:sts::<account>:assumed-role/<name>'],
    [`key ${key}`, 'key <key>'],
    ['ASIAIOSFODNN7EXAMPLE.', '<key>.'],
    [`secret ${secret}!`, 'secret <secret>!'],
    ['http://me:word@proxy:8080', 'http://<password>@proxy:8080'],
    ['/home/jane/workshop', '~/workshop'],
    ['anthropic.claude-haiku-4-5-20251001-v1:0', 'anthropic.claude-haiku-4-5-20251001-v1:0'],
  ])('%s', (text, expected) => {
    expect(redact(text, { AWS_SECRET_ACCESS_KEY: secret, AWS_ACCESS_KEY_ID: 'local' }, '/home/jane')).toBe(
      expected,
    );
  });
});
