import { invalid } from '../http/refusal.ts';
import type { Ending, ModelRequest } from '../invoke/family.ts';
import { isObject } from '../shapes/body-schema.ts';
import { type AnswerEvent, eventsOf, type WordSource } from './answer.ts';
import { countBlock, countRequest } from './tokens.ts';

/** A tool call as a script writes it. Without `input` it has none, `{}`; `id` is made up where it is absent. */
export interface ScriptedToolUse {
  readonly name: string;
  readonly input?: unknown;
  readonly id?: string;
}

/** One answer of a model, put together of what it has. */
export interface ScriptedReply {
  /** What the model thinks before it answers. */
  readonly reasoning?: string;
  /** What it thinks and nobody may read: the text that stands for it. Claude has a place for it; others leave it out. */
  readonly redactedReasoning?: string;
  readonly text?: string;
  /** The tool it calls, or the tools. */
  readonly toolUse?: ScriptedToolUse | readonly ScriptedToolUse[];
  /** In Converse's words. Default: `tool_use` where a tool is called, else `end_turn`. */
  readonly stopReason?: 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use';
  /** The sequence that ended the answer, for `stop_sequence`. */
  readonly stopSequence?: string;
  /** Tokens to report. Default: counted by the endpoint. */
  readonly usage?: { readonly inputTokens?: number; readonly outputTokens?: number };
}

/**
 * What a script answers to one request: a text; a reply with tool calls, reasoning or a stop reason; a `Refusal`, or any
 * other `Error` for an internal one; or the events themselves, piece by piece, with an error where the answer breaks off.
 */
export type ScriptedAnswer = string | ScriptedReply | Error | readonly (AnswerEvent | Error)[];

/** An answer, or a function that makes it of what was asked, at once or later. */
export type ScriptStep =
  | ScriptedAnswer
  | ((request: ModelRequest) => ScriptedAnswer | Promise<ScriptedAnswer>);

/**
 * Words for tests: the first request gets the first answer, the second the second. A function in the last place answers
 * every further request; without one, a request too many gets a ValidationException that says so, and so does a request
 * whose answer is none of these.
 *
 * @example
 * const endpoint = await startLocalBedrock({
 *   words: scripted(
 *     { toolUse: { name: 'get_weather', input: { city: 'Oslo' } } },
 *     'It is raining in Oslo.',
 *     new Refusal('ThrottlingException', 'Too many requests.'),
 *   ),
 * });
 */
export function scripted(...script: readonly ScriptStep[]): WordSource {
  let asked = 0;
  let called = 0;
  // One series for all answers: a conversation may not hold one id twice.
  const nextId = () => {
    called += 1;
    return `tooluse_scripted${called}`;
  };
  return {
    name: 'scripted',
    async *answer(request) {
      const step = asked < script.length ? script[asked] : script.at(-1);
      asked += 1;
      const number = asked;
      if (asked > script.length && typeof step !== 'function') {
        throw invalid(`The script has ${script.length} answers, and this is request ${asked}.`);
      }
      const answer: unknown = typeof step === 'function' ? await step(request) : step;
      if (!isAnswer(answer)) throw noAnswer(answer, number);
      for (const event of scriptedEvents(answer, request, nextId)) {
        if (event instanceof Error) throw event;
        yield event;
      }
    },
    async countTokens(request) {
      return countRequest(request);
    },
  };
}

const replyMembers: ReadonlySet<string> = new Set<keyof ScriptedReply>([
  'reasoning',
  'redactedReasoning',
  'text',
  'toolUse',
  'stopReason',
  'stopSequence',
  'usage',
]);

function isAnswer(answer: unknown): answer is ScriptedAnswer {
  if (typeof answer === 'string' || answer instanceof Error) return true;
  if (Array.isArray(answer)) return answer.every(isEvent);
  return isObject(answer) && Object.keys(answer).every((name) => replyMembers.has(name));
}

/** Whether it can be one: the kinds are told by their `type`. */
function isEvent(event: unknown): boolean {
  return event instanceof Error || (isObject(event) && typeof event.type === 'string');
}

function noAnswer(answer: unknown, request: number): Error {
  const wrong = Array.isArray(answer) ? answer.find((event) => !isEvent(event)) : undefined;
  const unknown = isObject(answer) ? Object.keys(answer).find((name) => !replyMembers.has(name)) : undefined;
  const shown = Array.isArray(answer) ? `a list with ${String(wrong)}` : String(answer);
  const what = unknown === undefined ? shown : `an object with "${unknown}"`;
  return invalid(
    `The script answers request ${request} with ${what}. Give a text, an object of ${[...replyMembers].join(', ')}, an error, or a list of events.`,
  );
}

function scriptedEvents(
  answer: ScriptedAnswer,
  request: ModelRequest,
  nextId: () => string,
): Iterable<AnswerEvent | Error> {
  if (typeof answer === 'string') return replyEvents({ text: answer }, request, nextId);
  if (answer instanceof Error) return [answer];
  return isEvents(answer) ? answer : replyEvents(answer, request, nextId);
}

function* replyEvents(
  reply: ScriptedReply,
  request: ModelRequest,
  nextId: () => string,
): Iterable<AnswerEvent> {
  const { reasoning = '', redactedReasoning, text = '', toolUse = [], usage = {} } = reply;
  const calls = [toolUse].flat().map(({ name, input = {}, id = nextId() }) => {
    return { type: 'toolUse', id, name, input } as const;
  });
  yield* eventsOf([
    { type: 'reasoning', text: reasoning },
    ...(redactedReasoning === undefined ? [] : [{ type: 'redacted', data: redactedReasoning } as const]),
    { type: 'text', text },
    ...calls,
  ]);
  const said = countBlock({ type: 'text', text: reasoning + text });
  yield {
    type: 'end',
    ending: endingOf(reply, calls.length > 0),
    inputTokens: countRequest(request),
    outputTokens: calls.reduce((sum, call) => sum + countBlock(call), said),
    ...usage,
  };
}

function endingOf({ stopReason, stopSequence = '' }: ScriptedReply, calls: boolean): Ending {
  switch (stopReason ?? (calls ? 'tool_use' : 'end_turn')) {
    case 'end_turn':
      return { reason: 'end' };
    case 'max_tokens':
      return { reason: 'maxTokens' };
    case 'stop_sequence':
      return { reason: 'stopSequence', sequence: stopSequence };
    case 'tool_use':
      return { reason: 'toolUse' };
  }
}

function isEvents(
  answer: ScriptedReply | readonly (AnswerEvent | Error)[],
): answer is readonly (AnswerEvent | Error)[] {
  return Array.isArray(answer);
}
