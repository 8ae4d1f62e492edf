import type { WordSource } from './answer.ts';

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
}
