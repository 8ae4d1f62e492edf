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
import { catalogueDate } from 'bedrock-models';
import { ownSigner } from '../../packages/local-bedrock/src/record/forward.ts';
import { readFrames } from '../../packages/local-bedrock/test/frames.ts';
import type { BatchPlaces } from './account-calls.ts';
import { batchFiles } from './batch-files.ts';
import { callsFor } from './calls.ts';
import { type Compared, compare, type Findings } from './compare.ts';
import { hider } from './names.ts';
import {
  errorOf,
  reasonOf,
  runCalls,
  type Sender,
  type Session,
  signInAgain,
  takeAwayOldGuardrail,
} from './session.ts';

const help = `npm run smoke:aws -- [options]

About a hundred calls to Amazon Bedrock with your own credentials, for a few cents. It says first how many and what they
can cost, and asks. A report for an issue is printed; the exchanges are kept without names, numbers and keys of the account.

  --region REGION    where (AWS_REGION, else AWS_DEFAULT_REGION, else us-east-1)
  --max-cost USD     stops before it costs more (0.25)
  --yes              does not ask
  --out DIR          where the exchanges are kept (.cache/smoke-aws)
  --s3 s3://bucket/folder --role ARN
                     a batch job too, which is stopped at once: where it reads and writes, and the role that may
  --upstream URL     another endpoint in Bedrock's place
  --help             this text`;

