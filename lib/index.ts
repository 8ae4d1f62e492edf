/** What notebooks and programs import: `import { createClient, invokeText } from 'lib'`. */
export { type ErrorContext, toLibError } from './aws-errors.ts';
export { type ClientOptions, createClient } from './client.ts';
export { describeError, type ErrorKind, isLibError, LibError } from './errors.ts';
export { buildInvokeBody } from './invoke/families.ts';
export type { InvokeOptions, StopReason } from './invoke/family.ts';
export { type InvokeTextOptions, type InvokeTextResult, invokeText } from './invoke/invoke-text.ts';
export { catalogue, catalogueDate, type Model, type ModelFamily } from './models/catalogue.ts';
export { costOf, formatDollars, type TokenUsage } from './models/cost.ts';
export { findFamily, findModel, isRetired, splitModelId } from './models/find.ts';
export { type ResolvedModel, type ResolveOptions, resolveModel } from './models/resolve.ts';
export { show } from './notebook/display.ts';
export { checkExercise, type Requirement } from './notebook/exercise.ts';
export { allowRefusal, expectError } from './notebook/expected-errors.ts';
export { preflight } from './notebook/preflight.ts';
export { showTable, type TableRow } from './notebook/table.ts';
export { fillTemplate, type PromptVariables, renderPrompt } from './prompt.ts';
export { chooseRegion, type RegionChoice } from './region.ts';
export { loadTextFile } from './text-file.ts';
