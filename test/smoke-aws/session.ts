import { setTimeout } from 'node:timers/promises';
import { costOf } from 'bedrock-models';
import type { Signer } from '../../packages/local-bedrock/src/record/forward.ts';
import { ownGuardrail } from './account-calls.ts';
import type { Call } from './calls.ts';
import { type Answered, type Given, send } from './compare.ts';
import { withoutOthers } from './names.ts';

/** What a run of calls came to, whatever ended it. */
export interface Session {
  /** What can be held against the endpoint. */
  readonly answered: readonly Answered[];
  /** What says something of the account only: rights, access to a model, quotas, a service that was busy. */
  readonly ofAccount: readonly Answered[];
  /** Calls without an answer, and why. */
  readonly broken: readonly { readonly call: Call; readonly why: string }[];
  /** In US dollars, by the tokens that were told; what told none counts as what it could cost at most. */
  readonly spentUsd: number;
  /** Why it ended before its last call, and what to do next. */
  readonly stopped: string | undefined;
  /** What is still in the account, with the command that takes it away. */
  readonly left: readonly string[];
  /** What earlier calls gave: the ids of what was made. */
  readonly given: Given;
}

/** Where and as whom calls are sent. */
export interface Sender {
  readonly upstream: string | undefined;
  readonly region: string;
  readonly signer: () => Promise<Signer>;
  readonly maxCostUsd: number;
  /** Aborts when the person wants no more of it. */
  readonly interrupted: AbortSignal;
  readonly tell: (line: string) => void;
}

/** Three in a row: that is no hiccup of a connection. */
const mostBroken = 3;
/** Three: rights are missing altogether, and further answers say nothing of the service. */
const mostForbidden = 3;

const badCredentials =
  /^(?:ExpiredToken|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken|SignatureDoesNotMatch)/;

/** Sends the calls, one after another; whatever ends it, takes away what they made. Never throws. */
export async function runCalls(calls: readonly Call[], sender: Sender): Promise<Session> {
  const { interrupted, maxCostUsd, region, tell, upstream } = sender;
  const given: Given = new Map();
  const answered: Answered[] = [];
  const ofAccount: Answered[] = [];
  const broken: { call: Call; why: string }[] = [];
  const made = new Set<unknown>();
  const takenAway = new Set<Call>();
  let spentUsd = 0;
  let brokenInARow = 0;
  let forbidden = 0;

  const ask = async (call: Call, signal: AbortSignal): Promise<Answered | undefined> => {
    const base = new URL(upstream ?? `https://${call.service}.${region}.amazonaws.com`);
    const answer = await send(call, base, region, await sender.signer(), given, signal);
    for (const value of given.values()) made.add(value);
    return answer && withoutOthers(answer, made);
  };

  /** Asks once and keeps what came; gives why nothing more should be asked. */
  const step = async (call: Call): Promise<string | undefined> => {
    // What makes something is waited for: without its answer, nobody knows what to take away.
    const signal = call.gives === undefined ? interrupted : new AbortController().signal;
    let answer: Answered | undefined;
    try {
      answer = await ask(call, signal);
    } catch (error) {
      if (interrupted.aborted) return undefined;
      const why = reasonOf(error);
      if (isCredentialsError(error)) return `${why}. ${signInAgain}`;
      spentUsd += call.costUsd;
      broken.push({ call, why });
      tell(`no answer (${why}) ${call.name}`);
      brokenInARow += 1;
      return brokenInARow < mostBroken
        ? undefined
        : `${mostBroken} calls in a row had no answer (${why}). Look at the network, a proxy and --region, and run it again.`;
    }
    brokenInARow = 0;
    tell(`${answer?.status ?? 'not asked, an earlier call was refused:'} ${call.name}`);
    if (answer === undefined) return undefined;
    spentUsd += costOfAnswer(answer);
    if (call.cleansUp && answer.status < 300) takenAway.add(call);
    if (!isOfAccount(answer)) {
      answered.push(answer);
      return undefined;
    }
    ofAccount.push(answer);
    const error = errorOf(answer);
    if (badCredentials.test(error) || answer.status === 401)
      return `The credentials are refused (${error}). ${signInAgain}`;
    if (!isForbidden(answer)) return undefined;
    forbidden += 1;
    return forbidden < mostForbidden
      ? undefined
      : `These credentials may not call ${actionOf(answer)}. Allow it, best with the managed policy AmazonBedrockFullAccess, or name a profile that may in AWS_PROFILE, and run it again.`;
  };

  let stopped: string | undefined;
  let asked = 0;
  for (; asked < calls.length && stopped === undefined; asked += 1) {
    const call = calls[asked];
    if (call === undefined) break;
    if (interrupted.aborted) stopped = `Interrupted before ${call.name}.`;
    else if (spentUsd + call.costUsd > maxCostUsd) stopped = `Stopped by --max-cost before ${call.name}.`;
    else stopped = await step(call);
  }
  if (stopped === undefined && interrupted.aborted) stopped = 'Interrupted.';
  const left: string[] = [];
  for (const call of calls.filter(({ cleansUp }) => cleansUp)) {
    const name = /\{(guardrail|job)\}/.exec(call.path)?.[1] ?? '';
    const id = given.get(name);
    if (takenAway.has(call) || id === undefined) continue;
    tell(`taking away: ${call.name}`);
    const answer = await insist(() => ask(call, new AbortController().signal), call);
    if (answer === undefined) left.push(wayOut(name, id, region));
    // A call that was not come to is asked here the first time.
    else if (answer.status < 300) answered.push(answer);
  }
  // One whose making had no answer may be there all the same.
  if (broken.some(({ call }) => call.gives?.guardrail !== undefined)) await takeAwayOldGuardrail(sender);
  return { answered, ofAccount, broken, spentUsd, stopped, left, given };
}

