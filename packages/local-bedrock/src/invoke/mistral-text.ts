import type { Model } from 'bedrock-models';
import { malformed } from '../http/refusal.ts';
import { type ObjectSchema, violations } from '../shapes/body-schema.ts';
import { lengthViolation } from '../shapes/constraints.ts';
import type { Ending, Family, Turn } from './family.ts';
import { checkMaxTokens } from './family.ts';

/** Answers stop here when the request does not say (user guide, the page's table of parameters). */
function defaultMaxTokens({ id, maxOutputTokens }: Model): number {
  return /mistral-(?:large|small)-/.test(id) ? maxOutputTokens : 512;
}

const schema: ObjectSchema = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string' },
    max_tokens: { type: 'integer', minimum: 1 },
    stop: { type: 'array', items: { type: 'string' } },
    temperature: { type: 'number', minimum: 0, maximum: 1 },
    top_p: { type: 'number', minimum: 0, maximum: 1 },
    top_k: { type: 'integer', minimum: 0 },
  },
};

interface Body {
  prompt: string;
  max_tokens?: number;
  stop?: string[];
  temperature?: number;
}

/** Mistral's first models (user guide, "Mistral AI text completion"): a prompt with [INST] marks, and what follows it. */
export const mistralText: Family = {
  lead: ' ',
  schema,
  read(body, model) {
    const found = violations(body, schema);
    if (found.length > 0) throw malformed(found);
    const { prompt, max_tokens: maxTokens = defaultMaxTokens(model), stop = [], temperature } = body as Body;
    const tooMany = lengthViolation('#/stop', stop.length, { kind: 'list', maximum: 10 });
    if (tooMany.length > 0) throw malformed(tooMany);
    checkMaxTokens(maxTokens, model);
    return {
      system: '',
      turns: readPrompt(prompt),
      maxTokens,
      stopSequences: stop,
      ...(temperature !== undefined && { temperature }),
    };
  },
  write({ text, ending }) {
    return { outputs: [{ text, stop_reason: stopReason(ending) }] };
  },
  streamWriter() {
    let held: string | undefined;
    const chunk = (text: string, reason: string | null) => ({ outputs: [{ text, stop_reason: reason }] });
    return (event) => {
      if (event.type !== 'text' && event.type !== 'end') return [];
      // An answer that is cut at its limit ends with its last piece; one that ends by itself ends with an empty one.
      if (event.type === 'end' && event.ending.reason === 'maxTokens') return [chunk(held ?? '', 'length')];
      const chunks = held === undefined ? [] : [chunk(held, null)];
      if (event.type === 'end') return [...chunks, chunk('', 'stop')];
      held = event.text;
      return chunks;
    };
  },
};

function stopReason(ending: Ending): string {
  return ending.reason === 'maxTokens' ? 'length' : 'stop';
}

/** `<s>[INST] … [/INST] … </s>[INST] … [/INST]` as turns; a prompt without marks is one turn by the user. */
function readPrompt(prompt: string): Turn[] {
  const turns: Turn[] = [];
  const [, ...parts] = prompt.split('[INST]');
  /** What was begun and is not ended yet. */
  const begun: string[] = [];
  for (const part of parts) {
    const [asked = '', answered] = splitAt('[/INST]', part);
    begun.push(asked);
    if (answered === undefined) continue;
    turns.push({ role: 'user', text: begun.splice(0).join('[INST]').trim() });
    const text = withoutMark('</s>', withoutMark('<s>', answered.trim()));
    if (text !== '') turns.push({ role: 'assistant', text });
  }
  return turns.length > 0 ? turns : [{ role: 'user', text: prompt.replace(/^\s*<s>/, '').trim() }];
}

function splitAt(mark: string, text: string): [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}

function withoutMark(mark: string, text: string): string {
  return text.endsWith(mark) ? text.slice(0, -mark.length).trim() : text;
}
