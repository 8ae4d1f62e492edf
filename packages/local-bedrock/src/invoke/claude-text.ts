import type { Model } from 'bedrock-models';
import { invalid, malformed } from '../http/refusal.ts';
import { wasAccepted } from '../models/evidence.ts';
import { type ObjectSchema, violations } from '../shapes/body-schema.ts';
import type { Ending, Family, Turn } from './family.ts';
import { checkMaxTokens } from './family.ts';

/** The family's built-in stop sequence: an answer that ends by itself ends before it. */
const nextTurn = '\n\nHuman:';

const schema: ObjectSchema = {
  type: 'object',
  required: ['prompt', 'max_tokens_to_sample'],
  properties: {
    prompt: { type: 'string' },
    max_tokens_to_sample: { type: 'integer', minimum: 0 },
    temperature: { type: 'number', minimum: 0, maximum: 1 },
    top_p: { type: 'number', minimum: 0, maximum: 1 },
    top_k: { type: 'integer', minimum: 0 },
    stop_sequences: { type: 'array', items: { type: 'string' } },
    anthropic_version: { type: 'string' },
  },
};

interface Body {
  prompt: string;
  max_tokens_to_sample: number;
  temperature?: number;
  stop_sequences?: string[];
}

/** Anthropic's Text Completions (user guide, "Anthropic Claude Text Completions API"). */
export const claudeText: Family = {
  lead: ' ',
  schema,
  read(body, model) {
    const found = violations(body, schema);
    if (found.length > 0) throw malformed(found);
    const { prompt, max_tokens_to_sample, temperature, stop_sequences = [] } = body as Body;
    if (!wasAccepted('turns-in-one-line', model)) checkPrompt(prompt);
    checkMaxTokens(max_tokens_to_sample, model);
    return {
      ...readPrompt(prompt),
      maxTokens: max_tokens_to_sample,
      stopSequences: stop_sequences,
      ...(temperature !== undefined && { temperature }),
    };
  },
  write({ text, ending }, model) {
    return { ...typeOf(model), completion: text, ...endOf(ending) };
  },
  streamWriter({ model }) {
    const type = typeOf(model);
    return (event) => {
      if (event.type === 'text') return [{ ...type, completion: event.text, stop_reason: null, stop: null }];
      return event.type === 'end' ? [{ ...type, completion: '', ...endOf(event.ending) }] : [];
    };
  },
};

/** Recorded of Claude 2.1's whole answers in 2024 and 2025, and not of Claude Instant; Anthropic's own stream has it, too. */
function typeOf({ id }: Model): { readonly type?: string } {
  return id === 'anthropic.claude-v2:1' ? { type: 'completion' } : {};
}

function endOf(ending: Ending): { stop_reason: string; stop: string | null } {
  if (ending.reason === 'maxTokens') return { stop_reason: 'max_tokens', stop: null };
  return {
    stop_reason: 'stop_sequence',
    stop: ending.reason === 'stopSequence' ? ending.sequence : nextTurn,
  };
}

/** A prompt starts with the human's turn, after an optional system prompt, and ends with the assistant's. */
function checkPrompt(prompt: string): void {
  const firstHuman = prompt.indexOf('\n\nHuman:');
  const firstAssistant = prompt.indexOf('\n\nAssistant:');
  const startsWell = firstHuman >= 0 && (firstAssistant < 0 || firstHuman < firstAssistant);
  const endsWell = prompt.lastIndexOf('\n\nAssistant:') > prompt.lastIndexOf('\n\nHuman:');
  const wrong = [
    ...(startsWell ? [] : ['prompt must start with "\n\nHuman:" turn']),
    ...(endsWell ? [] : ['prompt must end with "\n\nAssistant:" turn']),
  ];
  if (wrong.length > 0) throw invalid(`Invalid prompt: ${wrong.join(', ')}`);
}

function readPrompt(prompt: string): { system: string; turns: Turn[] } {
  const [system = '', ...parts] = prompt.split(
    prompt.includes('\n\nHuman:') ? /\n\n(Human|Assistant):/ : /(?:^| )(Human|Assistant):/,
  );
  const turns: Turn[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    turns.push({
      role: parts[index] === 'Human' ? 'user' : 'assistant',
      text: (parts[index + 1] ?? '').trim(),
    });
  }
  if (turns.at(-1)?.text === '') turns.pop();
  return { system: system.trim(), turns };
}
