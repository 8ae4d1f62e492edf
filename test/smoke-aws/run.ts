/**
 * About a hundred calls to Amazon Bedrock with your own credentials, for a few cents: every operation and living family,
 * whole and streamed, and refusals, which cost nothing. It says beforehand how many they are and what they can cost, and
 * asks. A guardrail is made and deleted again; a batch job only where --s3 names a folder and --role a role that reads and
 * writes there, and it is stopped at once. What came back is kept without secrets and account numbers, and held against the
 * local endpoint, the catalogue and `lib`.
 *
 *   npm run smoke:aws -- [--region us-east-1] [--max-cost 0.25] [--yes] [--out DIR] [--upstream URL]
 *                        [--s3 s3://bucket/folder --role arn:aws:iam::…:role/…]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { catalogueDate, costOf } from 'bedrock-models';
import { ownSigner } from '../../packages/local-bedrock/src/record/forward.ts';
import { readFrames } from '../../packages/local-bedrock/test/frames.ts';
import { type BatchPlaces, batchInput } from './account-calls.ts';
import { type Call, callsFor } from './calls.ts';
import { type Answered, compare, type Findings, type Given, send } from './compare.ts';

const { values } = parseArgs({
  options: {
    region: {
      type: 'string',
      default: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1',
    },
    'max-cost': { type: 'string', default: '0.25' },
    out: { type: 'string', default: '.cache/smoke-aws' },
    upstream: { type: 'string' },
    s3: { type: 'string' },
    role: { type: 'string' },
    yes: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  const { region, out, upstream } = values;
  const most = Number(values['max-cost']);
  if (!(most > 0)) throw new Error('--max-cost is an amount of US dollars, such as 0.25.');
  const places = batchPlaces();
  const calls = callsFor(region, undefined, places);
  const planned = calls.reduce((sum, { costUsd }) => sum + costUsd, 0);
  console.log(
    `${calls.length} calls to ${upstream ?? `Amazon Bedrock in ${region}`}, ${calls.filter(({ costUsd }) => costUsd === 0).length} of them free. At most $${planned.toFixed(4)} by the catalogue's prices of ${catalogueDate}; it stops before $${most}.`,
  );
  if (!(await isAgreed())) return;
  if (places !== undefined) await putBatchInput(places);
  const signer = await (await ownSigner(region))();
  const answered: Answered[] = [];
  const given: Given = new Map();
  let spent = 0;
  const ask = async (call: Call) => {
    const base = upstream ?? `https://${call.service}.${region}.amazonaws.com`;
    const answer = await send(call, new URL(base), region, signer, given);
    if (answer !== undefined) {
      spent += costOfAnswer(answer);
      answered.push(answer);
    }
    process.stderr.write(`${answer?.status ?? 'not asked, an earlier call was refused:'} ${call.name}\n`);
  };
  let next = 0;
  try {
    for (; next < calls.length; next += 1) {
      const call = calls[next];
      if (call === undefined || spent + call.costUsd > most) break;
      await ask(call);
    }
  } finally {
    for (const call of calls.slice(next).filter(({ cleansUp }) => cleansUp)) await ask(call);
  }
  const stopped = calls[next];
  const file = keep(answered, out);
  console.log(report({ region, answered, spent, stopped, findings: await compare(answered, region) }));
  console.log(`\nThe exchanges are in ${file}.`);
}

function batchPlaces(): BatchPlaces | undefined {
  const { s3, role: roleArn } = values;
  if (s3 === undefined && roleArn === undefined) return undefined;
  if (!s3?.startsWith('s3://') || roleArn === undefined) {
    throw new Error(
      'A batch job needs both: --s3 s3://bucket/folder and --role, a role that reads and writes there.',
    );
  }
  return { folder: s3.replace(/\/$/, ''), roleArn };
}

async function putBatchInput({ folder }: BatchPlaces): Promise<void> {
  const { region, upstream } = values;
  const client = new S3Client({ region, ...(upstream && { endpoint: upstream, forcePathStyle: true }) });
  const { host: Bucket, pathname } = new URL(`${folder}/input.jsonl`);
  await client.send(new PutObjectCommand({ Bucket, Key: pathname.slice(1), Body: batchInput }));
  client.destroy();
}

async function isAgreed(): Promise<boolean> {
  if (values.yes) return true;
  if (!process.stdin.isTTY) throw new Error('Nobody can be asked here. Say --yes to send these calls.');
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question('Send them? [y/N] ');
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** By the tokens that the answer tells; where it tells none, what the call could cost at most. */
function costOfAnswer({ call, status, headers, bytes }: Answered): number {
  if (status !== 200 || call.costUsd === 0 || call.modelId === undefined) return 0;
  const usage = /"(?:inputTokens|prompt_tokens)":(\d+),"(?:outputTokens|completion_tokens)":(\d+)/.exec(
    bytes.toString('latin1'),
  );
  const input = headers.get('x-amzn-bedrock-input-token-count') ?? usage?.[1];
  const output = headers.get('x-amzn-bedrock-output-token-count') ?? usage?.[2];
  if (input === undefined || output === undefined) return call.costUsd;
  return costOf({ inputTokens: Number(input), outputTokens: Number(output) }, call.modelId) ?? call.costUsd;
}

