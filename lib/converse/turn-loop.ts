import type { ToolUseBlock } from '@aws-sdk/client-bedrock-runtime';
import type { TokenUsage } from 'bedrock-models';
import { stoppedError } from '../base/aws-errors/stopped.ts';
import { endingOf, endingOfAnswer } from '../base/endings.ts';
import { isLibError, LibError, withDetails } from '../base/errors.ts';
import { type Message, textOf } from '../base/message.ts';
import { mostTokens, mostTokensOf } from '../call/estimate-tokens.ts';
import { isSummary } from '../history/transcript.ts';
import { type CallSettings, callModel } from './model-call.ts';
import { finishTurn, freeze, type Session, waitingCalls } from './session.ts';
import type { Abilities, Ended, Objection, TurnEnd, TurnLimit, TurnStep, Waiting } from './turn.ts';
import type { CallAnswer, Delta, OwnId } from './types.ts';

type Unrecorded<End> = End extends unknown ? Omit<End, 'steps' | 'notices'> : never;

/** How many times the model is asked to put its answer into the wanted shape. */
const maxCorrections = 2;

/**
 * One turn: the model is asked, the tools it calls are run, and it is asked again with their results, until it answers
 * without a call. The turn is stored with its answer; where tools are run it is open in the log until then, and is
 * finished however it ends. A turn that fails before the first answer leaves the log as it was. What an answer's end
 * means stands in `base/endings.ts`.
 *
 * @param question `undefined` goes on with the turn that waits for a decision: its calls are run first
 * @throws LibError as `callModel` does; of kind `conflict` or `file` when something cannot be stored; of kind `answer`
 *   when no answer has the wanted shape
 */
