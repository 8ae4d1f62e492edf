/**
 * InvokeModel by hand: one prompt, one answer, in each model family's own form. `invokeText` and `invokeStream` write the
 * body and read the answer; `buildInvokeBody` and `buildConversationBody` give the body alone, to send or to look at.
 */
export { findFamily, type ModelFamily, splitModelId } from 'bedrock-models';
export { buildConversationBody } from './conversation-body.ts';
export { buildInvokeBody, type InvokeBodyOptions } from './families.ts';
export type { InvokeOptions, StopReason } from './family.ts';
export {
  type InvokeStream,
  type InvokeStreamOptions,
  invokeStream,
  type TextDelta,
} from './invoke-stream.ts';
export { type InvokeTextOptions, type InvokeTextResult, invokeText } from './invoke-text.ts';
