/** Marks around what a model thinks before it answers, in one text with its answer. */
export interface ReasoningMarks {
  /** Absent: the reasoning begins with the text. */
  readonly open?: string;
  readonly close: string;
}

/**
 * Takes a model's reasoning out of its text, whether it comes at once or in pieces that cut a mark in two: gives a
 * function that is called with each piece and gives what of it is answer, and, when called without one, what was held
 * back at the end. Reasoning that never ends is no answer.
 */
export function reasoningFilter({ open, close }: ReasoningMarks): (piece?: string) => string {
  let state: 'before' | 'inside' | 'after' = open === undefined ? 'inside' : 'before';
  let held = '';
  return (piece) => {
    if (piece === undefined) return state === 'before' ? take() : '';
    held += piece;
    if (state === 'before' && open !== undefined) {
      const start = held.trimStart();
      if (start.startsWith(open)) state = 'inside';
      else if (!open.startsWith(start)) state = 'after';
    }
    if (state === 'inside') {
      const end = held.indexOf(close);
      if (end < 0) return '';
      held = held.slice(end + close.length);
      state = 'after';
    }
    return state === 'after' ? take() : '';
  };

  function take(): string {
    const text = held;
    held = '';
    return text;
  }
}

/** The same for a whole text. Pure. */
export function withoutReasoning(text: string, marks: ReasoningMarks): string {
  const filter = reasoningFilter(marks);
  return filter(text) + filter();
}
