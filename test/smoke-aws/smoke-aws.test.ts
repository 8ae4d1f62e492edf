import { type ChildProcess, execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LocalBedrock, startLocalBedrock } from '../../packages/local-bedrock/src/index.ts';
import { operations } from '../../packages/local-bedrock/src/operations/all-operations.ts';
import { standIn } from '../../packages/local-bedrock/src/words/stand-in/stand-in.ts';
import { callsFor } from './calls.ts';
import { silentToBatches } from './compare.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let endpoint: LocalBedrock;
let other: Server;
let folder: string;
/** Answers in the other Bedrock's place; `true`: it did, or the connection is gone. */
let instead: ((path: string, request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
/** Told of each answer of the other Bedrock that has gone out. */
let onAnswer: ((request: string) => void) | undefined;

/** What the account has of its own, and what an earlier run left there. */
async function furnish(): Promise<void> {
  const post = async (path: string, body: object) => {
    const response = await fetch(endpoint.url + path, { method: 'POST', body: JSON.stringify(body) });
    expect(response.ok, await response.text()).toBe(true);
  };
  for (const name of ['corp-hr-guardrail', 'smoke-aws']) {
    const words = { wordsConfig: [{ text: 'corp-word' }] };
    const messaging = { blockedInputMessaging: 'a', blockedOutputsMessaging: 'b' };
    await post('/guardrails', { name, ...messaging, wordPolicyConfig: words });
  }
  for (const jobName of ['corp-payroll', 'smoke-aws-of-corp']) {
    await post('/model-invocation-job', {
      jobName,
      roleArn: 'arn:aws:iam::123456789012:role/corp-role',
      modelId: 'amazon.nova-lite-v1:0',
      inputDataConfig: { s3InputDataConfig: { s3Uri: 's3://corp-bucket/in.jsonl' } },
      outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://corp-bucket/out' } },
    });
  }
}

/** Another Bedrock, which differs from the local endpoint in what is seeded here. */
function seeded(path: string, text: string): string {
  if (path === '/foundation-models') {
    const { modelSummaries } = JSON.parse(text);
    const model = { ...modelSummaries[0], modelId: 'amazon.nova-9-ultra-v1:0', outputModalities: ['TEXT'] };
    return JSON.stringify({ modelSummaries: [...modelSummaries, model] });
  }
  if (path === '/model/no-such-model/converse') return text.replace('is invalid', 'is not one of ours');
  if (/nova.*\/converse$/.test(path) && text.includes('"4"')) {
    const { metrics: _, ...rest } = JSON.parse(text);
    return JSON.stringify({ ...rest, account: 'arn:aws:bedrock:us-east-1:123456789012:x' });
  }
  if (/^\/guardrail\/.+\/apply$/.test(path)) {
    const { outputs: _, ...rest } = JSON.parse(text);
    return JSON.stringify(rest);
  }
  if (path === '/openai/v1/chat/completions' && text.includes('"completion_tokens"')) {
    return JSON.stringify({ ...JSON.parse(text), kept_for: 30 });
  }
  if (path.endsWith('/abcdefghijkl/stop')) return text.replace('was not found', 'was never there');
  return text;
}

/** A stream without its last two frames, which tell its end and its usage. */
function withoutEnd(bytes: Buffer): Buffer {
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) starts.push(at);
  return bytes.subarray(0, starts.at(-2));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smoke-aws-'));
  await mkdir(join(folder, 'a-bucket'));
  await mkdir(join(folder, 'corp-bucket'));
  endpoint = await startLocalBedrock({
    era: 'today',
    s3: folder,
    words: silentToBatches(standIn),
    inferenceProfiles: { corpteamprofile: 'amazon.nova-lite-v1:0' },
  });
  await furnish();
  other = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = 'GET', url = '' } = request;
    if (instead?.(decodeURIComponent(url), request, response)) return;
    if (method === 'DELETE' && url.startsWith('/a-bucket/')) {
      await rm(join(folder, new URL(url, endpoint.url).pathname));
      response.writeHead(204).end();
      return;
    }
    const headers = Object.entries(request.headers).filter(([name]) =>
      /^(authorization|content-encoding|x-am.*)$/.test(name),
    );
    const answer = await fetch(endpoint.url + url, {
      method,
      headers: headers.map(([name, value]) => [name, String(value)] as [string, string]),
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const isJson = answer.headers.get('content-type') === 'application/json';
    const isCut = /nova.*\/converse-stream$/.test(url);
    const body = isJson
      ? Buffer.from(seeded(decodeURIComponent(url), bytes.toString('utf8')))
      : isCut
        ? withoutEnd(bytes)
        : bytes;
    for (const [name, value] of answer.headers) {
      if (/^(content-type|x-amzn-)/.test(name)) response.setHeader(name, value);
    }
    response.writeHead(answer.status).end(body, () => onAnswer?.(`${method} ${url}`));
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  other.closeAllConnections();
  other.close();
  await endpoint.close();
  await rm(folder, { recursive: true });
});

let running: ChildProcess | undefined;

/** The command against the other Bedrock; gives what it prints. */
function run(...args: string[]): Promise<string> {
  const upstream = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const program = join(import.meta.dirname, 'run.ts');
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'AKIDSECRET', AWS_SECRET_ACCESS_KEY: 'very-secret' };
  return new Promise((resolve) => {
    const all = [program, '--region', 'us-east-1', '--upstream', upstream, '--out', folder, ...args];
    running = execFile(process.execPath, all, { env }, (_, stdout, stderr) => resolve(stdout + stderr));
    running.stdin?.end();
  });
}