function readOptions() {
  return parseArgs({
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
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}
type Options = ReturnType<typeof readOptions>;
type Hide = (text: string) => string;

async function main(options: Options, hide: Hide): Promise<void> {
  const { region, out, upstream } = options;
  const maxCostUsd = Number(options['max-cost']);
  if (!(maxCostUsd > 0)) throw new Error('--max-cost is an amount of US dollars, such as 0.25.');
  const places = batchPlaces(options);
  const calls = callsFor(region, undefined, places);
  const planned = calls.reduce((sum, { costUsd }) => sum + costUsd, 0);
  console.log(
    `${calls.length} calls to ${upstream ?? `Amazon Bedrock in ${region}`}, ${calls.filter(({ costUsd }) => costUsd === 0).length} of them free. At most $${planned.toFixed(4)} by the catalogue's prices of ${catalogueDate}; it stops before $${maxCostUsd}.`,
  );
  console.log(
    `A guardrail named smoke-aws is made and deleted again, one that an earlier run left too${places === undefined ? '' : '; a batch job is made and stopped, and its files are deleted'}.`,
  );
  if (!(await isAgreed(options))) return;
  mkdirSync(out, { recursive: true });
  const stop = new AbortController();
  const interrupt = () => {
    console.error('Stopping, and taking away what was made. Once more, and it ends at once.');
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  const signer = await ownSigner(region);
  await signer().catch((error: unknown) => {
    throw new Error(`No credentials: ${reasonOf(error)}. ${signInAgain}`);
  });
  const tell = (line: string) => process.stderr.write(`${hide(line)}\n`);
  const sender = { upstream, region, signer, maxCostUsd, interrupted: stop.signal, tell };
  const files = places && batchFiles(places, region, upstream);
  await files?.put();
  let session: Session;
  try {
    session = await smoke(calls, sender);
  } finally {
    await files?.takeAway().catch((error: unknown) => {
      tell(
        `Files are left in ${places?.folder} (${reasonOf(error)}): aws s3 rm --recursive ${places?.folder}`,
      );
    });
  }
  const file = keep(session, out, hide);
  const findings = await compare(session.answered, region).catch((error: unknown) => reasonOf(error));
  console.log(hide(report(region, calls.length, session, findings)));
  console.log(`\nThe exchanges are in ${file}.`);
  for (const line of session.left) console.error(line);
  if (session.stopped !== undefined) {
    console.error(hide(session.stopped));
    if (!session.stopped.includes('--max-cost')) process.exitCode = stop.signal.aborted ? 130 : 1;
  }
  if (typeof findings === 'string' || session.left.length > 0) process.exitCode = 1;
}

async function smoke(calls: Parameters<typeof runCalls>[0], sender: Sender): Promise<Session> {
  await takeAwayOldGuardrail(sender);
  return await runCalls(calls, sender);
}

function batchPlaces({ s3, role: roleArn }: Options): BatchPlaces | undefined {
  if (s3 === undefined && roleArn === undefined) return undefined;
  if (!s3?.startsWith('s3://') || roleArn === undefined) {
    throw new Error(
      'A batch job needs both: --s3 s3://bucket/folder and --role, a role that reads and writes there.',
    );
  }
  return { folder: s3.replace(/\/$/, ''), roleArn };
}

async function isAgreed({ yes }: Options): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) throw new Error('Nobody can be asked here. Say --yes to send these calls.');
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question('Send them? [y/N] ');
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Writes the exchanges in the form of the recordings, and gives the file. Refusals of credentials can quote them. */
function keep({ answered, ofAccount }: Session, folder: string, hide: Hide): string {
  const file = join(folder, 'exchanges.json');
  const told = ofAccount.filter((one) => !/token|signature|client|status 401/i.test(errorOf(one)));
  const kept = [...answered, ...told].map(({ call, status, headers, bytes }) => {
    const isStream = headers.get('content-type')?.includes('eventstream') ?? false;
    return {
      source: 'smoke:aws',
      file: call.name,
      model: call.modelId,
      date: headers.get('date'),
      path: call.path,
      request: call.body,
      reqheaders: call.headers,
      status,
      headers: [...headers].filter(([name]) => /^(content-type|date|x-amzn-(?!requestid).*)$/.test(name)),
      response: isStream ? { events: eventsOf(bytes, hide) } : parsed(bytes.toString('utf8')),
    };
  });
  writeFileSync(file, `${hide(JSON.stringify(kept, undefined, 1))}\n`);
  return file;
}

/** The events of a stream by their kinds; of a chunk, what is inside, and the padding beside. */
function eventsOf(bytes: Buffer, hide: Hide): object[] {
  return readFrames(bytes).map(({ headers, json }) => {
    const isChunk = typeof json.bytes === 'string';
    const content = isChunk ? Buffer.from(json.bytes, 'base64').toString('utf8') : JSON.stringify(json);
    return { [String(headers[0]?.[1])]: parsed(hide(content)), ...(isChunk && { p: json.p }) };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

/**
 * A report in Markdown, to be pasted into an issue: what was compared is told, since a run may end early. `findings`: or why
 * nothing could be compared.
 */
function report(region: string, planned: number, session: Session, findings: Findings | string): string {
  const { answered, ofAccount, broken, spentUsd, stopped } = session;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`\n### ${title}\n`, ...lines.map((line) => `- ${line}`)];
  const compared = (title: string, { answers, differences }: Compared) => {
    const found = differences.length === 0 ? 'no difference' : `${differences.length} differences`;
    const told = answers === 0 ? 'nothing was compared' : `${found} in ${answers} answers`;
    return [`\n### ${title}: ${told}\n`, ...differences.map((line) => `- ${line}`)];
  };
  return [
    `## Amazon Bedrock in ${region}, ${new Date().toISOString().slice(0, 10)}\n`,
    `${answered.length + ofAccount.length + broken.length} of ${planned} calls, $${spentUsd.toFixed(4)}.`,
    ...(stopped === undefined ? [] : [stopped]),
    ...section(
      'Without an answer',
      broken.map(({ call, why }) => `${call.name}: ${why}`),
    ),
    ...section(
      'Of the account or the moment, not compared',
      ofAccount.map((one) => `${one.call.name}: ${one.status} ${errorOf(one)}`),
    ),
    ...(typeof findings === 'string'
      ? [`\nNothing could be compared: ${findings}.`]
      : [
          ...compared('The local endpoint', findings.endpoint),
          ...compared('The catalogue', findings.catalogue),
          ...compared('`lib`', findings.lib),
        ]),
  ].join('\n');
}

async function start(): Promise<void> {
  let hide: Hide = (text) => text;
  try {
    const options = readOptions();
    hide = hider(options);
    if (options.help) console.log(help);
    else await main(options, hide);
  } catch (error) {
    console.error(hide(error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  }
}

await start();
