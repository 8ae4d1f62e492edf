import type { ModelFamily } from 'bedrock-models';
import { checkInput, checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { chat, gptOss } from './chat-families.ts';
import { claudeMessages } from './claude-messages.ts';
import { claudeText } from './claude-text.ts';
import { cohereCommand } from './cohere-command.ts';
import { deepseek } from './deepseek.ts';
import { defaultMaxTokens, type InvokeFamily, type InvokeOptions } from './family.ts';
import { jurassic } from './jurassic.ts';
import { llama } from './llama.ts';
import { mistralText } from './mistral-text.ts';
import { nova } from './nova.ts';
import { titanText } from './titan-text.ts';

/** Every family that InvokeModel is spoken with. A further one is one more line, and one more file where its body is like no other's. */
export const families: Readonly<Record<ModelFamily, InvokeFamily>> = {
  'titan-text': titanText,
  'claude-text': claudeText,
  'claude-messages': claudeMessages,
  nova,
  llama,
  'mistral-text': mistralText,
  'mistral-chat': chat,
  'cohere-command': cohereCommand,
  jamba: chat,
  jurassic,
  'gpt-oss': gptOss,
  deepseek,
  qwen: chat,
};

/** What a body is built with. */
export interface InvokeBodyOptions extends InvokeOptions {
  /** The model, where a family's models differ: Llama 4's marks, the first Command, whether DeepSeek thinks. */
  readonly modelId?: string;
}

export const bodyRules = {
  modelId: 'text?',
  maxTokens: 'number?',
  temperature: 'number?',
  topP: 'number?',
  stopSequences: 'texts?',
  system: 'text?',
} as const;

/** @throws LibError of kind `request` for a family that is none */
export function familyNamed(family: ModelFamily): InvokeFamily {
  if (Object.hasOwn(families, family)) return families[family];
  throw new LibError(`There is no model family ${JSON.stringify(family)}`, {
    kind: 'request',
    hint: `family is one of ${Object.keys(families).join(', ')}; findFamily tells a model's.`,
  });
}

/**
 * The body of InvokeModel for one prompt, before it is turned into JSON: what `invokeText` would send. Pure.
 *
 * @throws LibError for stop sequences that the family has no member for
 */
export function buildInvokeBody(
  family: ModelFamily,
  prompt: string,
  options: InvokeBodyOptions = {},
): object {
  checkInput('buildInvokeBody', { family, prompt }, { family: 'text', prompt: 'text' });
  checkOptions('buildInvokeBody', options, bodyRules);
  return familyNamed(family).buildBody(prompt, {
    ...options,
    maxTokens: options.maxTokens ?? defaultMaxTokens,
  });
}