/** What is being made, or the service at a bad moment, refuses to be taken away: asked again for half a minute. */
async function insist(
  ask: () => Promise<Answered | undefined>,
  { method }: Call,
): Promise<Answered | undefined> {
  for (let round = 0; round < 15; round += 1) {
    if (round > 0) await setTimeout(2_000);
    const answer = await ask().catch(() => undefined);
    const status = answer?.status ?? 500;
    // A job that cannot be stopped any more is over.
    if (status < 300 || status === 404 || (method === 'POST' && status === 409)) return answer;
    if (status === 401 || status === 403) return undefined;
  }
  return undefined;
}

function wayOut(name: string, id: string, region: string): string {
  return name === 'guardrail'
    ? `A guardrail is left: aws bedrock delete-guardrail --region ${region} --guardrail-identifier ${id}`
    : `A batch job is left: aws bedrock stop-model-invocation-job --region ${region} --job-identifier ${id}`;
}

/** Deletes the guardrail that an earlier run left, whose name is taken otherwise. What cannot be looked for is left alone. */
export async function takeAwayOldGuardrail({ upstream, region, signer, tell }: Sender): Promise<void> {
  const call = (method: Call['method'], path: string): Call => ({
    name: 'what an earlier run left',
    service: 'bedrock',
    method,
    path,
    costUsd: 0,
  });
  const base = new URL(upstream ?? `https://bedrock.${region}.amazonaws.com`);
  const ask = async (one: Call) => send(one, base, region, await signer(), new Map());
  try {
    for (let token: string | undefined = ''; token !== undefined; ) {
      const more = token === '' ? '' : `&nextToken=${encodeURIComponent(token)}`;
      const answer = await ask(call('GET', `/guardrails?maxResults=100${more}`));
      if (answer?.status !== 200) return;
      const { guardrails = [], nextToken } = JSON.parse(answer.bytes.toString('utf8'));
      token = nextToken;
      const old = guardrails.find(({ name }: { name?: string }) => name === ownGuardrail);
      if (old === undefined) continue;
      const away = call('DELETE', `/guardrails/${encodeURIComponent(old.id)}`);
      const deleted = await insist(() => ask(away), away);
      tell(
        deleted === undefined
          ? wayOut('guardrail', old.id, region)
          : `deleted the guardrail ${ownGuardrail} that was left by a run`,
      );
      return;
    }
  } catch {
    // The calls that follow tell what is wrong.
  }
}

export const signInAgain =
  'Sign in again (aws sso login, or new keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), and run it again.';

function isCredentialsError(error: unknown): boolean {
  return error instanceof Error && /Credentials|Token.*(?:Provider|Expired)/.test(error.name);
}

/** A code where there is one: a text of the connection can hold addresses. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ?? error.message.replace(/\.$/, '');
}

export function errorOf({ headers, bytes, status }: Answered): string {
  const named = headers.get('x-amzn-errortype')?.split(':', 1)[0];
  const text = bytes.toString('utf8');
  const inBody = /"(?:__type|code)":"(?:[^"]*#)?([A-Za-z]+)"/.exec(text)?.[1];
  return named ?? inBody ?? `status ${status}`;
}

/** Whether an answer tells of the account, or of a bad moment, and nothing of the service's form. */
function isOfAccount(answer: Answered): boolean {
  const { status, bytes } = answer;
  if (status === 401 || status === 403 || status === 429 || status >= 500) return true;
  if (status < 400) return false;
  return (
    badCredentials.test(errorOf(answer)) ||
    /^(?:AccessDenied|Throttling|ServiceQuotaExceeded)/.test(errorOf(answer)) ||
    /use case details have not been submitted|not authorized to perform/i.test(bytes.toString('utf8'))
  );
}

/** Whether a right is missing, and not the access to one model. */
function isForbidden({ status, bytes }: Answered): boolean {
  return (
    status === 403 &&
    !/access to the model|marketplace|model access|subscription/i.test(bytes.toString('utf8'))
  );
}

function actionOf({ call, bytes }: Answered): string {
  return /\bbedrock:\w+/.exec(bytes.toString('utf8'))?.[0] ?? call.name;
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
