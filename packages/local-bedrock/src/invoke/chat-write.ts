import { isObject } from '../shapes/body-schema.ts';
import type { AnswerEvent } from '../words/answer.ts';
import { tokensOf } from '../words/tokens.ts';
import { asksForJson, logprobsAsked } from './chat-read.ts';
import type { Ending, Family, ModelAnswer, StreamStart } from './family.ts';

type Members = Readonly<Record<string, unknown>>;

/** What the families that answer with `choices` do differently. */
interface ChatStyle {
  /** The member of a choice that tells why it ended. */
  readonly reason: 'finish_reason' | 'stop_reason';
  /** The member of a streamed choice that holds the piece. */
  readonly piece: 'delta' | 'message';
  /** Members before the choices, and after them and the usage. */
  readonly before: (start: Omit<StreamStart, 'inputTokens'>, isStream: boolean) => Members;
  readonly after?: (start: Omit<StreamStart, 'inputTokens'>, isStream: boolean) => Members;
  /** Further members of a streamed choice that tells why it ended. */
  readonly atEnd?: (ending: Ending) => Members;
  /** Members of a whole message that stand there even when they are empty. */
  readonly emptyMembers?: Members;
  /** What a model thought, as it stands in front of its words, but never of JSON that was asked for. Absent: it is left out. */
  readonly reasoning?: { readonly open: string; readonly close: string };
  /** Tells how likely each token was, where the body asks. */
  readonly tellsLogprobs?: boolean;
  /** A call's id as the family writes it. */
  readonly callId?: (id: string) => string;
}

/** How a family of this style writes its answers, whole and in chunks. */
export function chatWriter(
  style: ChatStyle,
): Pick<Family, 'write'> & Required<Pick<Family, 'streamWriter' | 'answers' | 'tellsLogprobs'>> {
  return {
    answers: answersOf,
    tellsLogprobs: style.tellsLogprobs ?? false,
    write(answer, model, requestHash, body) {
      const message = messageOf(answer, styleFor(style, body));
      return {
        ...style.before({ model, requestHash }, false),
        choices: Array.from({ length: answersOf(body) }, (_, index) => ({
          index,
          message,
          ...logprobsOf(message, style, body),
          [style.reason]: reasonOf(answer.ending),
        })),
        usage: usageOf(answer, answersOf(body)),
        ...style.after?.({ model, requestHash }, false),
      };
    },
    streamWriter: (start) => {
      const deltasOf = deltas(styleFor(style, start.body));
      const count = answersOf(start.body);
      /** The same chunk of each answer. */
      const chunks = (value: Members, reason: string | null, more: Members = {}): Members[] =>
        Array.from({ length: count }, (_, index) => ({
          ...style.before(start, true),
          choices: [
            {
              ...{ index, [style.piece]: value },
              ...logprobsOf(value, style, start.body),
              ...{ [style.reason]: reason, ...more },
            },
          ],
        }));
      return (event) => {
        const said = deltasOf(event).flatMap((value) => chunks(value, null));
        if (event.type !== 'end') return said;
        const last = chunks({ content: '' }, reasonOf(event.ending), style.atEnd?.(event.ending));
        const totals = { usage: usageOf(event, count), ...style.after?.(start, true) };
        return [
          ...said,
          ...last.map((chunk, index) => (index === count - 1 ? { ...chunk, ...totals } : chunk)),
        ];
      };
    },
  };
}

/**
 * How likely the tokens of a message or of a piece were, in OpenAI's form: here the words are computed, so that each token
 * is certain, and nothing else might stand in its place. What has no words has `null`.
 */
function logprobsOf({ content }: Members, style: ChatStyle, body: unknown): Members {
  const asked = style.tellsLogprobs ? logprobsAsked(body) : undefined;
  if (asked === undefined) return {};
  if (typeof content !== 'string' || content === '') return { logprobs: null };
  const tokens = [...tokensOf(content)].map((token) => {
    const certain = { token, logprob: 0, bytes: [...Buffer.from(token)] };
    return { ...certain, top_logprobs: asked.alternatives > 0 ? [certain] : [] };
  });
  return { logprobs: { content: tokens, refusal: null } };
}

/** JSON that was asked for is all that stands in the words, so that they can be parsed. */
function styleFor(style: ChatStyle, body: unknown): ChatStyle {
  if (!asksForJson(body)) return style;
  const { reasoning: _, ...plain } = style;
  return plain;
}

/** How many answers a body asks for, as `n`. */
function answersOf(body: unknown): number {
  return isObject(body) && typeof body.n === 'number' ? body.n : 1;
}

function messageOf({ blocks }: ModelAnswer, style: ChatStyle): Members {
  const { open = '', close = '' } = style.reasoning ?? {};
  const content = blocks.map((block) => {
    if (block.type === 'text') return block.text;
    return block.type === 'reasoning' && style.reasoning ? `${open}${block.text}${close}` : '';
  });
  const calls = blocks.flatMap((block, index) =>
    block.type === 'toolUse' ? [callOf(block.id, block.name, JSON.stringify(block.input), style, index)] : [],
  );
  return {
    role: 'assistant',
    content: content.join(''),
    ...style.emptyMembers,
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(({ index: _, ...call }) => call) }),
  };
}

/** The pieces of a streamed answer: the first tells the role, and a call's arguments follow its name. */
function deltas(style: ChatStyle): (event: AnswerEvent) => Members[] {
  const { open, close } = style.reasoning ?? {};
  let isFirst = true;
  let isThinking = false;
  let calls = 0;
  const contentOf = (event: AnswerEvent): string => {
    if (event.type === 'reasoning') {
      if (open === undefined) return '';
      const opening = isThinking ? '' : open;
      isThinking = true;
      return opening + event.text;
    }
    const closing = isThinking && close !== undefined ? close : '';
    isThinking = false;
    return event.type === 'text' ? closing + event.text : closing;
  };
  const membersOf = (event: AnswerEvent): Members[] => {
    if (event.type === 'toolInput') {
      return [{ tool_calls: [{ index: calls - 1, function: { arguments: event.json } }] }];
    }
    const content = contentOf(event);
    const said = content === '' ? [] : [{ content }];
    if (event.type !== 'toolUse') return said;
    calls += 1;
    return [...said, { tool_calls: [callOf(event.id, event.name, '', style, calls - 1)] }];
  };
  return (event) => {
    const members = membersOf(event);
    if (!isFirst || members.length === 0) return members;
    isFirst = false;
    return members.map((value, index) => (index === 0 ? { role: 'assistant', ...value } : value));
  };
}

function callOf(id: string, name: string, input: string, { callId }: ChatStyle, index: number) {
  return { index, id: callId?.(id) ?? id, type: 'function', function: { name, arguments: input } };
}

function reasonOf(ending: Ending): string {
  return { end: 'stop', maxTokens: 'length', stopSequence: 'stop', toolUse: 'tool_calls' }[ending.reason];
}

function usageOf(
  { inputTokens, outputTokens }: Pick<ModelAnswer, 'inputTokens' | 'outputTokens'>,
  answers: number,
): Members {
  const written = outputTokens * answers;
  return { prompt_tokens: inputTokens, completion_tokens: written, total_tokens: inputTokens + written };
}

/** When an answer says it was made, in seconds: in 2025, and the same for the same request, as all of it is. */
export function createdFrom(requestHash: string): number {
  return 1_735_689_600 + (Number.parseInt(requestHash.slice(0, 8), 16) % 31_536_000);
}
