/** InvokeModel by hand: one prompt, one answer, in each model family's own form. */
export { buildConversationBody } from './conversation-body.ts';
export { buildInvokeBody } from './families.ts';
export type { InvokeOptions, StopReason } from './family.ts';
export {
  type InvokeStream,
  type InvokeStreamOptions,
  invokeStream,
  type TextDelta,
} from './invoke-stream.ts';
export { type InvokeTextOptions, type InvokeTextResult, invokeText } from './invoke-text.ts';
