import type { Model } from 'bedrock-models';
import type { Ending, ModelAnswer, ModelRequest, WholeBlock } from '../invoke/family.ts';
import { piecesOf } from './tokens.ts';

/** What happens while an answer is made, in order: any number of pieces, then one `end`. */
export type AnswerEvent =
  /** A further piece of text. It begins a block when the piece before was of another kind. */
  | { readonly type: 'text'; readonly text: string }
  /** A further piece of what the model thinks before it answers. */
  | { readonly type: 'reasoning'; readonly text: string }
  /** The beginning of a call of a tool; its input follows in pieces. */
  | { readonly type: 'toolUse'; readonly id: string; readonly name: string }
  /** A further piece of the tool call's input, as JSON text. */
  | { readonly type: 'toolInput'; readonly json: string }
  /** A part that comes at once. Families that have no place for it leave it out. */
  | { readonly type: 'block'; readonly block: WholeBlock }
  | {
      readonly type: 'end';
      readonly ending: Ending;
      readonly inputTokens: number;
      readonly outputTokens: number;
    };

/** Where an endpoint's words come from: the stand-in, or a language model behind it. */
export interface WordSource {
  /** What the endpoint says of itself in `x-local-bedrock`, such as `stand-in`. */
  readonly name: string;
  /**
   * Answers a request, piece by piece. `lead` is put before an answer that does not begin with white space of its
   * own. Ends early when `signal` aborts. Throws a `Refusal`, before its first piece or after it.
   */
  answer(request: ModelRequest, model: Model, lead: string, signal: AbortSignal): AsyncIterable<AnswerEvent>;
  /**
   * The same answer at once, as `collectAnswer` would put it together: for sources that know it whole. Absent: it only
   * comes piece by piece.
   */
  readonly wholeAnswer?: (
    request: ModelRequest,
    model: Model,
    lead: string,
  ) => ModelAnswer | Promise<ModelAnswer>;
  /** How many tokens the request is: the same number that `answer` reports as input. */
  countTokens(request: ModelRequest, model: Model): Promise<number>;
  /**
   * The texts as vectors, of whatever length the model has. Absent: the endpoint computes them. Throws a `Refusal`.
   */
  readonly embed?: (texts: readonly string[]) => Promise<readonly (readonly number[])[]>;
  /** Lets go of what the words need, when the endpoint closes. */
  readonly close?: () => void;
}

/**
 * A whole answer by a source of words. Throws a `Refusal`, as the source does. A model that does not take words beside a
 * call of a tool says none: recorded of Llama 4 in 2026 (pydantic-ai), and its answer can be sent back.
 */
export function answerWhole(
  words: WordSource,
  ...[request, model, lead, signal]: Parameters<WordSource['answer']>
): ModelAnswer | Promise<ModelAnswer> {
  const answer =
    words.wholeAnswer?.(request, model, lead) ?? collectAnswer(words.answer(request, model, lead, signal));
  return answer instanceof Promise
    ? answer.then((said) => asModelSays(said, model))
    : asModelSays(answer, model);
}

function asModelSays(answer: ModelAnswer, model: Model): ModelAnswer {
  const isMixed = model.refuses?.includes('text-beside-tool-result') && answer.ending.reason === 'toolUse';
  return isMixed
    ? { ...answer, blocks: answer.blocks.filter(({ type }) => type === 'toolUse'), text: '' }
    : answer;
}

/** Blocks as they would have come piece by piece: a few tokens of text at a time. Pure. */
export function* eventsOf(blocks: ModelAnswer['blocks']): Iterable<AnswerEvent> {
  for (const block of blocks) {
    if (block.type === 'toolUse') {
      yield { type: 'toolUse', id: block.id, name: block.name };
      for (const json of piecesOf(JSON.stringify(block.input))) yield { type: 'toolInput', json };
    } else if ('text' in block) {
      for (const text of piecesOf(block.text)) yield { type: block.type, text };
    } else yield { type: 'block', block };
  }
}