/** Account numbers, and whatever could name who called. */
function withoutAccounts(text: string): string {
  const { s3, role } = values;
  const named = s3 === undefined ? text : text.replaceAll(s3, 's3://bucket');
  const told = role === undefined ? named : named.replaceAll(role, 'arn:aws:iam::111122223333:role/batch');
  return told.replaceAll(/\b\d{12}\b/g, '111122223333');
}

/** Writes the exchanges in the form of the recordings, and gives the file. */
function keep(answered: readonly Answered[], folder: string): string {
  const file = join(folder, 'exchanges.json');
  const kept = answered.map(({ call, status, headers, bytes }) => {
    const isStream = headers.get('content-type')?.includes('eventstream') ?? false;
    const text = withoutAccounts(bytes.toString('utf8'));
    return {
      source: 'smoke:aws',
      file: call.name,
      model: call.modelId,
      date: headers.get('date'),
      path: call.path,
      request: call.body && parsed(withoutAccounts(JSON.stringify(call.body))),
      reqheaders: call.headers,
      status,
      headers: [...headers].filter(([name]) => /^(content-type|date|x-amzn-(?!requestid).*)$/.test(name)),
      response: isStream ? { events: eventsOf(bytes) } : parsed(text),
    };
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(kept, undefined, 1)}\n`);
  return file;
}

/** The events of a stream by their kinds; of a chunk, what is inside, and the padding beside. */
function eventsOf(bytes: Buffer): object[] {
  return readFrames(bytes).map(({ headers, json }) => {
    const isChunk = typeof json.bytes === 'string';
    const content = isChunk ? Buffer.from(json.bytes, 'base64').toString('utf8') : JSON.stringify(json);
    return { [String(headers[0]?.[1])]: parsed(withoutAccounts(content)), ...(isChunk && { p: json.p }) };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

interface Run {
  readonly region: string;
  readonly answered: readonly Answered[];
  readonly spent: number;
  readonly stopped: Call | undefined;
  readonly findings: Findings;
}

/** A report in Markdown, to be pasted into an issue. */
function report({ region, answered, spent, stopped, findings }: Run): string {
  const list = (title: string, lines: readonly string[]) => [
    `\n### ${title}: ${lines.length === 0 ? 'no difference' : `${lines.length} differences`}\n`,
    ...lines.map((line) => `- ${withoutAccounts(line)}`),
  ];
  return [
    `## Amazon Bedrock in ${region}, ${new Date().toISOString().slice(0, 10)}\n`,
    `${answered.length} calls, $${spent.toFixed(4)}.`,
    ...(stopped === undefined ? [] : [`Stopped by --max-cost before ${stopped.name}.`]),
    ...list('The local endpoint', findings.endpoint),
    ...list('The catalogue', findings.catalogue),
    ...list('`lib`', findings.lib),
  ].join('\n');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
