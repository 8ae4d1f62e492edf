import { parseArgs } from 'node:util';
import type { AccessKey, AuthOptions } from './auth/authorize.ts';
import { batchQuotaNames, batchQuotas } from './batch/quotas.ts';
import { faultHelp, parseFault } from './faults/parse-fault.ts';
import { type AccessState, accessStates } from './models/access.ts';
import type { LocalBedrockOptions } from './options.ts';
import { isDay } from './options.ts';
import { isServer, type ModelOptions } from './words/model/model-options.ts';

/** What the command is to do. */
export interface Command {
  readonly start: LocalBedrockOptions;
  readonly quiet: boolean;
  readonly log?: string;
  readonly journal?: string;
}

/** What the command line asks for: to start, to print something, or something that cannot be done. */
type ParsedCommand = Command | { readonly print: string } | { readonly wrong: string };

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const options = {
  port: text,
  host: text,
  region: text,
  lab: flag,
  today: flag,
  date: text,
  access: texts,
  model: text,
  'model-name': text,
  'model-key': text,
  'embedding-model': text,
  'inference-profile': texts,
  backend: text,
  'backend-model': text,
  'backend-key': text,
  record: text,
  upstream: text,
  replay: text,
  volatile: texts,
  s3: text,
  'batch-quota': texts,
  auth: text,
  'access-key': texts,
  'api-key': texts,
  fault: texts,
  log: text,
  quiet: flag,
  journal: text,
  help: { type: 'boolean', short: 'h' },
} as const;

/** Where secrets come from that no list of processes shows. An option beside it comes before it. */
const secrets = {
  'model-key': 'LOCAL_BEDROCK_MODEL_KEY',
  'backend-key': 'LOCAL_BEDROCK_BACKEND_KEY',
  'access-key': 'LOCAL_BEDROCK_ACCESS_KEY',
  'api-key': 'LOCAL_BEDROCK_API_KEY',
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

type Values = ReturnType<typeof parse>;

/** Reads the command line, and the secrets in the environment. Pure. */
export function readArguments(args: readonly string[], environment: Environment = {}): ParsedCommand {
  try {
    const values = parse(args);
    if (values.help) return { print: usage };
    if (values.fault?.includes('help')) return { print: faultHelp() };
    const wrong = conflict(values);
    return wrong === undefined ? commandOf(values, environment) : { wrong };
  } catch (error) {
    return { wrong: `${firstSentence(error)} Use --help to see what can be given.` };
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args: withModelValue(args), options }).values;
}

/** `--model` alone, with no URL and no file behind it, has the empty value. */
export function withModelValue(args: readonly string[]): string[] {
  const isValue = (next = '') => isServer(next) || /\.gguf$/i.test(next);
  return args.map((word, index) => (word === '--model' && !isValue(args[index + 1]) ? '--model=' : word));
}

/** Options that only go together, or never. */
const together = [
  ['date', 'today'],
  ['upstream', 'record'],
  ['volatile', 'replay'],
  ['batch-quota', 's3'],
  ['access-key', 'auth'],
  ['api-key', 'auth'],
  ['model-name', 'model'],
  ['model-key', 'model'],
  ['embedding-model', 'model'],
  ['backend-model', 'backend'],
  ['backend-key', 'backend'],
] as const;

const never = [
  ['lab', 'today'],
  ['record', 'replay'],
  ['record', 'backend'],
  ['replay', 'backend'],
  ['record', 'model'],
  ['replay', 'model'],
  ['model', 'backend'],
  ['log', 'quiet'],
  ['s3', 'record'],
  ['s3', 'replay'],
] as const;

