import type { AccessState } from './access.ts';
import type { WordSource } from './answer.ts';
import type { GuardrailStore } from './guardrails/store.ts';

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
  /** The guardrails that were made here. Absent: none can be. */
  readonly guardrails?: GuardrailStore;
}
