import { withoutUndefined } from '../base/without-undefined.ts';
import type { BuildOptions, InvokeFamily, TextTurn } from './family.ts';

/** Here the numbers of cached tokens end in `TokenCount`, unlike in Converse. */
interface NovaUsage {
  inputTokens?: number;
  outputTokens?: number;
  cacheReadInputTokenCount?: number;
  cacheWriteInputTokenCount?: number;
}

interface NovaBody {
  output?: { message?: { content?: { text?: string }[] } };
  stopReason?: string;
  usage?: NovaUsage;
}

interface NovaChunk {
  contentBlockDelta?: { delta?: { text?: string } };
  messageStop?: { stopReason?: string };
  metadata?: { usage?: NovaUsage };
}

/**
 * Amazon Nova.
 * @see https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
 */
export const nova: InvokeFamily = {
  buildBody: (prompt, options) => buildConversation([{ role: 'user', text: prompt }], options),
  buildConversation,
  parseBody: (body) => {
    const { output, stopReason = '', usage = {} } = (body ?? {}) as NovaBody;
    const content = output?.message?.content ?? [];
    return {
      text: content
        .map((block) => block.text ?? '')
        .join('')
        .trim(),
      stopReason,
      usage: usageOf(usage),
    };
  },
  readChunks: () => (chunk) => {
    const { contentBlockDelta, messageStop, metadata } = (chunk ?? {}) as NovaChunk;
    return withoutUndefined({
      text: contentBlockDelta?.delta?.text,
      stopReason: messageStop?.stopReason,
      usage: metadata?.usage && usageOf(metadata.usage),
    });
  },
};

function buildConversation(
  turns: readonly TextTurn[],
  { maxTokens, temperature, topP, stopSequences, system }: BuildOptions,
): object {
  return withoutUndefined({
    schemaVersion: 'messages-v1',
    system: system ? [{ text: system }] : undefined,
    messages: turns.map(({ role, text }) => ({ role, content: [{ text }] })),
    inferenceConfig: withoutUndefined({ maxTokens, temperature, topP, stopSequences }),
  });
}

/** Nova always sends the numbers of cached tokens; none are left out, as with families that have no cache. */
function usageOf(usage: NovaUsage) {
  return withoutUndefined({
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cacheReadInputTokens: usage.cacheReadInputTokenCount || undefined,
    cacheWriteInputTokens: usage.cacheWriteInputTokenCount || undefined,
  });
}
