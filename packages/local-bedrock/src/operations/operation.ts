import { createHash } from 'node:crypto';
import type { Model } from 'bedrock-models';
import type { BatchJobs } from '../batch/jobs.ts';
import type { StreamForm } from '../faults/fault.ts';
import type { GuardrailStore } from '../guardrails/store.ts';
import { invalid, malformed, type Refusal } from '../http/refusal.ts';
import type { Reply } from '../http/reply.ts';
import { logprobsAsked } from '../invoke/chat-read.ts';
import type { ModelRequest } from '../invoke/family.ts';
import { hasPromptCache } from '../invoke/model-features.ts';
import type { AccessState } from '../models/access.ts';
import type { CacheUse, PromptCache } from '../prompt-cache/prompt-cache.ts';
import { parseJson } from '../shapes/deserialize.ts';
import type { WordSource } from '../words/answer.ts';

/** What an operation is given: the request with its path already taken apart. */
export interface OperationRequest {
  /** The path's one label, decoded: a model id, an inference profile id or an ARN. Empty where the path has none. */
  readonly label: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** When the request arrived, on the clock of `performance.now()`, in milliseconds. */
  readonly startedAt: number;
}

/** One operation of the API. `path` is matched against the raw path; its first group is the label. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  /** Answers the request, or throws a `Refusal`. */
  run(request: OperationRequest, service: Service): Reply | Promise<Reply>;
  /** Which model the body names and how it wants its answer, where the path and the name do not say so. Never throws. */
  readonly subjectOf?: (body: Buffer) => { readonly modelId: string; readonly form: StreamForm | undefined };
  /** How it sends a refusal, where that is not AWS's way. */
  readonly refuse?: (refusal: Refusal) => Reply;
}

/** `lab` serves the workshop's retired models as in 2024; `today` refuses them as AWS does now. */
export type Era = 'lab' | 'today';

/** What every operation needs to know about the endpoint it answers for. */
export interface Service {
  readonly era: Era;
  /** The endpoint's date as YYYY-MM-DD; it decides which models have reached their end of life. */
  readonly today: string;
  /** The AWS region the endpoint answers for; it appears in ARNs. */
  readonly region: string;
  /** Where the words come from. */
  readonly words: WordSource;
  /** What the account lacks for some models, by model id. Absent: it has access to all. */
  readonly access?: ReadonlyMap<string, AccessState>;
  /** The prompts that models keep. Absent: they keep none. */
  readonly promptCache?: PromptCache;
  /** The account's application inference profiles: by id, the model or the system's profile behind each. */
  readonly inferenceProfiles?: ReadonlyMap<string, string>;
  /** The guardrails that were made here. Absent: none can be. */
  readonly guardrails?: GuardrailStore;
  /** The batch jobs that were made here. Absent: none can be. */
  readonly jobs?: BatchJobs;
}

/** The same hex digits for the same model id and the same body. */
export function hashOf(label: string, body: Buffer): string {
  return createHash('sha256').update(label).update('\n').update(body).digest('hex');
}

/** The body as JSON; like the service, whatever `Content-Type` says. Empty or unreadable bodies are refused. */
export function parseBody(body: Buffer): unknown {
  try {
    return parseJson(body);
  } catch {
    throw malformed();
  }
}

/** Whole milliseconds since `startedAt`, at least 1: the service never reports none. */
export function millisecondsSince(startedAt: number): number {
  return Math.max(1, Math.round(performance.now() - startedAt));
}

/** What the prompt cache does for a request of so many tokens. `undefined`: nothing, or the request does not ask. */
export function useCache(
  { promptCache }: Service,
  model: Model,
  { promptParts }: ModelRequest,
  inputTokens: number,
): CacheUse | undefined {
  if (promptParts === undefined || !hasPromptCache(model)) return undefined;
  return promptCache?.use(model, promptParts, inputTokens);
}

/** Refuses to tell how likely words were that a model behind the endpoint chose: it does not say. Of computed ones each is certain. */
export function refuseUnknownLogprobs(body: unknown, { words }: Service): void {
  if (logprobsAsked(body) === undefined || !/^(?:backend|model) /.test(words.name)) return;
  throw invalid(
    'Local Bedrock is not told how likely the words of a model behind it are. Leave out logprobs.',
  );
}
