import { describe, expect, it } from 'vitest';
import { findModel } from '../../../bedrock-models/src/find.ts';
import { readRequest } from '../../src/converse/read-request.ts';
import type { ContentBlock, ConverseRequest } from '../../src/converse/request.ts';
import { haiku45 } from '../endpoint.ts';

const model = findModel(haiku45);
if (model === undefined) throw new Error('The catalogue has no Claude Haiku 4.5.');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const read = (rest: ConverseRequest, ...content: ContentBlock[]) =>
  readRequest({ messages: [{ role: 'user', content }], ...rest }, model);
const turnOf = (...content: ContentBlock[]) => read({}, ...content).turns[0];

describe('readRequest', () => {
  it('reads one text as a turn without blocks', () => {
    expect(turnOf({ text: 'Hello' })).toEqual({ role: 'user', text: 'Hello' });
  });

  it('puts the words of all blocks together, and keeps the blocks', () => {
    expect(
      turnOf(
        { text: 'Look.' },
        { guardContent: { text: { text: 'guarded' } } },
        { cachePoint: { type: 'default' } },
        { citationsContent: { content: [{ text: 'cited' }] } },
        { searchResult: { source: 's', title: 'Found', content: [{ text: 'this' }] } },
        { reasoningContent: { reasoningText: { text: 'hm' } } },
      ),
    ).toEqual({
      role: 'user',
      text: 'Look.\nguarded\ncited\nFound\nthis',
      blocks: [
        { type: 'text', text: 'Look.' },
        { type: 'text', text: 'guarded' },
        { type: 'text', text: 'cited' },
        { type: 'text', text: 'Found\nthis' },
        { type: 'reasoning', text: 'hm' },
      ],
    });
  });

  it('reads documents of plain text, under their names, and not the others', () => {
    const notes: ContentBlock = {
      document: { name: 'notes', format: 'txt', source: { bytes: base64('Bees fly.') } },
    };
    const paper: ContentBlock = {
      document: { name: 'paper', format: 'pdf', source: { bytes: base64('%PDF-1.7 …') } },
    };
    expect(turnOf({ text: 'Read.' }, notes, paper)).toMatchObject({
      text: 'Read.\nnotes:\nBees fly.',
      blocks: [
        { type: 'text' },
        { type: 'media', kind: 'document', tokens: 3 },
        { type: 'media', tokens: 1 },
      ],
    });
  });

  it('reads a tool’s call and its result: JSON, text and an error', () => {
    expect(turnOf({ toolUse: { toolUseId: 'a', name: 'x', input: { b: 1 } } })?.blocks).toEqual([
      { type: 'toolUse', id: 'a', name: 'x', input: { b: 1 } },
    ]);
    const content = [{ json: { sky: 'blue' } }, { text: 'and warm' }];
    expect(turnOf({ toolResult: { toolUseId: 'a', content, status: 'error' } })).toEqual({
      role: 'user',
      text: '{"sky":"blue"}\nand warm',
      blocks: [{ type: 'toolResult', id: 'a', text: '{"sky":"blue"}\nand warm', isError: true }],
    });
  });

  it('reads tools and the choice among them', () => {
    const tools = [{ toolSpec: { name: 'x', inputSchema: { json: { type: 'object' } } } }];
    const expected = [{ name: 'x', description: '', schema: { type: 'object' } }];
    expect(read({ toolConfig: { tools } })).toMatchObject({ tools: expected, toolChoice: 'auto' });
    expect(read({ toolConfig: { tools, toolChoice: { any: {} } } })).toMatchObject({ toolChoice: 'any' });
    expect(read({ toolConfig: { tools, toolChoice: { tool: { name: 'x' } } } })).toMatchObject({
      toolChoice: { name: 'x' },
    });
  });

  it('reads settings, and without them the model’s own limit', () => {
    expect(read({}, { text: 'Hi' })).toMatchObject({ maxTokens: 64_000, stopSequences: [], system: '' });
    const inferenceConfig = { maxTokens: 5, stopSequences: ['.'], temperature: 0.5 };
    expect(read({ inferenceConfig, system: [{ text: 'Be' }, { text: 'brief.' }] })).toMatchObject({
      ...inferenceConfig,
      system: 'Be\nbrief.',
    });
  });

  it('reads the schema that the answer must follow', () => {
    const schema = '{"type":"object"}';
    const outputConfig = { textFormat: { structure: { jsonSchema: { schema } } } };
    expect(read({ outputConfig }, { text: 'Hi' }).answerSchema).toEqual({ type: 'object' });
  });
});
