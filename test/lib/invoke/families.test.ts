import { buildInvokeBody } from 'lib';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../lib/base/message.ts';
import { buildConversationBody } from '../../../lib/invoke/conversation-body.ts';
import { families } from '../../../lib/invoke/families.ts';
import { reasoningFilter, withoutReasoning } from '../../../lib/invoke/hidden-reasoning.ts';
import fc from '../../properties.ts';

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

  it('writes the templates of models that continue a text', () => {
    const { stopSequences: _, ...noStop } = options;
    expect(buildInvokeBody('llama', 'Hi', noStop)).toEqual({
      prompt:
        '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
      max_gen_len: 9,
      temperature: 0,
      top_p: 0.5,
    });
    const llama4 = { modelId: 'us.meta.llama4-scout-17b-instruct-v1:0' };
    expect(buildInvokeBody('llama', 'Hi', llama4)).toMatchObject({
      prompt:
        '<|begin_of_text|><|header_start|>user<|header_end|>\n\nHi<|eot|><|header_start|>assistant<|header_end|>\n\n',
    });
    expect(buildInvokeBody('mistral-text', 'Hi', options)).toEqual({
      prompt: '<s>[INST] Be brief.\n\nHi [/INST]',
      max_tokens: 9,
      stop: ['END'],
      temperature: 0,
      top_p: 0.5,
    });
    expect(buildInvokeBody('deepseek', 'Hi', options)).toEqual({
      prompt: '<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hi<｜Assistant｜><think>\n',
      max_tokens: 9,
      stop: ['END'],
      temperature: 0,
      top_p: 0.5,
    });
    expect(buildInvokeBody('deepseek', 'Hi', { modelId: 'deepseek.v3-v1:0' })).toMatchObject({
      prompt: '<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜></think>',
    });
  });

  it('writes the bodies of models that answer messages', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ];
    const settings = { messages, temperature: 0, top_p: 0.5, stop: ['END'] };
    for (const family of ['mistral-chat', 'jamba', 'qwen'] as const) {
      expect(buildInvokeBody(family, 'Hi', options)).toEqual({ ...settings, max_tokens: 9 });
    }
    expect(buildInvokeBody('gpt-oss', 'Hi', options)).toEqual({ ...settings, max_completion_tokens: 9 });
    const cohere = { max_tokens: 9, temperature: 0, p: 0.5, stop_sequences: ['END'] };
    expect(buildInvokeBody('cohere-command', 'Hi', options)).toEqual({
      message: 'Hi',
      preamble: 'Be brief.',
      ...cohere,
    });
    expect(
      buildInvokeBody('cohere-command', 'Hi', { ...options, modelId: 'cohere.command-text-v14' }),
    ).toEqual({ prompt: 'Be brief.\n\nHi', ...cohere });
  });

  it('says before anything is sent that Llama takes no stop sequences', () => {
    expect(() => buildInvokeBody('llama', 'Hi', { stopSequences: ['END'] })).toThrow(/no stop sequences/);
    expect(() => buildInvokeBody('llama', 'Hi', { stopSequences: [] })).not.toThrow();
  });

  it('leaves prompts alone that carry their template already', () => {
    for (const [family, prompt] of [
      ['llama', '<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>'],
      ['mistral-text', '<s>[INST] Hi [/INST] Hello</s>[INST] You? [/INST]'],
      ['mistral-text', '[INST] Hi [/INST]'],
      ['deepseek', '<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜>'],
    ] as const) {
      expect(buildInvokeBody(family, prompt)).toMatchObject({ prompt });
    }
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

const assistant = (text: string) => ({ role: 'assistant' as const, content: [{ text }] });
const user = (text: string) => ({ role: 'user' as const, content: [{ text }] });

describe('buildConversationBody', () => {
  const messages = [user('Hi'), assistant('Hello.'), user('Who are you?')];
  const build = (family: keyof typeof families, turns = messages, options = {}) =>
    buildConversationBody(family, turns, { maxTokens: 9, ...options });

  it('writes what was said in each family’s form', () => {
    expect(build('titan-text')).toMatchObject({
      inputText: 'User: Hi\nBot: Hello.\nUser: Who are you?\nBot:',
    });
    expect(build('claude-text')).toMatchObject({
      prompt: '\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Who are you?\n\nAssistant:',
    });
    expect(build('nova')).toMatchObject({
      messages: [
        { role: 'user', content: [{ text: 'Hi' }] },
        { role: 'assistant', content: [{ text: 'Hello.' }] },
        { role: 'user', content: [{ text: 'Who are you?' }] },
      ],
    });
    expect(build('llama')).toMatchObject({
      prompt:
        '<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>' +
        '<|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nWho are you?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    });
    expect(build('mistral-text')).toMatchObject({
      prompt: '<s>[INST] Hi [/INST] Hello.</s>[INST] Who are you? [/INST]',
    });
    expect(build('deepseek', messages, { modelId: 'deepseek.v3-v1:0' })).toMatchObject({
      prompt:
        '<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜>Hello.<｜end▁of▁sentence｜><｜User｜>Who are you?<｜Assistant｜></think>',
    });
    expect(build('cohere-command')).toMatchObject({
      message: 'Who are you?',
      chat_history: [
        { role: 'USER', message: 'Hi' },
        { role: 'CHATBOT', message: 'Hello.' },
      ],
    });
    expect(build('jamba')).toMatchObject({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: 'Who are you?' },
      ],
    });
  });

  it('puts instructions where the family has a place for them', () => {
    const system = 'Be brief.';
    expect(build('titan-text', messages, { system })).toMatchObject({
      inputText: 'User: Be brief.\n\nHi\nBot: Hello.\nUser: Who are you?\nBot:',
    });
    expect(build('claude-messages', messages, { system })).toMatchObject({ system });
    expect(build('nova', messages, { system })).toMatchObject({ system: [{ text: system }] });
  });

  it('lets the model go on from the beginning of an answer', () => {
    const begun = [user('Hi'), assistant('{')];
    expect(build('titan-text', begun)).toMatchObject({ inputText: 'User: Hi\nBot: {' });
    expect(build('claude-text', begun)).toMatchObject({ prompt: '\n\nHuman: Hi\n\nAssistant: {' });
    expect(build('llama', begun)).toMatchObject({
      prompt: expect.stringMatching(/<\|end_header_id\|>\n\n\{$/),
    });
    expect(build('mistral-text', begun)).toMatchObject({ prompt: '<s>[INST] Hi [/INST] {' });
    expect(build('deepseek', begun)).toMatchObject({ prompt: expect.stringMatching(/<｜Assistant｜>\{$/) });
  });

  it('makes one turn of messages of the same side', () => {
    expect(build('nova', [user('Hi'), user('Are you there?')])).toMatchObject({
      messages: [{ role: 'user', content: [{ text: 'Hi\n\nAre you there?' }] }],
    });
  });

  it.each([
    ['no message', []],
    ['the assistant’s words at the beginning', [assistant('Hello.'), user('Hi')]],
    ['a message without words', [user('Hi'), assistant(' \n'), user('Hello?')]],
    [
      'a picture',
      [{ role: 'user' as const, content: [{ text: 'See' }, { image: { format: 'png', source: {} } }] }],
    ],
  ])('refuses %s', (_, turns) => {
    const building = () => buildConversationBody('nova', turns as Message[]);
    expect(building).toThrow(expect.objectContaining({ kind: 'request' }));
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

  it('reads the recorded answers of other makers’ models', () => {
    expect(
      families.llama.parseBody({
        generation: 'Hello! How can I help you today?',
        prompt_token_count: 6,
        generation_token_count: 18,
        stop_reason: 'length',
      }),
    ).toEqual({
      text: 'Hello! How can I help you today?',
      stopReason: 'max_tokens',
      usage: { inputTokens: 6, outputTokens: 18 },
    });
    expect(
      families.jamba.parseBody({
        id: 'chatcmpl-5a5e214e-2d38-4152-8496-b2eb301d7008',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: ' Hello!', tool_calls: null },
            finish_reason: 'stop',
          },
        ],
        usage: { prompt_tokens: 16, completion_tokens: 19, total_tokens: 35 },
        meta: { requestDurationMillis: 307 },
        model: 'jamba-1.5-mini',
      }),
    ).toEqual({ text: 'Hello!', stopReason: 'end_turn', usage: { inputTokens: 16, outputTokens: 19 } });
    expect(
      families['cohere-command'].parseBody({
        id: 'bde031d0-0895-4cc8-baa6-c4d51c739cc2',
        generations: [{ id: '6043bc09', text: ' Hi! I am fine. ', finish_reason: 'COMPLETE' }],
        prompt: 'Hello, how are you?',
      }),
    ).toEqual({ text: 'Hi! I am fine.', stopReason: 'end_turn', usage: {} });
    expect(families['mistral-text'].parseBody({ outputs: [{ text: ' Hi', stop_reason: 'length' }] })).toEqual(
      {
        text: 'Hi',
        stopReason: 'max_tokens',
        usage: {},
      },
    );
  });

  it('reads recorded streams', () => {
    const read = (family: keyof typeof families, chunks: unknown[]) => {
      const parse = families[family].readChunks();
      return chunks.map(parse);
    };
    expect(
      read('titan-text', [
        {
          outputText: '\nOnce',
          index: 0,
          totalOutputTextTokenCount: null,
          completionReason: null,
          inputTextTokenCount: 13,
        },
        {
          outputText: ' upon',
          index: 0,
          totalOutputTextTokenCount: 100,
          completionReason: 'LENGTH',
          inputTextTokenCount: null,
        },
      ]),
    ).toEqual([
      { text: '\nOnce', usage: { inputTokens: 13 } },
      { text: ' upon', stopReason: 'max_tokens', usage: { outputTokens: 100 } },
    ]);
    expect(
      read('claude-messages', [
        { type: 'message_start', message: { usage: { input_tokens: 12, output_tokens: 2 } } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: "Here's" } },
        { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{' } },
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 100 } },
        { type: 'message_stop' },
      ]),
    ).toEqual([
      { usage: { inputTokens: 12, outputTokens: 2 } },
      {},
      { text: "Here's" },
      {},
      {},
      { stopReason: 'max_tokens', usage: { outputTokens: 100 } },
      {},
    ]);
    expect(
      read('nova', [
        { messageStart: { role: 'assistant' } },
        { contentBlockDelta: { delta: { text: 'In' }, contentBlockIndex: 0 } },
        { contentBlockStop: { contentBlockIndex: 0 } },
        { messageStop: { stopReason: 'end_turn' } },
        {
          metadata: {
            usage: {
              inputTokens: 13,
              outputTokens: 114,
              cacheReadInputTokenCount: 0,
              cacheWriteInputTokenCount: 9,
            },
          },
        },
      ]),
    ).toEqual([
      {},
      { text: 'In' },
      {},
      { stopReason: 'end_turn' },
      { usage: { inputTokens: 13, outputTokens: 114, cacheWriteInputTokens: 9 } },
    ]);
    expect(
      read('llama', [
        { generation: 'Here', prompt_token_count: 23, generation_token_count: 1, stop_reason: null },
        { generation: ' is', prompt_token_count: null, generation_token_count: 2, stop_reason: 'length' },
      ]),
    ).toEqual([
      { text: 'Here', usage: { inputTokens: 23, outputTokens: 1 } },
      { text: ' is', stopReason: 'max_tokens', usage: { outputTokens: 2 } },
    ]);
    expect(
      read('cohere-command', [
        { is_finished: false, event_type: 'text-generation', text: 'This' },
        {
          is_finished: true,
          event_type: 'stream-end',
          response: { text: 'This', finish_reason: 'MAX_TOKENS' },
        },
      ]),
    ).toEqual([{ text: 'This' }, { stopReason: 'max_tokens' }]);
    expect(
      read('jamba', [
        { id: 'chat-ae86', choices: [{ index: 0, delta: { content: 'Hi' } }] },
        {
          id: 'chat-ae86',
          choices: [{ index: 0, delta: { content: '?' }, finish_reason: 'stop', stop_reason: '<|eom|>' }],
          usage: { prompt_tokens: 144, total_tokens: 158, completion_tokens: 14 },
        },
      ]),
    ).toEqual([
      { text: 'Hi', usage: {} },
      { text: '?', stopReason: 'end_turn', usage: { inputTokens: 144, outputTokens: 14 } },
    ]);
  });

  it.each(Object.keys(families) as (keyof typeof families)[])('%s survives any body', (family) => {
    for (const body of [null, undefined, {}, [], 'text', 7]) {
      expect(families[family].parseBody(body)).toMatchObject({ text: '', stopReason: '' });
      const chunk = families[family].readChunks()(body);
      expect(chunk.stopReason).toBeUndefined();
      expect(chunk.text ?? '').toBe('');
    }
  });
});

describe('reasoningFilter', () => {
  const marks = { open: '<reasoning>', close: '</reasoning>' };

  it.each([
    ['<reasoning>Hm.</reasoning>Hello', 'Hello'],
    ['\n<reasoning>Hm.</reasoning>\n\nHello', '\n\nHello'],
    ['Hello <reasoning>', 'Hello <reasoning>'],
    ['<reason', '<reason'],
    ['<reasoning>Hm', ''],
    ['', ''],
  ])('%j: %j', (text, answer) => {
    expect(withoutReasoning(text, marks)).toBe(answer);
  });

  it('does not depend on where the pieces are cut', () => {
    const part = fc.constantFrom('<reasoning>', '</reasoning>', '<', 'reason', 'ing>', ' ', 'Hello');
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(9)), (parts, cuts) => {
        const text = parts.join('');
        const filter = reasoningFilter(marks);
        let rest = text;
        let answer = '';
        for (const cut of cuts) {
          answer += filter(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        answer += filter(rest) + filter();
        expect(answer).toBe(withoutReasoning(text, marks));
      }),
    );
  });

  it('takes all for thoughts that a model never closes which always thinks first', () => {
    expect(withoutReasoning('Let me see', { close: '</think>' })).toBe('');
    expect(withoutReasoning('Let me see\n</think>\n\nYes.', { close: '</think>' })).toBe('\n\nYes.');
  });
});