describe('npm run smoke:aws', () => {
  const places = { folder: 's3://a-bucket/smoke', roleArn: 'arn:aws:iam::123456789012:role/batch' };

  it('asks everything that the endpoint offers, in about a hundred calls for a few cents', () => {
    const calls = callsFor('us-east-1', undefined, places);
    expect(calls.length).toBeGreaterThan(80);
    expect(calls.length).toBeLessThan(130);
    expect(calls.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeLessThan(0.1);
    const isAsked = ({ method, path }: (typeof operations)[number]) =>
      calls.some((call) => call.method === method && path.test(call.path.split('?', 1)[0] ?? ''));
    expect(operations.filter((operation) => !isAsked(operation)).map(({ name }) => name)).toEqual([]);
  });

  it('names everything a call is given by a call before it', () => {
    const given = new Set<string>();
    for (const { path, headers, body, gives } of callsFor('us-east-1', undefined, places)) {
      const named = JSON.stringify([path, headers, body]).matchAll(/\{(guardrail|job)\}/g);
      for (const [, name = ''] of named) expect(given).toContain(name);
      for (const name of Object.keys(gives ?? {})) given.add(name);
    }
    expect(given.size).toBe(2);
  });

  it('finds what differs, and nothing else, and keeps no secret and no account', async () => {
    const printed = await run('--yes', '--s3', places.folder, '--role', places.roleArn);
    const lines = printed.split('\n').filter((line) => line.startsWith('- '));
    const ofStream = lines.filter((line) =>
      /^- ConverseStream(?:, blocked,)? amazon\.nova-micro-v1:0: /.test(line),
    );
    expect(ofStream.some((line) => line.includes(': order messageStart'))).toBe(true);
    expect(ofStream.at(-1)).toContain('failed: The answer broke off');
    expect(lines.filter((line) => !ofStream.includes(line))).toEqual([
      '- Converse amazon.nova-micro-v1:0: no member account',
      '- Converse amazon.nova-micro-v1:0: further member metrics',
      '- Converse amazon.nova-micro-v1:0: further member metrics.latencyMs',
      '- Converse: a model of nobody: text The provided model identifier is not one of ours., here The provided model identifier is invalid.',
      '- Chat completions openai.gpt-oss-20b-1:0: no member kept_for',
      '- Chat completions with a tool openai.gpt-oss-20b-1:0: no member kept_for',
      '- ApplyGuardrail: a word that is blocked: further member outputs',
      '- ApplyGuardrail: a word that is blocked: further member outputs[].text',
      '- ApplyGuardrail: an answer that is blocked: further member outputs',
      '- ApplyGuardrail: an answer that is blocked: further member outputs[].text',
      '- ApplyGuardrail: nothing found: further member outputs',
      '- StopModelInvocationJob of nobody: text The specified batch inference job was never there., here The specified batch inference job was not found.',
      '- amazon.nova-9-ultra-v1:0 is not in the catalogue',
    ]);
    const kept = await readFile(join(folder, 'exchanges.json'), 'utf8');
    expect(JSON.parse(kept).length).toBeGreaterThan(50);
    for (const secret of ['very-secret', 'AKIDSECRET', '123456789012', 'AWS4-HMAC', 'a-bucket', 'corp']) {
      expect(kept + printed).not.toContain(secret);
    }
    expect(kept).toContain('arn:aws:bedrock:us-east-1:111122223333:x');
  });

  const get = async (path: string) => JSON.stringify(await (await fetch(endpoint.url + path)).json());
  const kept = () => readFile(join(folder, 'exchanges.json'), 'utf8');

  it('takes away what it made, what an earlier run left, and nothing else', async () => {
    expect(await get('/guardrails')).not.toContain('smoke-aws');
    expect(await get('/guardrails')).toContain('corp-hr-guardrail');
    expect(await get('/model-invocation-jobs')).toContain('"status":"Stopped"');
    await expect(readFile(join(folder, 'a-bucket', 'smoke', 'input.jsonl'))).rejects.toThrow('ENOENT');
  });

  it('takes away what it made and tells what there is when it is interrupted', async () => {
    await rm(join(folder, 'exchanges.json'));
    onAnswer = (request) => request === 'POST /guardrails' && running?.kill('SIGINT');
    const printed = await run('--yes');
    onAnswer = undefined;
    expect(printed).toContain('Interrupted');
    expect(printed).toContain('### The local endpoint');
    expect(await get('/guardrails')).not.toContain('smoke-aws');
    expect(JSON.parse(await kept()).length).toBeGreaterThan(50);
  });

  it('goes on when one connection breaks, and leaves no guardrail whose making had no answer', async () => {
    let isBroken = false;
    instead = (path, { method, socket }) => {
      if (isBroken || method !== 'POST' || path !== '/guardrails') return false;
      isBroken = true;
      socket.destroy();
      // It was made all the same.
      void fetch(`${endpoint.url}/guardrails`, { method, body: JSON.stringify(leftBehind) });
      return true;
    };
    const printed = await run('--yes');
    instead = undefined;
    expect(printed).toMatch(/### Without an answer\n\n- CreateGuardrail: \w+\n/);
    expect(printed).toContain('200 ListModelInvocationJobs');
    expect(await get('/guardrails')).not.toContain('smoke-aws');
  });

  const leftBehind = {
    name: 'smoke-aws',
    blockedInputMessaging: 'a',
    blockedOutputsMessaging: 'b',
    wordPolicyConfig: { wordsConfig: [{ text: 'x' }] },
  };

  it.each([
    ['ExpiredTokenException', 'The security token included in the request is expired', 1, 'Sign in again'],
    [
      'AccessDeniedException',
      'User: arn:aws:sts::123456789012:assumed-role/CorpAdmin/jane.doe@corp.example is not authorized to perform: bedrock:ListFoundationModels on resource: arn:aws:bedrock:us-east-1:123456789012:guardrail/corp',
      3,
      'These credentials may not call bedrock:ListFoundationModels',
    ],
  ])('stops at the first answers of %s, and says what to do', async (error, message, most, next) => {
    let asked = 0;
    instead = (path, _, response) => {
      if (!path.startsWith('/guardrails')) asked += 1;
      response.writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': error });
      response.end(JSON.stringify({ message }));
      return true;
    };
    const printed = await run('--yes');
    instead = undefined;
    expect(asked).toBe(most);
    expect(printed).toContain(next);
    for (const part of ['The local endpoint', 'The catalogue', '`lib`'])
      expect(printed).toContain(`### ${part}: nothing was compared`);
    for (const name of ['CorpAdmin', 'jane.doe', '123456789012', 'guardrail/corp'])
      expect(printed + (await kept())).not.toContain(name);
  });

  it('says with --help what it takes, and of an unknown option that it is unknown', async () => {
    expect(await run('--help')).toContain('--max-cost USD');
    expect(await run('--bogus')).toMatch(/^Unknown option '--bogus'.*\n$/);
  });

  it('stops before it costs more than was allowed', async () => {
    const before = endpoint.requests().length;
    const printed = await run('--yes', '--max-cost', '0.0001');
    expect(printed).toContain('Stopped by --max-cost before');
    const [, asked, planned] = /(\d+) of (\d+) calls, \$/.exec(printed) ?? [];
    expect(Number(planned)).toBe(callsFor('us-east-1', undefined, undefined).length);
    expect(Number(asked)).toBeLessThan(20);
    expect(printed).toMatch(new RegExp(`### The local endpoint: \\w+ differences? in ${asked} answers`));
    expect(endpoint.requests().length - before).toBeLessThan(20);
  });

  it('sends nothing that nobody agreed to', async () => {
    const before = endpoint.requests().length;
    expect(await run()).toContain('Say --yes to send these calls.');
    expect(endpoint.requests()).toHaveLength(before);
  });
});
