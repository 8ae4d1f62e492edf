import type { Model } from 'bedrock-models';
import { expect, it } from 'vitest';
import { findModel } from '../../../../bedrock-models/src/find.ts';
import { citedParts } from '../../../src/citations/sources.ts';
import { sourcesOf } from '../../../src/converse/citations.ts';
import { readRequest } from '../../../src/converse/read-request.ts';
import type { ContentBlock, ConverseRequest } from '../../../src/converse/request.ts';
import { Refusal } from '../../../src/http/refusal.ts';
import { families as allFamilies } from '../../../src/invoke/all-families.ts';
import type { ModelAnswer, ModelRequest, Turn } from '../../../src/invoke/family.ts';
import { generate } from '../../../src/words/stand-in/stand-in.ts';

/**
 * No text costs much more than ordinary words of the same length, whatever shape it has: what a skill reads is bounded.
 * CPU time against CPU time in one process, the best of several tries, so that a busy machine does not count.
 */

const length = 300_000;
/** It takes a million tokens. */
const million = modelOf('us.amazon.nova-2-lite-v1:0');

const shapes = [
  ' ',
  'a',
  '1',
  '“',
  '"',
  '<',
  '<a>',
  '</a>',
  '<a></a>',
  '<examples>',
  '<example>a</example>',
  '<note id="a">',
  '<text>',
  '{',
  '{{',
  '{{a',
  '{"a":',
  '[',
  '[a] ',
  '(',
  '((1',
  '- a: b\n',
  '\n',
  '\n\n',
  'a\n',
  '\r\n',
  '\t',
  'tag ',
  'User: ',
  'Human: hi\nBot: yo\n',
  'name: ',
  'text: ',
  'Question: a?\n',
  'Tweet: "a"\n',
  'a -> ',
  'a->b\n',
  'Q: a\nA: b\n',
  'Q: a\nA:\n',
  '1,',
  '12 3.5 ',
  '$1,',
  '1/',
  '+1 (2) ',
  ' = ',
  'NaOH + ',
  '日',
  '日本語を食べる',
  'カ',
  'a, b and c, ',
  'one of: ',
  'what is my ',
  'my dog is called ',
  'Ada Berg ',
  '? ',
  '. ',
  ': ',
  '/',
  '____',
  '**',
  '@',
  'a.b-c+',
  'http://',
  '2026-01-02 ',
  'May 1 ',
  '10:00 ',
  '😀',
  '→',
  'in the text answer ',
  'json ',
  '"a b c d" ',
  'in Paris and ',
  'summarize ',
  'Tweet: "a"\nSentiment: Positive\n',
  'classify as a or b "',
  'Bees eat many plants here. ',
  '{{a}} + ',
  '1+',
  'total ',
  'AB ',
  'JSON: {"a":1} ',
];
const beginnings = ['What is ', 'Classify as one of: good, bad.\n'];

/** The shapes that cost most where a text is no prompt. */
const worst = [
  '\r\n',
  'a\n',
  '1. a\n',
  '猫。',
  '“',
  '"a b c d" ',
  '? ',
  'a; ',
  'Question: a?\n',
  'A ',
  '1+',
  '(',
  '[',
  'without an end ',
];

/** The marks of prompts that are written for one family. */
const marks = [
  '[INST]',
  '[INST] a [/INST]',
  '</s> ',
  ' ',
  '<|header_start|>',
  '<|header_start|>user<|header_end|>a',
  '<｜User｜>',
  '<think>',
  '\n\nHuman: a',
  'Assistant: b',
  'User:\n',
  '\tBot:',
];

const tool = {
  name: 'send_email',
  description: 'Send an email',
  schema: {
    type: 'object',
    properties: {
      to: { type: 'string', format: 'email' },
      subject: { type: 'string' },
      body: { type: 'string' },
      expression: { type: 'string' },
      date: { type: 'string', format: 'date' },
      amount: { type: 'number' },
      isUrgent: { type: 'boolean' },
      category: { enum: ['work', 'private'] },
      people: {
        type: 'array',
        items: { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } } },
      },
    },
    required: ['to', 'subject'],
  },
};
const citations = { enabled: true };

type Ask = (text: string) => void;

/** Places of a request, other than a prompt, where a text may stand. */
const places: Readonly<Record<string, Ask>> = {
  'the system prompt': (system) =>
    answer({ system, turns: [user('Answer from the notes: when is the test?')] }),
  "a tool's result": (text) => answer(toolTurns(text)),
  "a tool's result as JSON": (text) =>
    answer(toolTurns(JSON.stringify(Object.fromEntries(parts(text, 60).map((part, at) => [part + at, at]))))),
  'a prompt with tools': (text) => answer({ turns: [user(`Send an email. ${text}`)], tools: [tool] }),
  'a prompt with a tool that must be called': (text) =>
    answer({ turns: [user(text)], tools: [tool], toolChoice: 'any' }),
  'a turn before a tool is called': (text) =>
    answer({ turns: [user(text), assistant('Yes?'), user('Mail it.')], tools: [tool] }),
  "a tool's description": (description) =>
    answer({ turns: [user('Send an email.')], tools: [{ ...tool, description }] }),
  'a prompt with a schema': (text) => answer({ turns: [user(text)], answerSchema: tool.schema }),
  'a document to cite': (text) =>
    cite([{ document: { name: 'a', format: 'txt', source: { text }, citations } }]),
  'documents to cite': (text) =>
    cite(
      parts(text, 3_000).map((part, at) => ({
        document: { name: `${at}`, format: 'txt', source: { text: part }, citations },
      })),
    ),
  'search results to cite': (text) =>
    cite(
      parts(text, 300).map((part, at) => ({
        searchResult: { source: `${at}`, title: 'a', content: [{ text: part }], citations },
      })),
    ),
};

