import { malformed } from '../http/refusal.ts';
import { type ObjectSchema, violations } from '../shapes/body-schema.ts';
import { countTokens } from '../words/tokens.ts';
import type { Ending, Family, Turn } from './family.ts';

/** A turn's speaker, in the marks of Llama 3 and of Llama 4. */
const header = /<\|(?:start_header_id|header_start)\|>(\w+)<\|(?:end_header_id|header_end)\|>\n*/;
const marks = /<\|(?:begin_of_text|eot_id|eot|eom_id|eom)\|>/g;

const schema: ObjectSchema = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string' },
    temperature: { type: 'number', minimum: 0, maximum: 1 },
    top_p: { type: 'number', minimum: 0, maximum: 1 },
    max_gen_len: { type: 'integer', minimum: 1 },
    images: { type: 'array', items: { type: 'string' } },
  },
};

interface Body {
  prompt: string;
  temperature?: number;
  max_gen_len?: number;
}

/** Meta Llama (user guide, "Meta Llama models"): a prompt with header tokens, and an answer that goes on from it. */
export const llama: Family = {
  lead: '',
  // As recorded of Llama 3; of Llama 4 there was no recording.
  converseLead: '\n\n',
  schema,
  read(body, model) {
    const found = violations(body, withLimit(model.maxOutputTokens));
    if (found.length > 0) throw malformed(found);
    const { prompt, temperature, max_gen_len: maxTokens = 512 } = body as Body;
    return {
      ...readPrompt(prompt),
      maxTokens,
      stopSequences: [],
      ...(temperature !== undefined && { temperature }),
    };
  },
  write({ text, ending, inputTokens, outputTokens }) {
    return {
      generation: text,
      prompt_token_count: inputTokens,
      generation_token_count: outputTokens,
      stop_reason: stopReason(ending),
    };
  },
  streamWriter({ inputTokens }) {
    let held: string | undefined;
    let generated = 0;
    let isFirst = true;
    const chunk = (generation: string, count: number, reason: string | null) => {
      const prompt_token_count = isFirst ? inputTokens : null;
      isFirst = false;
      return { generation, prompt_token_count, generation_token_count: count, stop_reason: reason };
    };
    return (event) => {
      if (event.type !== 'text' && event.type !== 'end') return [];
      // An answer that is cut at its limit ends with its last piece; one that ends by itself ends with an empty one.
      if (event.type === 'end' && event.ending.reason === 'maxTokens') {
        return [chunk(held ?? '', event.outputTokens, 'length')];
      }
      const chunks = held === undefined ? [] : [chunk(held, generated, null)];
      if (event.type === 'end') return [...chunks, chunk('', event.outputTokens, 'stop')];
      held = event.text;
      generated += countTokens(event.text);
      return chunks;
    };
  },
};

/** The length of an answer is part of the body's schema, and refused in its words. */
function withLimit(maximum: number): ObjectSchema {
  const { properties } = schema;
  return { ...schema, properties: { ...properties, max_gen_len: { type: 'integer', minimum: 1, maximum } } };
}

function stopReason(ending: Ending): string {
  return ending.reason === 'maxTokens' ? 'length' : 'stop';
}

/** A prompt without header tokens is one turn by the user. */
function readPrompt(prompt: string): { system: string; turns: Turn[] } {
  const [before = '', ...parts] = prompt.split(header);
  const plain = (text: string) => text.replaceAll(marks, '').trim();
  if (parts.length === 0) return { system: '', turns: [{ role: 'user', text: plain(before) }] };
  const said = parts.flatMap((role, index) =>
    index % 2 === 0 ? [{ role, text: plain(parts[index + 1] ?? '') }] : [],
  );
  const system = said.filter(({ role }) => role === 'system').map(({ text }) => text);
  const turns = said
    .filter(({ role }) => role !== 'system')
    .map(({ role, text }): Turn => ({ role: role === 'assistant' ? 'assistant' : 'user', text }));
  if (turns.length > 1 && turns.at(-1)?.text === '') turns.pop();
  return { system: system.join('\n'), turns: turns.length > 0 ? turns : [{ role: 'user', text: '' }] };
}
