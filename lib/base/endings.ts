import type { Message } from './message.ts';

/** What it means that a model stopped for one reason. */
export interface Ending {
  /**
   * `answered`: the words are the answer. `unfinished`: they are none, or not all of it, and the caller did not ask for
   * that. `blocked`: a guardrail or a filter has put something in the place of the answer, or of the rest of it.
   */
  readonly outcome: 'answered' | 'unfinished' | 'blocked';
  /**
   * Whether the turn is sent with the next one. What is not stays in the log, marked: a guardrail reads the whole
   * transcript again with each call, and a model imitates its own broken output.
   */
  readonly isSent: boolean;
  /** Whether the words may stand as a summary for what they cover: as they are, with a notice, or not at all. */
  readonly summary: 'whole' | 'cut' | 'none';
  /** What a reader has to know, as a sentence. Absent: nothing. */
  readonly note?: string;
}

const blocked = { outcome: 'blocked', isSent: false, summary: 'none' } as const;
const malformed = { outcome: 'unfinished', isSent: false, summary: 'none' } as const;

/**
 * Every reason that Bedrock names, and Anthropic's own.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseElements
 */
const endings: Readonly<Record<string, Ending>> = {
  end_turn: { outcome: 'answered', isSent: true, summary: 'whole' },
  stop_sequence: { outcome: 'answered', isSent: true, summary: 'whole' },
  // The limit is the caller's own, so what there is counts as the answer.
  max_tokens: {
    outcome: 'answered',
    isSent: true,
    summary: 'cut',
    note: 'The answer was cut here: it had reached its longest length.',
  },
  model_context_window_exceeded: {
    outcome: 'unfinished',
    isSent: true,
    summary: 'none',
    note: 'The answer was cut here: the conversation is as long as the model can take.',
  },
  // Of an answer that calls no tool, or where there is nobody to run it.
  tool_use: { ...malformed, note: 'The model wanted to use a tool, and no call came of it.' },
  malformed_tool_use: { ...malformed, note: 'The model tried to call a tool in a way that nobody can read.' },
  malformed_model_output: { ...malformed, note: 'The model has written something that is no answer.' },
  content_filtered: {
    ...blocked,
    note: 'The model’s own filter has held the answer back, or the rest of it.',
  },
  guardrail_intervened: { ...blocked, note: 'A guardrail of Bedrock has stepped in.' },
  refusal: { ...blocked, note: 'The model has refused to answer, or to go on.' },
};

/** What an ending for this reason means for an answer with words. Pure. */
export function endingOf(stopReason: string): Ending {
  return Object.hasOwn(endings, stopReason) && endings[stopReason] !== undefined
    ? endings[stopReason]
    : {
        outcome: 'unfinished',
        isSent: true,
        summary: 'none',
        note: `The answer ended for a reason that is not known here: ${stopReason}.`,
      };
}

/**
 * Why an answer that ended so is none that a program may read; `undefined` when it is one. What is left of a broken
 * answer can look like a whole one. One that is cut at the caller's own limit is read. Pure.
 */
export function problemOfEnding(stopReason: string): string | undefined {
  const { outcome } = endingOf(stopReason);
  if (outcome === 'answered') return undefined;
  return outcome === 'blocked' ? 'it was kept back' : 'it is not whole';
}

/** What it means for this answer: one that says nothing is no answer, whatever it ended with. Pure. */
export function endingOfAnswer({ content }: Message, stopReason: string): Ending {
  const ending = endingOf(stopReason);
  if (!ending.isSent || content.some(says)) return ending;
  const note =
    stopReason === 'max_tokens'
      ? 'The model was still thinking when its answer had reached the longest length.'
      : ending.outcome === 'answered'
        ? 'The model has said nothing.'
        : `The model has said nothing. ${ending.note}`;
  // What the user has said is not lost: it is sent again, with what comes next.
  return { outcome: 'unfinished', isSent: true, summary: 'none', note };
}

function says({ text, reasoningContent, cachePoint, toolUse, citationsContent }: Message['content'][number]) {
  if (text !== undefined) return text.trim() !== '';
  if (citationsContent !== undefined)
    return (citationsContent.content ?? []).some((part) => (part.text ?? '').trim() !== '');
  return reasoningContent === undefined && cachePoint === undefined && toolUse === undefined;
}
