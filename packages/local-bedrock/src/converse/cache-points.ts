import { cachePointLimit } from 'bedrock-models';
import { invalid } from '../http/refusal.ts';
import type { ContentBlock } from './request.ts';
import { cachePointsOf, type Rule } from './rules.ts';

/**
 * Where a cache point may stand in a request to Claude, in the service's own words: behind something, which is no thought
 * (anomalyco/opencode#36517, strands-agents/harness-sdk#1820 of Sonnet 4.6) and no document but a PDF
 * (strands-agents/harness-sdk#1966, aws/aws-sdk-java-v2#6277). That it needs something before it was seen of messages
 * (strands-agents/harness-sdk PR 3677 of Sonnet 4.5), and is taken to hold for the system prompt and tools.
 */
export const cachePoints: Rule = (request, model) => {
  const { messages = [], system = [], toolConfig } = request;
  if (model.family === 'nova') checkNumber(cachePointsOf(request).length);
  if (model.family !== 'claude-messages') return;
  checkPlaces(toolConfig?.tools ?? [], 'toolConfig.tools');
  checkPlaces(system, 'system');
  messages.forEach(({ content }, index) => {
    checkPlaces(content, `messages.${index}.content`);
  });
};

function checkPlaces(
  blocks: readonly Pick<ContentBlock, 'cachePoint' | 'reasoningContent' | 'document'>[],
  path: string,
): void {
  blocks.forEach(({ cachePoint }, index) => {
    if (cachePoint === undefined) return;
    const before = blocks[index - 1];
    if (before === undefined) throw invalid('There is nothing available to cache.');
    if (before.reasoningContent !== undefined) {
      throw invalid(
        'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.',
      );
    }
    const { format = 'pdf' } = before.document ?? {};
    if (format !== 'pdf') {
      throw invalid(`The model returned the following errors: ${path}.${index}.type: Field required`);
    }
  });
}

/** Nova has as many as Claude, by the page on prompt caching; the words are Claude's. */
function checkNumber(found: number): void {
  if (found <= cachePointLimit) return;
  throw invalid(
    `The model returned the following errors: A maximum of ${cachePointLimit} blocks with cache_control may be provided. Found ${found}.`,
  );
}
