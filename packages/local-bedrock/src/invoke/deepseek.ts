import type { Model } from 'bedrock-models';
import { invalid, malformed } from '../http/refusal.ts';
import { type ObjectSchema, violations } from '../shapes/body-schema.ts';
import { lengthViolation } from '../shapes/constraints.ts';
import type { Ending, Family, ModelAnswer, Turn } from './family.ts';
import { checkMaxTokens } from './family.ts';
import { isR1 } from './model-features.ts';

const speaker = /<｜(User|Assistant)｜>/;

const schema: ObjectSchema = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string' },
    max_tokens: { type: 'integer', minimum: 1 },
    stop: { type: 'array', items: { type: 'string' } },
    temperature: { type: 'number', minimum: 0, maximum: 1 },
    top_p: { type: 'number', minimum: 0, maximum: 1 },
  },
  open: true,
};

/** DeepSeek-R1's whole refusal, whatever is wrong (aws-samples/amazon-bedrock-client-for-mac#74, March 2025). */
const refusal = 'Validation Error';

/** R1 takes nothing beside its own members: seen of `thinking` through Converse in July 2026 (BerriAI/litellm#33401). */
function isRefused(fields: unknown, model: Model): boolean {
  const { required: _, open: __, ...known } = schema;
  return isR1(model) && violations(fields, known).length > 0;
}

interface Body {
  prompt: string;
  max_tokens?: number;
  stop?: string[];
  temperature?: number;
}

/**
 * DeepSeek (user guide, "DeepSeek models"): a prompt with the model's own marks, and what follows it. R1 goes on with
 * its thoughts and closes them by `</think>`. No stream of this family was recorded: its chunks are written as its
 * answer is.
 */
export const deepseek: Family = {
  lead: '',
  schema,
  refusedFields: (fields, model) => (isRefused(fields, model) ? refusal : undefined),
  read(body, model) {
    const found = violations(body, schema);
    if (isR1(model) && (found.length > 0 || isRefused(body, model))) throw invalid(refusal);
    if (found.length > 0) throw malformed(found);
    const { prompt, max_tokens: asked, stop = [], temperature } = body as Body;
    const tooMany = lengthViolation('#/stop', stop.length, { kind: 'list', maximum: 10 });
    if (tooMany.length > 0) throw malformed(tooMany);
    const maxTokens = asked ?? model.maxOutputTokens;
    checkMaxTokens(maxTokens, model);
    return {
      ...readPrompt(prompt),
      maxTokens,
      stopSequences: stop,
      ...(temperature !== undefined && { temperature }),
    };
  },
  write(answer, model) {
    const text = thoughtsOf(answer, model) + answer.text;
    return { choices: [{ text, stop_reason: stopReason(answer.ending) }] };
  },
  streamWriter({ model }) {
    let thinking = isR1(model);
    const chunk = (text: string, reason: string | null) => ({ choices: [{ text, stop_reason: reason }] });
    return (event) => {
      if (event.type === 'reasoning') return thinking ? [chunk(event.text, null)] : [];
      if (event.type !== 'text' && event.type !== 'end') return [];
      const closing = thinking ? [chunk(endOfThoughts, null)] : [];
      thinking = false;
      return [
        ...closing,
        event.type === 'end' ? chunk('', stopReason(event.ending)) : chunk(event.text, null),
      ];
    };
  },
};

const endOfThoughts = '\n</think>\n\n';

function thoughtsOf({ blocks }: ModelAnswer, model: Model): string {
  if (!isR1(model)) return '';
  return blocks.map((block) => (block.type === 'reasoning' ? block.text : '')).join('') + endOfThoughts;
}

function stopReason(ending: Ending): string {
  return ending.reason === 'maxTokens' ? 'length' : 'stop';
}

/** What stands before the first speaker is the system prompt; a prompt without marks is one turn by the user. */
function readPrompt(prompt: string): { system: string; turns: Turn[] } {
  const plain = (text: string) => text.replaceAll(/<｜(?:begin|end)▁of▁sentence｜>|<\/?think>/g, '').trim();
  const [before = '', ...parts] = prompt.split(speaker);
  if (parts.length === 0) return { system: '', turns: [{ role: 'user', text: plain(before) }] };
  const turns = parts.flatMap((role, index): Turn[] =>
    index % 2 === 0
      ? [{ role: role === 'User' ? 'user' : 'assistant', text: plain(parts[index + 1] ?? '') }]
      : [],
  );
  if (turns.length > 1 && turns.at(-1)?.text === '') turns.pop();
  return { system: plain(before), turns };
}
