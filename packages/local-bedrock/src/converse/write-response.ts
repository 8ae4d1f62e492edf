import type { Model } from 'bedrock-models';
import type { ModelAnswer } from '../families/family.ts';
import { signsThoughts } from '../thinking.ts';
import { askedFields, type Exchange, echoed } from './exchange.ts';
import { sorted } from './sorted.ts';
import { stopReasonOf, usageOf } from './usage.ts';

/** A signature stands in for what proves that the model itself thought a thought; nothing checks it here. */
export const signature = 'bG9jYWwtYmVkcm9jaw==';

/**
 * Converse's response (API reference, Converse, "Response Syntax"), its keys sorted as the service's are. `guarded` is
 * a guardrail's part.
 */
export function writeResponse(
  exchange: Exchange,
  answer: ModelAnswer,
  latencyMs: number,
  guarded: { readonly stopReason?: string; readonly trace?: object } = {},
): unknown {
  const { model, today, converse } = exchange;
  const fields = askedFields(exchange, answer);
  return {
    ...(fields === undefined ? {} : { additionalModelResponseFields: sorted(fields) }),
    metrics: { latencyMs },
    output: {
      message: { content: answer.blocks.map((block) => writeBlock(block, model)), role: 'assistant' },
    },
    ...echoed(converse),
    stopReason: guarded.stopReason ?? stopReasonOf(answer.ending),
    ...(guarded.trace === undefined ? {} : { trace: guarded.trace }),
    usage: usageOf(model, today, answer.inputTokens, answer.outputTokens),
  };
}

function writeBlock(block: ModelAnswer['blocks'][number], model: Model): unknown {
  if (block.type === 'text') return { text: block.text };
  if (block.type === 'reasoning') {
    const signed = signsThoughts(model) ? { signature } : {};
    return { reasoningContent: { reasoningText: { ...signed, text: block.text } } };
  }
  return { toolUse: { input: sorted(block.input), name: block.name, toolUseId: block.id } };
}