const families: Readonly<Record<string, Ask>> = {
  Titan: body('amazon.titan-text-premier-v1:0', (inputText) => ({ inputText: `User: a\n${inputText}` })),
  'Claude 2': body('anthropic.claude-v2:1', (text) => ({
    prompt: `\n\nHuman: ${text}\n\nAssistant:`,
    max_tokens_to_sample: 9,
  })),
  'Llama 4': body('meta.llama4-scout-17b-instruct-v1:0', (prompt) => ({
    prompt: `<|header_start|>user<|header_end|>${prompt}`,
  })),
  Mistral: body('mistral.mistral-7b-instruct-v0:2', (text) => ({
    prompt: `<s>[INST] a [/INST] b</s>${text}x`,
  })),
  'Command R': body('cohere.command-r-v1:0', (text) => ({
    message: 'What is without an end?',
    documents: parts(text, 300).map((snippet) => ({ snippet })),
  })),
  DeepSeek: body('deepseek.r1-v1:0', (prompt) => ({ prompt: `<｜User｜>${prompt}` })),
};

function user(text: string): Turn {
  return { role: 'user', text };
}

function assistant(text: string): Turn {
  return { role: 'assistant', text };
}

function toolTurns(text: string): Pick<ModelRequest, 'turns' | 'tools'> {
  const call = { type: 'toolUse', id: 'a', name: tool.name, input: { to: 'ada@example.com' } } as const;
  const result = { type: 'toolResult', id: 'a', text, isError: false } as const;
  return {
    turns: [
      user('Send an email.'),
      { ...assistant(''), blocks: [call] },
      { ...user(text), blocks: [result] },
    ],
    tools: [tool],
  };
}

function parts(text: string, size: number): string[] {
  return Array.from({ length: text.length / size }, (_, at) => text.slice(at * size, (at + 1) * size));
}

function modelOf(id: string): Model {
  const model = findModel(id);
  if (model === undefined) throw new Error(`${id} is not in the catalogue.`);
  return model;
}

function answer(request: Pick<ModelRequest, 'turns'> & Partial<ModelRequest>): ModelAnswer {
  return generate({ system: '', maxTokens: 300, stopSequences: [], ...request }, million, '');
}

