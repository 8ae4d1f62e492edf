import { randomUUID } from 'node:crypto';
import type { BedrockRuntimeClient, ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { TokenUsage } from 'bedrock-models';
import { checkContent, wrongInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { joinSignals, withInterrupt } from '../base/interrupt.ts';
import type { Message } from '../base/message.ts';
import { createQueue, type Queue } from '../base/one-at-a-time.ts';
import type { History } from '../history/history.ts';
import { isSummary, transcriptOf } from '../history/transcript.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import type { Window } from './context.ts';
import { type ConverseOptions, checkMaking, checkTurn, refuseOldNames } from './options.ts';
import {
  type Budget,
  type BudgetLimit,
  createBudget,
  createSession,
  freeze,
  type Session,
  totalCost,
  totalUsage,
} from './session.ts';
import type { Summarize } from './summarize.ts';
import type { Ended } from './turn.ts';
import type { Delta, Reply } from './types.ts';

export interface ConversationOptions
  extends Omit<ConverseOptions, 'signal' | 'toolConfig' | 'meter'>,
    BudgetLimit {
  readonly client: BedrockRuntimeClient;
  /** A model id, an inference profile id, or an ARN of either; `{ id, pricedAs }` where the id does not tell the model. */
  readonly modelId: ModelRef;
  /** Where the conversation is kept. Absent: in memory. */
  readonly history?: History;
  /** Goes on with this session of the history. Default: a new one. */
  readonly sessionId?: string;
  /** How much of the conversation is sent with each turn. Default: all of it. */
  readonly window?: Window;
  /** When older turns are replaced, in what is sent, by a summary. Default: never. */
  readonly summarize?: Summarize;
}

export interface TurnOptions {
  /** Stops the turn. */
  readonly signal?: AbortSignal;
}

/** What a user says: words, or content blocks with pictures and documents. */
export type Input = string | readonly ContentBlock[];

/**
 * A conversation with a model that is always legal and never half done: a turn is stored and remembered when its
 * answer is whole; when the call fails, is stopped or is cut, the conversation is as before. Turns that are begun
 * before the last has ended wait for it.
 */
export class Conversation {
  readonly modelId: string;
  readonly #options: ConversationOptions;
  readonly #session: Session;
  readonly #budget: Budget;
  readonly #inTurn: Queue = createQueue();
  /** What a crash had left behind and reading the history repaired: told with the next reply. */
  readonly #repaired: string[] = [];
  #view: { readonly of: Session['entries']; readonly messages: readonly Message[] } | undefined;

  constructor(options: ConversationOptions) {
    checkMaking('Conversation', options);
    refuseOldNames('Conversation', options);
    this.modelId = modelIdOf('Conversation', options.modelId);
    this.#options = options;
    this.#session = createSession(options.history, options.sessionId ?? randomUUID());
    this.#budget = createBudget(options);
  }

  /** The session's id in the history. */
  get sessionId(): string {
    return this.#session.sessionId;
  }

  /**
   * Everything that was said, oldest first, also what a window or a summary leaves out of the requests. Frozen. Of a
   * session that is continued, empty until `ready` or the first turn.
   */
  get messages(): readonly Message[] {
    const { entries } = this.#session;
    if (this.#view?.of !== entries) {
      const { messages } = transcriptOf(entries.filter((entry) => !isSummary(entry)));
      this.#view = { of: entries, messages: freeze(messages) };
    }
    return this.#view.messages;
  }

  /** Tokens of all turns and summaries so far; `undefined` when Bedrock did not tell those of one. */
  get usage(): TokenUsage | undefined {
    return totalUsage(this.#session.entries);
  }

  /** US dollars of all turns and summaries so far; `undefined` when the price of one is not known. */
  get costUsd(): number | undefined {
    return totalCost(this.#session.entries);
  }

  /**
   * Reads the session from the history, if that has not been done. The first turn does so by itself.
   *
   * @throws LibError of kind `file` or `corrupt`
   */
  async ready(): Promise<void> {
    await this.#inTurn(() => this.#load());
  }

  /**
   * One turn: what the user says, and the answer.
   *
   * @throws LibError with the next step in `hint`: `request` for a blank input, `limit` for the budget, `conflict`
   *   when somebody else has gone on with the session, and whatever Bedrock refuses. The conversation is as before then
   */
  async send(input: Input, options: TurnOptions = {}): Promise<Reply> {
    checkTurn('send', options);
    return this.#turn(readInput(input), withInterrupt(options.signal));
  }

  /**
   * One turn whose answer can be read while it comes:
   * `for await (const delta of conversation.stream('Hello')) if (delta.type === 'text') …`. It begins with the loop,
   * or when its `result` is asked for. Leaving the loop stops the answer, and the conversation is as before.
   *
   * @throws LibError as `send` does, from the loop and from `result`, with what had arrived in `partialText`
   */
  stream(input: Input, options: TurnOptions = {}): TurnStream<Reply> {
    checkTurn('stream', options);
    const { signal } = options;
    return createTurnStream(async (emit, left) =>
      this.#turn(readInput(input), joinSignals(withInterrupt(signal), left), emit),
    );
  }

  #turn(question: Message, signal: AbortSignal, onDelta?: (delta: Delta) => void): Promise<Reply> {
    const {
      client,
      modelId: _model,
      history: _,
      sessionId: __,
      maxCostUsd: ___,
      meter: ____,
      ...rest
    } = this.#options;
    const { modelId } = this;
    const session = this.#session;
    const turn = async () => {
      await this.#load();
      session.checkFree();
      // Loaded with the first turn: whoever imports `lib` for something else need not wait for it.
      const { takeTurn } = await import('./turn-loop.ts');
      const settings = { ...rest, client, modelId, session, budget: this.#budget };
      const end = await takeTurn(settings, question, signal, undefined, onDelta);
      return replyOf(end, this.#repaired.splice(0));
    };
    return this.#inTurn(() => session.claimed(signal, turn), signal);
  }

  async #load(): Promise<void> {
    this.#repaired.push(...(await this.#session.load()));
  }
}

function replyOf(
  { answer, outcome, explanation, notices }: Ended<never>,
  repaired: readonly string[],
): Reply {
  return {
    ...answer,
    outcome,
    ...(explanation !== undefined && { explanation }),
    notices: [...repaired, ...notices],
  };
}

/** @throws LibError of kind `request` when there is nothing in it to answer to. Pure */
export function readInput(input: Input): Message {
  const isBlock = (block: unknown) => typeof block === 'object' && block !== null && !Array.isArray(block);
  if (typeof input !== 'string' && !(Array.isArray(input) && input.every(isBlock)))
    throw wrongInput('A turn', 'the input', 'a text or a list of content blocks', input);
  if (typeof input !== 'string') checkContent('A turn', 'input', input);
  const content: readonly ContentBlock[] =
    typeof input === 'string' ? [{ text: input }] : structuredClone([...input]);
  const says = (block: ContentBlock) =>
    block.text === undefined ? !('cachePoint' in block) : block.text.trim() !== '';
  if (content.some(says)) return { role: 'user', content };
  throw new LibError('The message is blank', {
    kind: 'request',
    hint: 'Say something: pass words, a picture or a document.',
  });
}

/** A turn while it happens: a loop over it gives the pieces of the answer. */
export interface TurnStream<Result, Piece = Delta> extends AsyncIterable<Piece> {
  /**
   * The whole turn, once it is stored. Asking for it starts the turn, as a loop does; a loop may still follow. It
   * rejects with the same LibError that the loop throws, and nobody has to look at it.
   */
  readonly result: Promise<Result>;
  /** @deprecated The name of `result` until version 0.1. */
  readonly reply: Promise<Result>;
}

/**
 * A turn that begins when somebody asks for its pieces or its result. Leaving the loop early stops the turn, and waits
 * until it has stopped. A slow reader does not slow the turn down: what it has not read is kept.
 *
 * @param run makes the turn: it gives each piece to `emit`, and ends early, with an error, when its signal aborts
 */
export function createTurnStream<Result, Piece = Delta>(
  run: (emit: (piece: Piece) => void, signal: AbortSignal) => Promise<Result>,
): TurnStream<Result, Piece> {
  const leave = new AbortController();
  /** Pieces that came while nobody waited for one. */
  const pieces: Piece[] = [];
  /** The place of the next piece to be read: `shift` would move all that follow. */
  let place = 0;
  /** Readers that wait for the next piece. */
  const waiting: Reader<Piece>[] = [];
  let running: Promise<Result> | undefined;
  let ended = false;

  function start(): Promise<Result> {
    if (running !== undefined) return running;
    const turn = run(emit, leave.signal);
    const end = () => {
      ended = true;
      for (const reader of waiting.splice(0)) finish(turn).then(reader.resolve, reader.reject);
    };
    turn.then(end, end);
    running = turn;
    return turn;
  }

  function emit(piece: Piece): void {
    const reader = waiting.shift();
    if (reader === undefined) pieces.push(piece);
    else reader.resolve({ done: false, value: piece });
  }

  /** Runs for every piece, so it makes no promise that it does not need. */
  function next(): Promise<IteratorResult<Piece>> {
    if (leave.signal.aborted) return Promise.resolve(done);
    const turn = start();
    const value = pieces[place];
    if (value !== undefined) {
      place++;
      return Promise.resolve({ done: false, value });
    }
    if (ended) return finish(turn);
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  }

  async function finish(turn: Promise<Result>): Promise<IteratorResult<Piece>> {
    if (!leave.signal.aborted) await turn;
    return done;
  }

  return {
    get result() {
      return start();
    },
    get reply() {
      return start();
    },
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => {
        leave.abort();
        await running?.catch(() => undefined);
        return done;
      },
    }),
  };
}

interface Reader<Piece> {
  readonly resolve: (result: IteratorResult<Piece>) => void;
  readonly reject: (error: unknown) => void;
}

const done = { done: true, value: undefined } as const;
