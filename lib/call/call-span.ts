import type { TokenUsage } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import {
  type Attributes,
  messagesAttribute,
  recordsWords,
  type SpanStart,
  usageAttributes,
} from '../base/telemetry.ts';

/** What a call to a model is asked with, as far as a span tells of it. */
export interface AskedCall {
  readonly operation: 'chat' | 'text_completion' | 'embeddings';
  readonly modelId: string;
  readonly inference?: {
    readonly maxTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
  };
  readonly isStreamed?: boolean;
  /** Only where words may be recorded. */
  readonly messages?: readonly Message[];
  readonly system?: unknown;
}

/** The span of one call to a model. Pure, but for what the environment allows. */
export function callSpan(call: AskedCall): SpanStart {
  const { operation, modelId, inference = {}, isStreamed, messages, system } = call;
  return {
    name: `${operation} ${modelId}`,
    kind: 'client',
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': modelId,
      'gen_ai.request.max_tokens': inference.maxTokens,
      'gen_ai.request.temperature': inference.temperature,
      'gen_ai.request.top_p': inference.topP,
      'gen_ai.request.stop_sequences': inference.stopSequences,
      'lib.streamed': isStreamed,
      ...(recordsWords() && {
        'gen_ai.input.messages': messages && messagesAttribute(messages),
        'gen_ai.system_instructions': system === undefined ? undefined : JSON.stringify(system),
      }),
    },
  };
}

/** What a call has come to. Pure, but for what the environment allows. */
export function answerAttributes(answer: {
  readonly usage?: TokenUsage | undefined;
  readonly costUsd?: number | undefined;
  readonly stopReason?: string;
  readonly attempts?: number;
  readonly requestId?: string | undefined;
  readonly message?: Message;
  readonly text?: string;
}): Attributes {
  const { usage, costUsd, stopReason, attempts, requestId, text } = answer;
  const message =
    answer.message ?? (text === undefined ? undefined : { role: 'assistant', content: [{ text }] });
  return {
    ...usageAttributes(usage, costUsd),
    'gen_ai.response.finish_reasons': stopReason === undefined ? undefined : [stopReason],
    'lib.attempts': attempts,
    'aws.request_id': requestId,
    ...(recordsWords() &&
      message && { 'gen_ai.output.messages': messagesAttribute([message as Message], stopReason) }),
  };
}
