import { malformed } from '../http/refusal.ts';
import { type ObjectSchema, violations } from '../shapes/body-schema.ts';
import { tokensOf } from '../words/tokens.ts';
import type { Ending, Family } from './family.ts';
import { checkMaxTokens } from './family.ts';

/** Answers stop here when the request does not say (user guide, the page's table of parameters). */
const defaultMaxTokens = 200;

const penalty = { type: 'any' } as const;

const schema: ObjectSchema = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string' },
    maxTokens: { type: 'integer', minimum: 0 },
    minTokens: { type: 'integer', minimum: 0 },
    // AI21's own limit.
    numResults: { type: 'integer', minimum: 1, maximum: 16 },
    temperature: { type: 'number', minimum: 0, maximum: 1 },
    topP: { type: 'number', minimum: 0, maximum: 1 },
    topKReturn: { type: 'integer', minimum: 0 },
    stopSequences: { type: 'array', items: { type: 'string' } },
    countPenalty: penalty,
    presencePenalty: penalty,
    frequencyPenalty: penalty,
  },
};

interface Body {
  prompt: string;
  maxTokens?: number;
  numResults?: number;
  temperature?: number;
  stopSequences?: string[];
}

/** AI21's Jurassic-2 (user guide, "AI21 Labs Jurassic-2 models"): it continues a text, and tells the tokens of both. */
export const jurassic: Family = {
  lead: '\n',
  schema,
  answers: (body) => ((body ?? {}) as Partial<Body>).numResults ?? 1,
  read(body, model) {
    const found = violations(body, schema);
    if (found.length > 0) throw malformed(found);
    const { prompt, maxTokens = defaultMaxTokens, temperature, stopSequences = [] } = body as Body;
    checkMaxTokens(maxTokens, model);
    return {
      system: '',
      turns: [{ role: 'user', text: prompt }],
      maxTokens,
      stopSequences,
      ...(temperature !== undefined && { temperature }),
    };
  },
  write({ text, ending, outputTokens }, _model, _requestHash, body) {
    const { prompt = '', numResults = 1 } = (body ?? {}) as Partial<Body>;
    const ended = ending.reason === 'maxTokens' ? [] : [tokenAt('<|endoftext|>', text.length, text.length)];
    const completion = {
      data: { text, tokens: [...tokens(text), ...ended] },
      finishReason: finishReason(ending, outputTokens),
    };
    return {
      // The same number in every recording.
      id: 1_234,
      prompt: { text: prompt, tokens: tokens(prompt) },
      completions: Array.from({ length: numResults }, () => completion),
    };
  },
};

/** The tokens of a text with their places. Nobody here knows how likely each was: it is told as certain. */
function tokens(text: string) {
  let start = 0;
  return [...tokensOf(text)].map((token) => {
    const end = start + token.length;
    const told = tokenAt(token.replaceAll('\n', '<|newline|>').replaceAll(' ', '▁'), start, end);
    start = end;
    return told;
  });
}

function tokenAt(token: string, start: number, end: number) {
  return {
    generatedToken: { token, logprob: 0, raw_logprob: 0 },
    topTokens: null,
    textRange: { start, end },
  };
}

function finishReason(ending: Ending, outputTokens: number) {
  if (ending.reason === 'maxTokens') return { reason: 'length', length: outputTokens };
  return ending.reason === 'stopSequence'
    ? { reason: 'stop', sequence: ending.sequence }
    : { reason: 'endoftext' };
}
