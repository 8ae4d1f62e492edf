import { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from 'lib/local-bedrock';
import { afterAll, beforeAll } from 'vitest';

/** The endpoint for the tests of one file; it gives the running one inside tests. */
export function useEndpoint(options: LocalBedrockOptions = {}): () => LocalBedrock {
  let endpoint: LocalBedrock | undefined;
  beforeAll(async () => {
    endpoint = await startLocalBedrock({ era: 'today', today: '2026-11-24', ...options });
  });
  afterAll(() => endpoint?.close());
  return () => {
    if (endpoint === undefined) throw new Error('The endpoint runs only during the tests.');
    return endpoint;
  };
}

export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
export const haiku = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
export const novaMicro = 'amazon.nova-micro-v1:0';

/** A question the stand-in can compute, and its answer. */
export const sum = { question: 'What is 17 + 25? Answer with the number only.', answer: '42' };

/** A question that only the tool can answer. */
export const weather = {
  question: 'What is the weather in Toronto?',
  name: 'get_weather',
  description: 'The current weather of a city.',
  schema: {
    type: 'object',
    properties: { city: { type: 'string', description: 'The name of the city.' } },
    required: ['city'],
  },
  input: { city: 'Toronto' },
  result: 'light rain, 4 degrees',
} as const;

export const alternation =
  'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.';

/** A picture of one pixel, as PNG. */
export const picture: Uint8Array = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** What is to be read out of a sentence. */
export const person = { text: 'Anna is 31 years old.', answer: { name: 'Anna', age: 31 } };