function conflict(values: Values): string | undefined {
  const { date, port, auth, upstream, backend } = values;
  for (const [one, other] of never) {
    if (isGiven(values[one]) && isGiven(values[other])) {
      return `--${one} and --${other} exclude each other. Give one of them.`;
    }
  }
  for (const [one, other] of together) {
    if (values[one] !== undefined && !isGiven(values[other])) {
      return `--${one} only goes with --${other}. Add --${other} or leave --${one} out.`;
    }
  }
  if (date !== undefined && !isDay(date)) return `--date ${date} is not a day. Write it as 2026-11-23.`;
  if (port !== undefined && !isPort(port)) {
    return `--port ${port} is not a port. Give a number from 0 to 65535, or leave it out for a free one.`;
  }
  if (auth !== undefined && auth !== 'sigv4' && auth !== 'bearer') {
    return `--auth ${auth} is not a way to sign. Give sigv4 or bearer.`;
  }
  for (const [name, url] of Object.entries({ upstream, backend })) {
    if (url !== undefined && !/^https?:\/\/./.test(url)) {
      return `--${name} ${url} is not a URL. Write it as http://127.0.0.1:8790.`;
    }
  }
  return undefined;
}

function isGiven(value: Values[keyof Values]): boolean {
  return value !== undefined && value !== false;
}

function commandOf(values: Values, environment: Environment): Command {
  const { port, host, region, today, date, access, fault: faults, record, replay } = values;
  const { upstream, volatile, model, backend, s3, quiet = false, log, journal } = values;
  const { 'batch-quota': quotas, 'inference-profile': profiles } = values;
  for (const spec of faults ?? []) parseFault(spec);
  const auth = authOf(values, environment);
  return {
    start: {
      era: today ? 'today' : 'lab',
      ...(port !== undefined && { port: Number(port) }),
      ...(host !== undefined && { host }),
      ...(region !== undefined && { region }),
      ...(date !== undefined && { today: date }),
      ...(access !== undefined && { access: Object.fromEntries(access.map(readAccess)) }),
      ...(profiles !== undefined && { inferenceProfiles: Object.fromEntries(profiles.map(readProfile)) }),
      ...(faults !== undefined && { faults }),
      ...(model !== undefined && { model: modelOf(model, values, environment) }),
      ...(backend !== undefined && { backend: backendOf(backend, values, environment) }),
      ...(auth !== undefined && { auth }),
      ...(s3 !== undefined && { s3 }),
      ...(quotas !== undefined && { batch: batchQuotas(Object.fromEntries(quotas.map(readQuota))) }),
      ...(record !== undefined && { record: { directory: record, ...(upstream && { upstream }) } }),
      ...(replay !== undefined && { replay: { directory: replay, ...(volatile && { volatile }) } }),
    },
    quiet,
    ...(log !== undefined && { log }),
    ...(journal !== undefined && { journal }),
  };
}

function modelOf(source: string, values: Values, environment: Environment): ModelOptions {
  const { 'model-name': name, 'embedding-model': embedding } = values;
  const apiKey = values['model-key'] ?? environment[secrets['model-key']];
  return {
    ...(source && { source }),
    ...(name && { name }),
    ...(apiKey && { apiKey }),
    ...(embedding && { embedding }),
  };
}

function backendOf(
  url: string,
  values: Values,
  environment: Environment,
): LocalBedrockOptions['backend'] & object {
  const { 'backend-model': model } = values;
  const apiKey = values['backend-key'] ?? environment[secrets['backend-key']];
  return { url, ...(model && { model }), ...(apiKey && { apiKey }) };
}

function authOf(values: Values, environment: Environment): AuthOptions | undefined {
  const { auth } = values;
  if (auth !== 'sigv4' && auth !== 'bearer') return undefined;
  const keysOf = (option: 'access-key' | 'api-key') => {
    const given = values[option];
    if (given !== undefined) return { from: `--${option}`, keys: given };
    // No key has white space in it.
    const keys = environment[secrets[option]]?.split(/\s+/).filter((key) => key !== '') ?? [];
    return { from: secrets[option], keys };
  };
  const pairs = keysOf('access-key');
  const accessKeys = pairs.keys.map((key) => readAccessKey(key, pairs.from));
  const apiKeys = keysOf('api-key').keys;
  return {
    scheme: auth,
    ...(accessKeys.length > 0 && { accessKeys }),
    ...(apiKeys.length > 0 && { apiKeys }),
  };
}

