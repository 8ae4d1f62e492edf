/** What a cell shows and checks: tables, plots, costs, traces, progress, exercises, errors that belong to the lesson. */

export { type Sentiment, sentiments, tweetExamples, tweetSentiment } from '../tasks/tweet-sentiment.ts';
export { show, showMarkdown } from './display.ts';
export { checkExercise, type Requirement } from './exercise.ts';
export { allowNoAnswer, allowRefusal, expectError } from './expected-errors.ts';
export { type PlotDescription, type PlotLibrary, showPlot } from './plot.ts';
export { preflight } from './preflight.ts';
export { type JobState, progress, showCost } from './progress.ts';
export { confusionRows, showTable, type TableOptions, type TableRow } from './table.ts';
export { showTrace, traceSvg, traceText } from './trace-picture.ts';
