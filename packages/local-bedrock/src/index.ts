export type {
  Feature,
  LongPrice,
  Model,
  ModelFamily,
  Price,
  PriceTier,
  RoutePrice,
  Source,
  TokenPrice,
} from 'bedrock-models';
export type { AccessKey, AuthOptions } from './auth/authorize.ts';
export type { BatchQuotas } from './batch/quotas.ts';
export { Refusal, type RefusalDetails, type RefusalName } from './http/refusal.ts';
export type {
  Block,
  Ending,
  ModelAnswer,
  ModelRequest,
  SpokenBlock,
  Tool,
  Turn,
  WholeBlock,
} from './invoke/family.ts';
export type { JournalEntry } from './journal/journal.ts';
export type { AccessState } from './models/access.ts';
export type { Era } from './operations/operation.ts';
export type { CacheLife, CacheUse, PromptPart } from './prompt-cache/prompt-cache.ts';
export type { RecordOptions } from './record/recorder.ts';
export type { ReplayOptions } from './record/replayer.ts';
export {
  type FaultFilter,
  type LocalBedrock,
  type LocalBedrockOptions,
  startLocalBedrock,
} from './start.ts';
export type { AnswerEvent, WordSource } from './words/answer.ts';
export type { BackendOptions } from './words/backend/open-ai-compatible.ts';
export type { FetchProgress, Weights } from './words/model/fetch-weights.ts';
export type { ModelOptions } from './words/model/model-options.ts';
export type { SharedModelOptions } from './words/model/shared-model.ts';
export {
  type ScriptedAnswer,
  type ScriptedReply,
  type ScriptedToolUse,
  type ScriptStep,
  scripted,
} from './words/scripted.ts';
