import type { Model } from 'bedrock-models';
import { invalid, malformed } from '../refusal.ts';
import { isObject, violations } from '../schema.ts';
import { checkConversation } from './claude-messages/conversation.ts';
import { readMessages } from './claude-messages/read.ts';
import { type Body, schema } from './claude-messages/schema.ts';
import { thinkingViolation } from './claude-messages/thinking.ts';
import { checkTools } from './claude-messages/tool-rules.ts';
import { shortName, streamMessage, writeMessage } from './claude-messages/write.ts';
import type { Family } from './family.ts';
import { checkMaxTokens } from './limits.ts';

/** Named by the service in front of every other violation of a Messages body. */
const notATextCompletion = '#: subject must not be valid against schema {"required":["messages"]}';

/** Anthropic's Messages (user guide, "Anthropic Claude Messages API"). */
export const claudeMessages: Family = {
  lead: '',
  schema,
  read(body, model) {
    refuseTextCompletion(body, model);
    const found = violations(body, schema);
    if (found.length > 0) throw malformed(hasMessages(body) ? [notATextCompletion, ...found] : found);
    const checked = body as Body;
    checkConversation(checked.messages, model);
    checkTools(checked, model);
    checkSampling(checked, model);
    if (checked.stop_sequences?.some((sequence) => sequence.trim() === '')) {
      throw invalid('stop_sequences: each stop sequence must contain non-whitespace');
    }
    checkMaxTokens(checked.max_tokens, model);
    const thinking = thinkingViolation(body as object, checked.max_tokens);
    if (thinking !== undefined) throw invalid(thinking);
    return readMessages(checked);
  },
  write: writeMessage,
  streamWriter: streamMessage,
};

function hasMessages(body: unknown): boolean {
  return isObject(body) && Object.hasOwn(body, 'messages');
}

function refuseTextCompletion(body: unknown, model: Model): void {
  if (isObject(body) && Object.hasOwn(body, 'prompt') && !hasMessages(body)) {
    throw invalid(`"${shortName(model)}" is not supported on this API. Please use the Messages API instead.`);
  }
}

/** The ranges, and what newer models no longer take: temperature and top_p together, or either of them. */
function checkSampling({ temperature, top_p: topP }: Body, { refuses = [] }: Model): void {
  if (temperature !== undefined && (temperature < 0 || temperature > 1)) {
    throw invalid('temperature: range: 0..1');
  }
  if (topP !== undefined && (topP < 0 || topP > 1)) throw invalid('top_p: range: 0..1');
  if (temperature !== undefined && refuses.includes('temperature')) {
    throw invalid('`temperature` is deprecated for this model.');
  }
  if (topP !== undefined && refuses.includes('top-p')) throw invalid('`top_p` is deprecated for this model.');
  if (temperature !== undefined && topP !== undefined && refuses.includes('temperature-with-top-p')) {
    throw invalid('`temperature` and `top_p` cannot both be specified for this model. Please use only one.');
  }
}
