import { converse, createClient, isLibError, legalise, type Message } from 'lib';
import { describe, expect, it } from 'vitest';
import { findModel } from '../../../packages/bedrock-models/src/find.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import fc from '../../properties.ts';
import { anyTranscript, wordsOfUser } from './transcripts.ts';

const endpoint = useLocalBedrock('lab');

/** One of each kind that has rules of its own: prefill refused or not, tools refused, words beside tools refused. */
const modelIds = [
  'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  'us.anthropic.claude-sonnet-4-6',
  'amazon.nova-lite-v1:0',
  'amazon.nova-micro-v1:0',
  'amazon.titan-text-express-v1',
  'us.meta.llama3-3-70b-instruct-v1:0',
  'meta.llama3-8b-instruct-v1:0',
  'mistral.mistral-large-2402-v1:0',
] as const;

/** What the model reads: what it cannot see is left for Bedrock to refuse in the last message. */
function readable(messages: readonly Message[], modelId: string): readonly Message[] {
  const refuses = findModel(modelId)?.refuses ?? [];
  const last = legalise(messages, { modelId }).messages.findLast(({ role }) => role === 'user');
  const unread = last?.content.some(
    ({ image, document }) =>
      (image && refuses.includes('images')) || (document && refuses.includes('documents')),
  );
  return unread
    ? [
        ...messages,
        { role: 'assistant', content: [{ text: 'I see.' }] },
        { role: 'user', content: [{ text: 'Go on.' }] },
      ]
    : messages;
}

describe('legalise', () => {
  it.each(modelIds)('makes any transcript one that %s takes', async (modelId) => {
    expect(findModel(modelId)).toBeDefined();
    const client = createClient(clientFor(endpoint().url));
    await fc.assert(
      fc.asyncProperty(anyTranscript, async (messages) => {
        const transcript = readable(messages, modelId);
        if (legalise(transcript, { modelId }).messages.length === 0) return;
        try {
          await converse(client, modelId, transcript, { maxTokens: 8 });
        } catch (error) {
          // A model of 8,000 tokens may find it too long; anything else is a broken rule.
          if (!isLibError(error) || error.kind !== 'too-long') throw error;
        }
      }),
      { numRuns: 60 },
    );
    client.destroy();
  });

  it.each(modelIds)('changes nothing in what it has made legal for %s', (modelId) => {
    fc.assert(
      fc.property(anyTranscript, (messages) => {
        const once = legalise(messages, { modelId });
        const twice = legalise(once.messages, {
          modelId,
          ...(once.toolConfig && { toolConfig: once.toolConfig }),
        });
        expect(twice.messages).toEqual(once.messages);
        expect(twice.repairs).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it.each(modelIds)('keeps every word of the user, in order, for %s', (modelId) => {
    fc.assert(
      fc.property(anyTranscript, (messages) => {
        const kept = wordsOfUser(legalise(messages, { modelId }).messages);
        let place = 0;
        for (const words of wordsOfUser(messages)) {
          const found = kept.indexOf(words, place);
          expect(found, `${JSON.stringify(words)} is lost`).toBeGreaterThanOrEqual(0);
          place = found + 1;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('does not change what it is given', () => {
    fc.assert(
      fc.property(anyTranscript, (messages) => {
        const before = structuredClone(messages);
        legalise(messages);
        expect(messages).toEqual(before);
      }),
    );
  });
});
