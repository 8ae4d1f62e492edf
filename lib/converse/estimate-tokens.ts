import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { findFamily, type ModelFamily, type TokenUsage } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import { renderBlock } from './render.ts';

/** Characters to a token of English, roughly. Claude's tokens are somewhat shorter. Rules of thumb, not recorded. */
const charactersPerToken = 4;
const shorter: Partial<Record<ModelFamily, number>> = { 'claude-messages': 3.5, 'claude-text': 3.5 };

/** Tokens that a message costs beside its content: its role and its borders. */
const tokensPerMessage = 4;
/** A picture of about 1,000 by 1,000 pixels, and a document's pages, of which the size says little. */
const tokensPerPicture = 1_500;
const bytesPerDocumentToken = 10;

/**
 * How many tokens a text or a transcript is, roughly: an estimate by its length, for deciding what to send. The real
 * number comes with the answer. Pure.
 *
 * @param modelId makes the estimate that of the model's family
 */
export function estimateTokens(input: string | readonly Message[], modelId?: string): number {
  const perToken = charactersPer(modelId);
  if (typeof input === 'string') return Math.ceil(input.length / perToken);
  return input.reduce((sum, { content }) => sum + tokensPerMessage + blocksOf(content, perToken), 0);
}

/**
 * How many tokens the next request will be, roughly: what Bedrock counted for the last one, question and answer, plus
 * an estimate of what was added since. Pure.
 */
export function estimateNext(last: TokenUsage, added: readonly Message[], modelId?: string): number {
  const { inputTokens, outputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = last;
  const counted = inputTokens + cacheReadInputTokens + cacheWriteInputTokens + outputTokens;
  return counted + estimateTokens(added, modelId);
}

function charactersPer(modelId: string | undefined): number {
  const family = modelId === undefined ? undefined : findFamily(modelId);
  return (family && shorter[family]) ?? charactersPerToken;
}

function blocksOf(content: readonly ContentBlock[], perToken: number): number {
  return content.reduce((sum, block) => sum + tokensOf(block, perToken), 0);
}

function tokensOf(block: ContentBlock, perToken: number): number {
  if (block.image !== undefined) return tokensPerPicture;
  if (block.document !== undefined) {
    const { bytes, text = '' } = block.document.source ?? {};
    return Math.ceil((bytes?.length ?? 0) / bytesPerDocumentToken + text.length / perToken);
  }
  if (block.reasoningContent?.reasoningText !== undefined) {
    return Math.ceil((block.reasoningContent.reasoningText.text ?? '').length / perToken);
  }
  return Math.ceil(renderBlock(block).length / perToken);
}