export function takeTurn(
  settings: CallSettings,
  question: Message,
  signal: AbortSignal,
  abilities: undefined,
  onDelta?: (delta: Delta) => void,
): Promise<Ended<never>>;
export function takeTurn<Outcome, Name extends string>(
  settings: CallSettings,
  question: Message | undefined,
  signal: AbortSignal,
  abilities: Abilities<Outcome, Name>,
  onDelta?: (delta: Delta) => void,
): Promise<TurnEnd<Outcome, Name>>;
export async function takeTurn<Outcome, Name extends string>(
  settings: CallSettings,
  question: Message | undefined,
  signal: AbortSignal,
  abilities: Abilities<Outcome, Name> = {},
  onDelta?: (delta: Delta) => void,
): Promise<TurnEnd<Outcome, Name>> {
  const { session, budget } = settings;
  const { runTools, review, shape } = abilities;
  const steps: TurnStep<Outcome>[] = [];
  const notices: string[] = [];
  let corrections = 0;
  const ownId = createOwnIds(session);
  let added: readonly Message[] = question === undefined ? [] : [question];

  try {
    // Left behind when the log could not be written in an earlier turn.
    const repaired = question && (await finishTurn(session));
    if (repaired !== undefined) notices.push(repaired);
    const waits = question === undefined ? await inStep(goOn) : undefined;
    return { ...(waits ?? (await askUntilAnswered())), steps, notices };
  } catch (error) {
    const limit = abilities.limitOfError?.(error);
    if (limit !== undefined) {
      await finishTurn(session, limit.explanation);
      const text = (isLibError(error) && error.partialText) || '';
      return { outcome: 'limit', ...limit, text, steps, notices };
    }
    // The first error says more than one about the log; the next turn finishes this one then.
    await finishTurn(session).catch(() => undefined);
    // What was running has thrown the signal's reason, which may be anything.
    const isReason = signal.aborted && error === signal.reason;
    if (!isReason && (isLibError(error) || !signal.aborted)) throw error;
    const { name, message } = (signal.reason ?? {}) as Partial<Error>;
    const said = name === 'AbortError' && message ? message : 'The turn was stopped before its end';
    throw stoppedError(said, signal.reason, { modelId: settings.modelId });
  }

  /** Runs the calls that waited. Their answer was counted and paid for when it came. */
  async function goOn(): Promise<Unrecorded<Waiting<Outcome>> | undefined> {
    // What is stored is frozen, and a tool may change the input that it is given.
    const calls = structuredClone(waitingCalls(session.entries));
    const said = session.entries.flatMap((entry) => (isSummary(entry) ? [] : entry.messages));
    const text = textOf(said.findLast(({ role }) => role === 'assistant') ?? nothingSaid);
    // From here on the turn is this program's: of two that were given the decision, one may run the calls.
    await session.append({ messages: [{ role: 'user', content: [] }], open: true });
    abilities.onStepStart?.(1);
    const ran = await runTools?.(calls, [], undefined);
    const { outcomes = [], waiting = [] } = ran ?? {};
    record({ text, stopReason: 'tool_use', usage: noTokens, costUsd: 0 }, outcomes);
    return waiting.length > 0 ? wait(text, waiting) : undefined;
  }

  /** Leaves the turn in the log as one that waits, and belongs to nobody. */
  async function wait(text: string, waiting: readonly ToolUseBlock[]) {
    await session.append({ messages: [], waiting: true });
    return { outcome: 'waiting' as const, text, waiting };
  }

  function inStep<Result>(run: () => Promise<Result>): Promise<Result> {
    return abilities.inStep === undefined ? run() : abilities.inStep(steps.length + 1, run);
  }

  async function askUntilAnswered(): Promise<Unrecorded<TurnEnd<Outcome, Name>>> {
    for (;;) {
      const end = await inStep(takeStep);
      if (end !== undefined) return end;
    }
  }

  /** One answer of the model, and the tools that it calls; `undefined`: it is to be asked again. */
  async function takeStep(): Promise<Unrecorded<TurnEnd<Outcome, Name>> | undefined> {
    const { answer, objection: found } = await reviewed();
    notices.push(...answer.notices);
    const ending = endingOfAnswer(answer.message, answer.stopReason);
    const byReason = endingOf(answer.stopReason);

    if (found !== undefined || byReason.outcome === 'blocked') {
      const objection = found ?? abilities.explain?.(answer);
      const notSent = objection === undefined ? byReason.note : `Kept back: ${objection.reason}`;
      // What a check of one's own has kept back is in no log; Bedrock's guardrail has replaced its words already.
      const kept = found === undefined ? answer : withoutWords(answer);
      const stored = await store(kept, { notSent: notSent ?? 'Kept back.' });
      record(kept, []);
      const isGuardrail = answer.stopReason === 'guardrail_intervened';
      const by = found !== undefined ? 'output' : isGuardrail ? 'guardrail' : 'filter';
      return {
        outcome: 'blocked',
        by,
        answer: stored,
        explanation: notSent ?? '',
        ...(objection && { objection }),
      };
    }

    const calls = runTools === undefined || isBroken(answer) ? [] : toolCallsOf(answer.message);
    if (runTools !== undefined && calls.length > 0) {
      await store(answer, { open: true });
      const limit = abilities.limitOf?.([...steps, answer]);
      const ran = await runTools(calls, answer.invalidToolInputs, limit?.explanation);
      record(answer, ran.outcomes);
      if (limit !== undefined) return atLimit(limit, answer);
      return ran.waiting.length > 0 ? wait(answer.text, ran.waiting) : undefined;
    }

    if (isBroken(answer) || (shape === undefined && ending.outcome !== 'answered')) {
      const explanation = ending.note ?? '';
      const stored = await store(answer, ending.isSent ? {} : { notSent: explanation });
      record(answer, []);
      return { outcome: 'unfinished', answer: stored, explanation };
    }

    const reading = await shape?.read(answer.text);
    if (reading === undefined || 'value' in reading) {
      const stored = await store(answer, {});
      record(answer, []);
      const { note } = ending;
      return { outcome: 'answered', answer: stored, ...(note && { explanation: note }), ...reading };
    }
    await store(answer, { open: true });
    record(answer, []);
    const limit = abilities.limitOf?.(steps);
    if (limit !== undefined) return atLimit(limit, answer);
    if (++corrections > maxCorrections) throw unusable(answer, reading.problem);
    added = shape === undefined ? [] : [shape.correction(reading.problem)];
    return undefined;
  }

  /** An answer, and what is objected to in it. Nothing of it is given away, in an error neither, before it has passed. */
  async function reviewed(): Promise<{ answer: CallAnswer; objection?: Objection | undefined }> {
    abilities.onStepStart?.(steps.length + 1);
    const toolConfig = abilities.toolConfigOf?.(steps.length + 1);
    const call = { added, signal, ownId, ...(toolConfig && { toolConfig }) };
    if (review === undefined) {
      return { answer: await callModel(settings, { ...call, ...(onDelta && { onDelta }) }) };
    }
    const held: Delta[] = [];
    try {
      const hold = onDelta && { onDelta: (delta: Delta) => void held.push(delta) };
      const answer = await callModel(settings, { ...call, ...hold });
      const objection = await review(answer.text);
      if (objection === undefined) for (const delta of held) onDelta?.(delta);
      return { answer, objection };
    } catch (error) {
      if (!isLibError(error) || error.partialText === undefined) throw error;
      throw withDetails(error, { partialText: '' });
    }
  }

  /**
   * Stores what was added and the answer to it, and gives the answer as it is stored, which nobody can change.
   *
   * @throws LibError with the whole answer in `partialText`: it was paid for, and a person may want to see it
   */
  async function store(answer: CallAnswer, mark: { open?: true; notSent?: string }): Promise<CallAnswer> {
    const { message: said, modelId, stopReason, usage, costUsd, text } = answer;
    // A tool is given its input, and may change it.
    const message = freeze(mark.open ? structuredClone(said) : said);
    try {
      await session.append({
        messages: freeze([...added, message]),
        modelId,
        stopReason,
        ...(usage && { usage }),
        ...(costUsd !== undefined && { costUsd }),
        ...mark,
      });
    } catch (error) {
      const estimate = {
        inputTokens: mostTokensOf({ modelId, messages: added as never }, modelId),
        outputTokens: mostTokens(text),
      };
      budget.countUnstored({ modelId, tier: answer.tier, ...(usage ?? estimate) });
      if (!isLibError(error)) throw error;
      throw withDetails(error, { partialText: text, ...(error.kind === 'conflict' && sendAgain) });
    }
    added = [];
    return { ...answer, message };
  }

  function record(
    { text, stopReason, usage, costUsd }: Pick<CallAnswer, 'text' | 'stopReason' | 'usage' | 'costUsd'>,
    tools: readonly Outcome[],
  ): void {
    const step = { number: steps.length + 1, text, tools, stopReason, usage, costUsd };
    steps.push(step);
    abilities.onStep?.(step);
  }

  async function atLimit(limit: TurnLimit<Name>, answer: CallAnswer) {
    await finishTurn(session, limit.explanation);
    return { outcome: 'limit' as const, ...limit, text: answer.text };
  }
}

