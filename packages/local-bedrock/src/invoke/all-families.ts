import type { Model, ModelFamily } from 'bedrock-models';
import { wasAccepted } from '../models/evidence.ts';
import { gptOss, jamba, mistralChat, qwen } from './chat-families.ts';
import { claudeMessages, hasMessages } from './claude-messages.ts';
import { claudeText } from './claude-text.ts';
import { cohereCommand } from './cohere-command.ts';
import { deepseek } from './deepseek.ts';
import type { Family } from './family.ts';
import { jurassic } from './jurassic.ts';
import { llama } from './llama.ts';
import { mistralText } from './mistral-text.ts';
import { isR1 } from './model-features.ts';
import { nova } from './nova.ts';
import { titanText } from './titan-text.ts';

/** How each family in the catalogue reads and writes its bodies. */
export const families: Readonly<Record<ModelFamily, Family>> = {
  'titan-text': titanText,
  'claude-text': claudeText,
  'claude-messages': claudeMessages,
  nova,
  llama,
  'mistral-text': mistralText,
  'mistral-chat': mistralChat,
  'cohere-command': cohereCommand,
  jamba,
  jurassic,
  'gpt-oss': gptOss,
  deepseek,
  qwen,
};

/** The family that reads a body and writes its answer: the model's own, but for bodies of another that it takes too. */
export function familyOf(model: Model, body: unknown): Family {
  // DeepSeek's later models were made for OpenAI's form; that they refuse it is not known.
  if (model.family === 'deepseek' && !isR1(model) && hasMessages(body)) return qwen;
  return hasMessages(body) && wasAccepted('messages-body', model) ? claudeMessages : families[model.family];
}

/** What Converse's answers begin with. */
export function converseLeadOf(model: Model): string {
  const { lead, converseLead = lead } = families[model.family];
  return isR1(model) ? '\n\n' : converseLead;
}
