export type { AnswerEvent, WordSource } from './answer.ts';
export type { JournalEntry } from './journal/journal.ts';
export type { Era } from './service.ts';
export {
  type FaultFilter,
  type LocalBedrock,
  type LocalBedrockOptions,
  startLocalBedrock,
} from './start.ts';