const nothingSaid: Message = { role: 'assistant', content: [] };
const noTokens: TokenUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

/** Whether it ended in a way in which nothing of it may be used, calls neither. Pure. */
function isBroken({ stopReason }: CallAnswer): boolean {
  return stopReason !== 'tool_use' && !endingOf(stopReason).isSent;
}

function withoutWords(answer: CallAnswer): CallAnswer {
  return { ...answer, text: '', message: { role: 'assistant', content: [] } };
}

/** The calls of an answer that the program is to run. Pure. */
export function toolCallsOf({ content }: Message): readonly ToolUseBlock[] {
  return content.flatMap(({ toolUse }) =>
    // A tool of the service has run there already.
    toolUse === undefined || toolUse.type === 'server_tool_use' ? [] : [toolUse],
  );
}

/** The ids of all calls in the log. */
function callIds(entries: Session['entries']): Set<string> {
  const blocks = entries.flatMap((entry) =>
    isSummary(entry) ? [] : entry.messages.flatMap(({ content }) => content),
  );
  return new Set(blocks.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []));
}

/** The longest id that Converse takes back. */
const longestId = 64;

/**
 * Ids for the calls of a turn, each the only one of its session, as far as that was read: a result, and a person's decision, find their call by
 * it. The model's own stay where they are fit: it may give two calls the same, guess what another one will be called, or
 * send a book.
 */
function createOwnIds(session: Session): OwnId {
  let taken: Set<string> | undefined;
  const counts = new Map<string, number>();
  return (given) => {
    taken ??= callIds(session.entries);
    const base = /^[\w.:-]{1,64}$/.test(given) ? given : 'call';
    let id = base;
    for (let number = counts.get(base) ?? 2; taken.has(id); number++) {
      const end = `_${number}`;
      id = base.slice(0, longestId - end.length) + end;
      counts.set(base, number + 1);
    }
    taken.add(id);
    return id;
  };
}

/** The log is read again before the next turn. */
const sendAgain = {
  hint: 'Send it again: what has been said in this session by then is taken in first. Or use a session id of your own. Nothing was stored.',
  retryable: true,
};

function unusable({ message, modelId }: CallAnswer, problem: string): LibError {
  return new LibError(`${modelId} gave no answer of the wanted shape: ${problem}`, {
    kind: 'answer',
    hint: 'Describe the members of `output`, raise maxTokens, or choose another model.',
    modelId,
    partialText: textOf(message),
  });
}
