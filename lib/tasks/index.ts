/**
 * Texts into labels, categories, numbers and records: one by one, or by the thousand (`classifyAll`). Whoever writes a
 * prompt of their own reads the answer with `readLabels` and `findLabel`; `accuracy` says how often a task is right.
 */
export type { Answered, TaskOptions } from './ask-task.ts';
export { type Categorization, type CategorizeOptions, categorize } from './categorize.ts';
export { type Classification, type ClassifyOptions, classify, classifyPrompt } from './classify.ts';
export { type ClassificationReport, classifyAll } from './classify-all.ts';
export { type Extraction, type ExtractOptions, extract } from './extract.ts';
export { findLabel, type LabelDescription, type Labels, readLabels } from './labels.ts';
export { type Regression, type RegressOptions, regress, type Scale } from './regress.ts';
export { type Accuracy, accuracy, type Confusion, confusion, meanAbsoluteError } from './scores.ts';
export type { TaskInput } from './task-input.ts';
export type { PromptOptions } from './task-prompt.ts';
