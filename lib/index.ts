/**
 * What notebooks and programs import: `import { createClient, invokeText } from 'lib'`. What is needed less often has an
 * entry of its own, the index.ts of a folder: `lib/models`, `lib/invoke`, `lib/tasks`, `lib/history`, `lib/retrieval`,
 * `lib/agent`, `lib/access`, `lib/web`, `lib/notebook`.
 */

export {
  type BilledUsage,
  type CacheWrite,
  costOf,
  type EmbeddingFamily,
  findFamily,
  findModel,
  formatDollars,
  hasPrice,
  type Model,
  type ModelFamily,
  type TokenUsage,
} from 'bedrock-models';
export { type AccessOptions, checkAccess, type ModelAccess } from './access/check-access.ts';
export type { Finding as AccessFinding, FindingState } from './access/finding.ts';
export { Agent, type AgentInput, type AgentOptions, type RunOptions } from './agent/agent.ts';
export type {
  AgentEvent,
  AgentResult,
  AgentStep,
  Answered as AgentAnswered,
  AtLimit,
  Blocked,
  ToolEvent,
  Unfinished,
  Waiting,
} from './agent/agent-result.ts';
export type { Decision, Decisions, PendingCall } from './agent/decisions.ts';
export {
  type ApplyGuardrailOptions,
  applyGuardrail,
  type Check,
  deniedTopic,
  describeFinding,
  type GuardrailFinding,
  type Guardrails,
  type GuardrailVerdict,
  type Objection,
  personalData,
} from './agent/guardrails.ts';
export type { LimitName, Limits } from './agent/limits.ts';
export {
  type Approval,
  askLater,
  type Tool,
  type ToolCallContext,
  type ToolChoice,
  type ToolDefinition,
  type ToolInput,
  type ToolSchema,
  tool,
} from './agent/tool.ts';
export type { ToolFailure, ToolOutcome } from './agent/tool-result.ts';
export { type ErrorContext, toLibError } from './base/aws-errors.ts';
export type { Ending } from './base/endings.ts';
export { describeError, type ErrorKind, isLibError, LibError, type LibErrorDetails } from './base/errors.ts';
export { type Fence, fence } from './base/fence.ts';
export { type Message, textOf } from './base/message.ts';
export type { AnySchema } from './base/schema.ts';
export { fillTemplate, type PromptVariables, renderPrompt } from './base/template.ts';
export { loadTextFile } from './base/text-file.ts';
export { type ClientOptions, createClient } from './call/client.ts';
export {
  type CallEstimate,
  type CostLimit,
  CostMeter,
  type Meter,
  type PlannedCall,
  type Spending,
} from './call/cost-meter.ts';
export { type MapFunction, type MapOptions, mapAll, mapAllSettled, type Progress } from './call/map-all.ts';
export type { PaceLimits } from './call/pace.ts';
export { countCost, limitCost } from './call/session-cost.ts';
export { estimateTokens, type Window } from './converse/context.ts';
export {
  Conversation,
  type ConversationOptions,
  type Input,
  type TurnOptions,
  type TurnStream,
} from './converse/conversation.ts';
export { converse, converseStream } from './converse/converse.ts';
export { type LegaliseOptions, type LegalTranscript, legalise } from './converse/legalise.ts';
export type { ConverseOptions, Inference } from './converse/options.ts';
export { renderTranscript } from './converse/render.ts';
export type { BudgetLimit } from './converse/session.ts';
export type { Summarize } from './converse/summarize.ts';
export type { TurnStep } from './converse/turn.ts';
export type {
  Answer,
  Delta,
  InvalidToolInput,
  OwnId,
  Repair,
  RepairKind,
  Reply,
} from './converse/types.ts';
export type {
  Claim,
  History,
  HistoryEntry,
  LogPart,
  SessionInfo,
  SessionLog,
  Summary,
  Turn,
} from './history/history.ts';
export { type HistoryOptions, openHistory } from './history/open-history.ts';
export { type Transcript, transcriptOf } from './history/transcript.ts';
export { buildConversationBody } from './invoke/conversation-body.ts';
export { buildInvokeBody, type InvokeBodyOptions } from './invoke/families.ts';
export type { InvokeOptions, StopReason } from './invoke/family.ts';
export {
  type InvokeStream,
  type InvokeStreamOptions,
  invokeStream,
  type TextDelta,
} from './invoke/invoke-stream.ts';
export { type InvokeTextOptions, type InvokeTextResult, invokeText } from './invoke/invoke-text.ts';
export type { ModelRef } from './models/model-ref.ts';
export {
  type Capabilities,
  type ResolvedModel,
  type ResolveOptions,
  resolveModel,
} from './models/resolve.ts';
export type { ModelRole } from './models/roles.ts';
export { show, showMarkdown } from './notebook/display.ts';
export { checkExercise, type Requirement } from './notebook/exercise.ts';
export { allowNoAnswer, allowRefusal, expectError } from './notebook/expected-errors.ts';
export { type PlotDescription, type PlotLibrary, showPlot } from './notebook/plot.ts';
export { preflight } from './notebook/preflight.ts';
export { type JobState, progress, showCost } from './notebook/progress.ts';
export { confusionRows, showTable, type TableOptions, type TableRow } from './notebook/table.ts';
export { showTrace, traceSvg, traceText } from './notebook/trace-picture.ts';
export {
  type EmbedAllResult,
  type EmbedFailure,
  type EmbedOptions,
  type EmbedResult,
  embed,
  embedAll,
} from './retrieval/embed.ts';
export type { EmbeddingPurpose } from './retrieval/embedding-families.ts';
export { type SplitOptions, splitText, type TextPiece } from './retrieval/split-text.ts';
export type { Metadata, StoredItem, VectorItem } from './retrieval/vector-items.ts';
export {
  type FoundItem,
  type ListOptions,
  openVectorStore,
  type SearchOptions,
  type VectorStore,
  type VectorStoreOptions,
} from './retrieval/vector-store.ts';
export type { MetadataComparison, MetadataValue, Where } from './retrieval/where.ts';
export type { DatabaseDriver } from './sqlite/database.ts';
export type { OpenOptions } from './sqlite/open-database.ts';
export type { Answered, TaskOptions } from './tasks/ask-task.ts';
export { type Categorization, type CategorizeOptions, categorize } from './tasks/categorize.ts';
export { type Classification, type ClassifyOptions, classify, classifyPrompt } from './tasks/classify.ts';
export { type ClassificationReport, type ClassifyAllOptions, classifyAll } from './tasks/classify-all.ts';
export { type Extraction, type ExtractOptions, extract } from './tasks/extract.ts';
export type { LabelDescription, Labels } from './tasks/labels.ts';
export { type Regression, type RegressOptions, regress, type Scale } from './tasks/regress.ts';
export { type Accuracy, accuracy, type Confusion, confusion, meanAbsoluteError } from './tasks/scores.ts';
export type { TaskInput } from './tasks/task-input.ts';
export type { PromptOptions } from './tasks/task-prompt.ts';
export { type Sentiment, sentiments, tweetExamples, tweetSentiment } from './tasks/tweet-sentiment.ts';
export type {
  Answerer,
  AnswererRequest,
  AnswererResult,
  AnswererStream,
  AskVisitor,
} from './web/answerer.ts';
export type { ChatBudget, ChatLimits } from './web/limits.ts';
export type { OfferedModel } from './web/list-models.ts';
export { type Chat, type ChatOptions, startChat } from './web/start-chat.ts';
