/**
 * Texts into labels, categories, numbers and records: one by one, or by the thousand (`classifyAll`). Whoever writes a
 * prompt of their own reads the answer with `readLabels` and `findLabel`; `accuracy` says how often a task is right.
 */
export type { Reading } from '../base/json-answer.ts';
export type { EmbeddingPurpose } from '../retrieval/embedding-families.ts';
export type { Answered, TaskOptions } from './ask-task.ts';
export {
  type BatchOptions,
  type BatchResult,
  type BatchRun,
  type BatchSummary,
  batch,
  estimateBatch,
  type WaitOptions,
} from './batch/batch.ts';
export type { BatchInputs, BatchLimits, BatchPlan } from './batch/plan.ts';
export {
  type BatchReading,
  type BatchTask,
  batchCost,
  classifyTask,
  type EmbedTaskOptions,
  embedTask,
  extractTask,
  type PromptTaskOptions,
  promptTask,
} from './batch/tasks.ts';
export { type Categorization, type CategorizeOptions, categorize } from './categorize.ts';
export { type Classification, type ClassifyOptions, classify, classifyPrompt } from './classify.ts';
export { type ClassificationReport, type ClassifyAllOptions, classifyAll } from './classify-all.ts';
export { type Extraction, type ExtractOptions, extract } from './extract.ts';
export { findLabel, type LabelDescription, type Labels, readLabels } from './labels.ts';
export { type Regression, type RegressOptions, regress, type Scale } from './regress.ts';
export { type Accuracy, accuracy, type Confusion, confusion, meanAbsoluteError } from './scores.ts';
export type { TaskInput } from './task-input.ts';
export type { PromptOptions } from './task-prompt.ts';
