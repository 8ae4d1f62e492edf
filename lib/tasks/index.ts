/** Texts into labels, numbers and records, one by one or by the thousand. */
export type { Answered, TaskOptions } from './ask-task.ts';
export { type Categorization, type CategorizeOptions, categorize } from './categorize.ts';
export { type Classification, type ClassifyOptions, classify, classifyPrompt } from './classify.ts';
export { type ClassificationReport, classifyAll } from './classify-all.ts';
export { type Extraction, type ExtractOptions, extract } from './extract.ts';
export { findLabel, readLabels } from './labels.ts';
export { type Regression, type RegressOptions, regress } from './regress.ts';
export { type Accuracy, accuracy, type Confusion, confusion, meanAbsoluteError } from './scores.ts';
export { type Sentiment, sentiments, tweetExamples, tweetSentiment } from './tweet-sentiment.ts';
