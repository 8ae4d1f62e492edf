import { buildInvokeBody } from 'lib';
import { describe, expect, it } from 'vitest';
import { families } from '../../lib/invoke/families.ts';

const options = { maxTokens: 9, temperature: 0, topP: 0.5, stopSequences: ['END'], system: 'Be brief.' };

describe('buildInvokeBody', () => {
  it('writes every option in each family’s words', () => {
    expect(buildInvokeBody('titan-text', 'Hi', options)).toEqual({
      inputText: 'Be brief.\n\nHi',
      textGenerationConfig: { maxTokenCount: 9, temperature: 0, topP: 0.5, stopSequences: ['END'] },
    });
    expect(buildInvokeBody('claude-text', 'Hi', options)).toEqual({
      prompt: 'Be brief.\n\nHuman: Hi\n\nAssistant:',
      max_tokens_to_sample: 9,
      temperature: 0,
      top_p: 0.5,
      stop_sequences: ['END'],
    });
    expect(buildInvokeBody('claude-messages', 'Hi', options)).toEqual({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 9,
      system: 'Be brief.',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      temperature: 0,
      top_p: 0.5,
      stop_sequences: ['END'],
    });
    expect(buildInvokeBody('nova', 'Hi', options)).toEqual({
      schemaVersion: 'messages-v1',
      system: [{ text: 'Be brief.' }],
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      inferenceConfig: { maxTokens: 9, temperature: 0, topP: 0.5, stopSequences: ['END'] },
    });
  });

  it('always limits the answer, and leaves out what was not asked for', () => {
    expect(buildInvokeBody('titan-text', 'Hi')).toEqual({
      inputText: 'Hi',
      textGenerationConfig: { maxTokenCount: 512 },
    });
    expect(buildInvokeBody('nova', 'Hi')).toMatchObject({ inferenceConfig: { maxTokens: 512 } });
  });

  it('leaves a prompt alone that is in Claude’s old form already', () => {
    const prompt = '\n\nHuman: Hi\n\nAssistant: {';
    expect(buildInvokeBody('claude-text', prompt)).toMatchObject({ prompt });
  });
});

describe('parseBody', () => {
  it('reads AWS’s recorded answers', () => {
    expect(
      families['titan-text'].parseBody({
        inputTextTokenCount: 6,
        results: [{ tokenCount: 42, outputText: '\nHello.', completionReason: 'FINISH' }],
      }),
    ).toEqual({ text: 'Hello.', stopReason: 'end_turn', usage: { inputTokens: 6, outputTokens: 42 } });
    expect(
      families['claude-text'].parseBody({
        completion: ' Hello.',
        stop_reason: 'stop_sequence',
        stop: '\n\nHuman:',
      }),
    ).toEqual({
      text: 'Hello.',
      stopReason: 'end_turn',
      usage: {},
    });
    expect(
      families['claude-messages'].parseBody({
        content: [
          { type: 'text', text: 'He' },
          { type: 'tool_use', id: 'x' },
          { type: 'text', text: 'llo.' },
        ],
        stop_reason: 'max_tokens',
        usage: { input_tokens: 38, output_tokens: 246 },
      }),
    ).toEqual({ text: 'Hello.', stopReason: 'max_tokens', usage: { inputTokens: 38, outputTokens: 246 } });
    expect(
      families.nova.parseBody({
        output: { message: { content: [{ text: 'Hello.' }], role: 'assistant' } },
        stopReason: 'end_turn',
        usage: { inputTokens: 13, outputTokens: 3, totalTokens: 16, cacheReadInputTokenCount: 0 },
      }),
    ).toEqual({ text: 'Hello.', stopReason: 'end_turn', usage: { inputTokens: 13, outputTokens: 3 } });
  });

  it.each(Object.keys(families) as (keyof typeof families)[])('%s survives any body', (family) => {
    for (const body of [null, undefined, {}, [], 'text', 7]) {
      expect(families[family].parseBody(body)).toMatchObject({ text: '', stopReason: '' });
    }
  });
});
