import type { Answer } from './answer.ts';

/** What a conversation gives for one turn. */
export interface Reply extends Answer {
  /** How many messages of the conversation were not sent with this turn, because of `window`. They are kept. */
  readonly windowed: number;
  /** What else happened, as sentences for a person: a summary made or failed, a crash repaired. Mostly empty. */
  readonly notices: readonly string[];
}
