import type { TokenUsage } from '../models/cost.ts';
import type { InvokeFamily } from './family.ts';
import { withoutUndefined } from './family.ts';

interface NovaBody {
  output?: { message?: { content?: { text?: string }[] } };
  stopReason?: string;
  usage?: Partial<TokenUsage>;
}

/**
 * Amazon Nova.
 * @see https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
 */
export const nova: InvokeFamily = {
  buildBody: (prompt, { maxTokens, temperature, topP, stopSequences, system }) =>
    withoutUndefined({
      schemaVersion: 'messages-v1',
      system: system ? [{ text: system }] : undefined,
      messages: [{ role: 'user', content: [{ text: prompt }] }],
      inferenceConfig: withoutUndefined({ maxTokens, temperature, topP, stopSequences }),
    }),
  parseBody: (body) => {
    const { output, stopReason = '', usage = {} } = (body ?? {}) as NovaBody;
    const content = output?.message?.content ?? [];
    return {
      text: content
        .map((block) => block.text ?? '')
        .join('')
        .trim(),
      stopReason,
      usage: withoutUndefined({ inputTokens: usage.inputTokens, outputTokens: usage.outputTokens }),
    };
  },
};