/** A whole answer as a stream; it is made when its first event is asked for. */
export function streamOf(make: () => ModelAnswer): AsyncIterable<AnswerEvent> {
  // Not an async generator: one of those costs more for each piece than all the words of the stand-in together.
  let events: Iterator<AnswerEvent> | undefined;
  const next = async () => {
    events ??= wholeEvents(make())[Symbol.iterator]();
    return events.next();
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

function* wholeEvents({ blocks, ending, inputTokens, outputTokens }: ModelAnswer): Iterable<AnswerEvent> {
  yield* eventsOf(blocks);
  yield { type: 'end', ending, inputTokens, outputTokens };
}

/** A whole answer from its events. */
export async function collectAnswer(events: AsyncIterable<AnswerEvent>): Promise<ModelAnswer> {
  const whole = answerSoFar();
  for await (const event of events) {
    if (event.type === 'end') return whole.answer(event);
    whole.add(event);
  }
  throw new Error('The source of words ended without an `end`.');
}

/** What has come of an answer: `add` each event before the `end`, then ask for the whole. */
export function answerSoFar(): {
  add(event: AnswerEvent): void;
  answer(end: Extract<AnswerEvent, { type: 'end' }>): ModelAnswer;
} {
  const blocks: ModelAnswer['blocks'][number][] = [];
  let toolCall: { id: string; name: string; json: string } | undefined;
  const closeToolCall = () => {
    if (toolCall === undefined) return;
    const { id, name, json } = toolCall;
    blocks.push({ type: 'toolUse', id, name, input: parseInput(json) });
    toolCall = undefined;
  };
  return {
    add(event) {
      if (event.type === 'toolInput') {
        if (toolCall !== undefined) toolCall.json += event.json;
        return;
      }
      closeToolCall();
      if (event.type === 'toolUse') toolCall = { id: event.id, name: event.name, json: '' };
      if (event.type === 'block') blocks.push(event.block);
      if (event.type !== 'text' && event.type !== 'reasoning') return;
      const last = blocks.at(-1);
      if (last?.type === event.type) blocks[blocks.length - 1] = { ...last, text: last.text + event.text };
      else blocks.push({ type: event.type, text: event.text });
    },
    answer({ ending, inputTokens, outputTokens }) {
      closeToolCall();
      const text = blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
      return { blocks, text, ending, inputTokens, outputTokens };
    },
  };
}

/** An input that the token limit cut in the middle is no JSON any more: Bedrock then gives an empty object. */
function parseInput(json: string): unknown {
  try {
    return json === '' ? {} : JSON.parse(json);
  } catch {
    return {};
  }
}

type BlockKind = 'text' | 'reasoning' | 'toolUse';
type EndEvent = Extract<AnswerEvent, { type: 'end' }>;

/** What happens to the blocks of an answer: one starts, gets its pieces, stops; then the next; then the end. */
export type BlockStep =
  | { readonly type: 'start'; readonly index: number; readonly kind: 'text' | 'reasoning' }
  | {
      readonly type: 'start';
      readonly index: number;
      readonly kind: 'toolUse';
      readonly id: string;
      readonly name: string;
    }
  /** `piece` is text, or part of a tool input's JSON. */
  | { readonly type: 'delta'; readonly index: number; readonly kind: BlockKind; readonly piece: string }
  | { readonly type: 'stop'; readonly index: number; readonly kind: BlockKind }
  /** A whole block, without a start and a stop of its own. */
  | { readonly type: 'block'; readonly index: number; readonly block: WholeBlock }
  | { readonly type: 'end'; readonly event: EndEvent };

/** Whether a step is a piece of a thought's text. */
export function isThought(step: { readonly type: string; readonly kind?: string }): boolean {
  return step.type === 'delta' && step.kind === 'reasoning';
}

/**
 * A function that is called with each event of an answer in order and gives the steps it comes to: for formats that
 * number their blocks and mark where each begins and ends. `thought` stands in place of each thought's text, if given.
 */
export function blockSteps(thought?: string): (event: AnswerEvent) => BlockStep[] {
  let index = -1;
  let open: BlockKind | undefined;
  const stop = (): BlockStep[] => {
    const kind = open;
    open = undefined;
    return kind === undefined ? [] : [{ type: 'stop', index, kind }];
  };
  return (event) => {
    if (event.type === 'end') return [...stop(), { type: 'end', event }];
    if (event.type === 'toolInput') return [{ type: 'delta', index, kind: 'toolUse', piece: event.json }];
    if (event.type === 'toolUse') {
      const { id, name } = event;
      const stopped = stop();
      index += 1;
      open = 'toolUse';
      return [...stopped, { type: 'start', index, kind: 'toolUse', id, name }];
    }
    if (event.type === 'block') {
      const stopped = stop();
      index += 1;
      return [...stopped, { type: 'block', index, block: event.block }];
    }
    const isHidden = event.type === 'reasoning' && thought !== undefined;
    if (isHidden && open === event.type) return [];
    const steps: BlockStep[] = [];
    if (open !== event.type) {
      steps.push(...stop());
      index += 1;
      open = event.type;
      steps.push({ type: 'start', index, kind: event.type });
    }
    steps.push({ type: 'delta', index, kind: event.type, piece: isHidden ? thought : event.text });
    return steps;
  };
}