/** Reads a body of InvokeModel, answers it and writes the answer, where it is not too long for its model. */
function body(id: string, bodyOf: (text: string) => unknown): Ask {
  const model = modelOf(id);
  return (text) => {
    try {
      const given = bodyOf(text);
      const { read, write } = allFamilies[model.family];
      write(answer(read(given, model)), model, '0', given);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  };
}

function cite(content: ContentBlock[]): void {
  const converse: ConverseRequest = {
    messages: [{ role: 'user', content: [...content, { text: 'What is without an end?' }] }],
  };
  const sources = sourcesOf(converse, modelOf('us.anthropic.claude-sonnet-4-6'));
  if (sources === undefined) throw new Error('There is nothing to cite.');
  const passages = sources.texts;
  const { text } = answer({ ...readRequest(converse, million), passages });
  // An answer may as well be one long citation.
  for (const said of [text, passages.join(' ').slice(0, 10_000)]) citedParts(said, sources);
}

function cost(ask: Ask, text: string): number {
  const before = process.cpuUsage();
  ask(text);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** The least of a few tries; no more than needed to come below `enough`. */
function leastCost(ask: Ask, text: string, tries: number, enough = 0): number {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < tries && least > enough; count += 1) least = Math.min(least, cost(ask, text));
  return least;
}

const askPlainly: Ask = (text) => {
  answer({ turns: [user(text)] });
};
const ordinary = repeated('The train to the coast leaves at nine and is rarely late. ');

function repeated(shape: string): string {
  return shape.repeat(Math.ceil(length / shape.length)).slice(0, length);
}

/**
 * What costs more than five times as much as ordinary words do in the same place, and half as much again for what a
 * busy machine adds.
 */
function tooDear(ask: Ask, texts: readonly string[]): string[] {
  leastCost(ask, ordinary, 3);
  const limit = 7.5 * leastCost(ask, ordinary, 5);
  return texts.flatMap((text) => {
    const spent = leastCost(ask, text, 6, limit);
    return spent > limit ? [`${JSON.stringify(text.slice(0, 60))}: ${(spent / limit) * 7.5} times`] : [];
  });
}

it('300,000 characters of any shape cost at most five times as much as ordinary words', () => {
  const texts = beginnings.flatMap((beginning) =>
    shapes.map((shape) => (beginning + repeated(shape)).slice(0, length)),
  );
  expect(tooDear(askPlainly, texts)).toEqual([]);
}, 600_000);

it.each(Object.entries(places))(
  'nor do they in %s',
  (_, ask) => {
    expect(tooDear(ask, worst.map(repeated))).toEqual([]);
  },
  600_000,
);

it.each(Object.entries(families))(
  'nor do they, or the marks of prompts, in a body of %s',
  (_, ask) => {
    expect(
      tooDear(ask, [...marks, '1. a\n', 'a ', '猫。', 'What is without an end. '].map(repeated)),
    ).toEqual([]);
  },
  600_000,
);

const link = (name: string) => ({ $ref: `#/$defs/${name}` });
const chain = (rest: object) =>
  Object.fromEntries([
    ...Array.from({ length: 40 }, (_, at) => {
      const next = link(`d${at + 1}`);
      return [`d${at}`, { type: 'object', properties: { l: next, r: next }, ...rest }] as const;
    }),
    ['d40', { type: 'string' }],
  ]);
const many = <T>(length: number, make: (at: number) => T) =>
  Object.fromEntries(Array.from({ length }, (_, at) => [`name${at}`, make(at)]));
const nested = (depth: number): object => {
  let schema: object = { type: 'string' };
  for (let at = 0; at < depth; at += 1)
    schema = { type: 'object', properties: { a: schema }, required: ['a'] };
  return schema;
};
const parts3 = ['a', 'b', 'c'];

/** Schemas whose parts are far more than their text. */
const schemas: Readonly<Record<string, object>> = {
  'a node with three of itself': {
    ...link('N'),
    $defs: { N: { type: 'object', properties: Object.fromEntries(parts3.map((name) => [name, link('N')])) } },
  },
  'a node that needs three of itself': {
    ...link('N'),
    $defs: {
      N: {
        type: 'object',
        properties: Object.fromEntries(parts3.map((name) => [name, link('N')])),
        required: parts3,
      },
    },
  },
  'a chain of two': { ...link('d0'), $defs: chain({}) },
  'a chain of two that are needed': { ...link('d0'), $defs: chain({ required: ['l', 'r'] }) },
  'a union of itself': {
    ...link('E'),
    $defs: {
      E: {
        anyOf: parts3.map((op) => ({
          type: 'object',
          properties: { op: { const: op }, left: link('E'), right: link('E') },
          required: ['left', 'right'],
        })),
      },
    },
  },
  'unions of unions': {
    ...link('name0'),
    $defs: many(40, (at) => ({ anyOf: [link(`name${at + 1}`), link(`name${at + 1}`), { type: 'null' }] })),
  },
  'all of all': {
    ...link('name0'),
    $defs: many(40, (at) => ({
      allOf: [link(`name${at + 1}`), link(`name${at + 1}`)],
      properties: { a: {} },
    })),
  },
  'references in a circle': { ...link('a'), $defs: { a: link('b'), b: { allOf: [link('a'), link('b')] } } },
  '1,000 members': { type: 'object', properties: many(1_000, () => ({ type: 'string', description: 'x' })) },
  '1,000 members that are needed': {
    type: 'object',
    properties: many(1_000, () => ({ type: 'integer' })),
    required: Object.keys(many(1_000, () => 0)),
  },
  '20,000 options': { type: 'object', properties: { a: { enum: Object.keys(many(20_000, () => 0)) } } },
  '1,000 levels': nested(1_000),
  'lists of lists': { ...link('L'), $defs: { L: { type: 'array', items: link('L'), minItems: 1_000_000 } } },
  'long texts': {
    type: 'object',
    properties: many(1_000, () => ({ type: 'string', minLength: 1_000_000_000 })),
    required: Object.keys(many(1_000, () => 0)),
  },
  'patterns that go back': {
    type: 'object',
    properties: many(100, () => ({ type: 'string', pattern: `^${'[a-z ]*'.repeat(40)}!$` })),
  },
};

const letter = ordinary.slice(0, 8_000);
it.each(Object.entries(schemas))(
  'nor does a schema cost more: %s',
  (_, schema) => {
    leastCost(askPlainly, ordinary, 3);
    const limit = 7.5 * leastCost(askPlainly, ordinary, 5);
    const called = { ...tool, schema };
    const asks: Ask[] = [
      (text) => answer({ turns: [user(text)], answerSchema: schema }),
      (text) => answer({ turns: [user(text)], tools: [called], toolChoice: 'any' }),
      (text) => answer({ turns: [user(`Send an email. ${text}`)], tools: [called] }),
    ];
    for (const ask of asks)
      for (const text of ['Alice is 30.', letter]) expect(leastCost(ask, text, 6, limit)).toBeLessThan(limit);
  },
  600_000,
);