function readAccessKey(given: string, from: string): AccessKey {
  const [accessKeyId = '', secretAccessKey = '', sessionToken] = given.split(/:([^:]+)(?::(.*))?/s);
  if (accessKeyId === '' || secretAccessKey === '') {
    throw new Error(`${from} is a key id and its secret, written ID:SECRET.`);
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function readAccess(given: string): [string, AccessState] {
  const [modelId = '', state] = given.split('=');
  const known = accessStates.find((one) => one === state);
  if (known === undefined) {
    throw new Error(`--access ${given} is not MODEL=STATE with a state of ${accessStates.join(', ')}.`);
  }
  return [modelId, known];
}

function readProfile(given: string): [string, string] {
  const [id = '', modelId = ''] = given.split(/=(.*)/s);
  if (id === '' || modelId === '') throw new Error(`--inference-profile ${given} is not ID=MODEL.`);
  return [id, modelId];
}

function readQuota(given: string): [string, number] {
  const [name = '', value = ''] = given.split('=');
  return [name, Number(value)];
}

function isPort(given: string): boolean {
  return /^\d{1,5}$/.test(given) && Number(given) <= 65_535;
}

function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const sentence = message.split(/(?<=\.) /)[0] ?? message;
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

const usage = `Usage: node packages/local-bedrock/src/cli.ts [options]

A local endpoint that answers the same HTTP as Amazon Bedrock, over HTTP/1.1 and HTTP/2 on one port. Its words come
from a stand-in, not a language model, unless you name a model.

Where it listens
  --port N              the port; left out: a free one
  --host ADDRESS        the address; left out: 127.0.0.1, which only this machine reaches
  --region REGION       the AWS region it answers for; left out: us-east-1

Which models it serves
  --lab                 the workshop's retired models too, as in 2024 (the default)
  --today               not the retired ones, as AWS does now
  --date YYYY-MM-DD     with --today: the day to take as today
  --inference-profile ID=MODEL     an application inference profile of the account, which is called by its ARN
  --access MODEL=STATE  an account that lacks something: use-case-form, marketplace, iam or no-access

Where the words come from
  --model URL           an OpenAI-compatible server, such as http://127.0.0.1:11434/v1
  --model FILE.gguf     weights, which are run here
  --model               a small model that is fetched once (0.5 GB)
  --model-name NAME     the model to ask a server for; left out: the first it lists
  --model-key KEY       the API key to send to a server; local ones seldom ask for one
  --embedding-model X   what makes embeddings: a GGUF file, or a server's name for it; left out: they are computed
  --backend URL         as --model URL
  --backend-model NAME  as --model-name
  --backend-key KEY     as --model-key
  --record DIR          forward to AWS with your own credentials and keep each exchange as a file in DIR
  --upstream URL        with --record: forward to this endpoint instead
  --replay DIR          answer from the files in DIR
  --volatile NAME       with --replay: a member of bodies that does not count (default clientRequestToken)

Where S3 is
  --s3 DIR              a folder whose folders are buckets: for batch jobs, and S3's clients read and write there
  --batch-quota NAME=N  with --s3: ${batchQuotaNames.slice(0, 3).join(', ')},
                        ${batchQuotaNames.slice(3).join(', ')}

Who is let in
  --auth sigv4|bearer   check signatures, or API keys; left out: everybody is let in
  --access-key ID:SECRET[:TOKEN]   with --auth sigv4: a key pair; left out: local:local
  --api-key KEY         with --auth bearer: a key; left out: local

Other users of this machine see what is on a command line. Keys are safer in the environment, where
  ${secrets['model-key']}, ${secrets['backend-key']}, ${secrets['access-key']} and ${secrets['api-key']}
  stand for --model-key, --backend-key, --access-key and --api-key; several are parted by spaces

What goes wrong
  --fault SPEC          such as ThrottlingException:times=2; "--fault help" lists what there is

What it tells
  --log FILE            write the line for each request to FILE, not to stderr
  --quiet               write no line for each request
  --journal FILE        append each request to FILE, as one line of JSON
  --help                print this

--access, --access-key, --api-key, --batch-quota, --fault, --inference-profile and --volatile may be given several
times.`;
