export { Refusal, type RefusalName } from './http/refusal.ts';
export type { Block, Ending, ModelAnswer, ModelRequest, Tool, Turn } from './invoke/family.ts';
export type { JournalEntry } from './journal/journal.ts';
export type { Era } from './operations/operation.ts';
export {
  type FaultFilter,
  type LocalBedrock,
  type LocalBedrockOptions,
  startLocalBedrock,
} from './start.ts';
export type { AnswerEvent, WordSource } from './words/answer.ts';
export {
  type ScriptedAnswer,
  type ScriptedReply,
  type ScriptedToolUse,
  type ScriptStep,
  scripted,
} from './words/scripted.ts';
