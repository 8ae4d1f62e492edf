/** What a cell shows and checks: tables, plots, progress, exercises. */
export { confusionRows } from './confusion-table.ts';
export { show } from './display.ts';
export { checkExercise, type Requirement } from './exercise.ts';
export { allowRefusal, expectError } from './expected-errors.ts';
export { type PlotDescription, type PlotLibrary, showPlot } from './plot.ts';
export { preflight } from './preflight.ts';
export { type JobState, progress } from './progress.ts';
export { showCost } from './show-cost.ts';
export { showTable, type TableRow } from './table.ts';
