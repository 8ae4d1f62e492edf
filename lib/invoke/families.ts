import type { ModelFamily } from '../models/catalogue.ts';
import { claudeMessages } from './claude-messages.ts';
import { claudeText } from './claude-text.ts';
import { defaultMaxTokens, type InvokeFamily, type InvokeOptions } from './family.ts';
import { nova } from './nova.ts';
import { titanText } from './titan-text.ts';

/** Every family that InvokeModel is spoken with. A further one is one more file and one more line. */
export const families: Readonly<Record<ModelFamily, InvokeFamily>> = {
  'titan-text': titanText,
  'claude-text': claudeText,
  'claude-messages': claudeMessages,
  nova,
};

/** The body of InvokeModel for one prompt, before it is turned into JSON: what `invokeText` would send. Pure. */
export function buildInvokeBody(family: ModelFamily, prompt: string, options: InvokeOptions = {}): object {
  return families[family].buildBody(prompt, { ...options, maxTokens: options.maxTokens ?? defaultMaxTokens });
}
