import { describe, expect, it } from 'vitest';
import fc from '../../../test/properties.ts';
import { claude2, claude3Haiku, haiku45, novaMicro, titanExpress, useEndpoint } from './endpoint.ts';
import { postTo, readFrames } from './frames.ts';

const endpoint = useEndpoint();
const operations = ['converse', 'converse-stream', 'count-tokens', 'invoke', 'invoke-with-response-stream'];
const modelId = fc.constantFrom(
  titanExpress,
  claude2,
  claude3Haiku,
  haiku45,
  novaMicro,
  'x',
  'a'.repeat(3_000),
);

/** Members of all bodies, holding what they should hold or anything else. */
const names = [
  'messages',
  'role',
  'content',
  'text',
  'image',
  'document',
  'video',
  'toolUse',
  'toolResult',
  'toolUseId',
  'name',
  'input',
  'json',
  'source',
  'bytes',
  'format',
  'system',
  'inferenceConfig',
  'maxTokens',
  'temperature',
  'topP',
  'stopSequences',
  'toolConfig',
  'tools',
  'toolSpec',
  'inputSchema',
  'toolChoice',
  'converse',
  'invokeModel',
  'body',
  'anthropic_version',
  'max_tokens',
  'prompt',
  'inputText',
  'textGenerationConfig',
  'type',
  'tool_use_id',
  'tool_result',
  'tool_use',
  'reasoningContent',
  'reasoningText',
  'guardContent',
  'cachePoint',
  'searchResult',
  'citationsContent',
  'additionalModelRequestFields',
  'additionalModelResponseFieldPaths',
  'outputConfig',
  'textFormat',
  'structure',
  'jsonSchema',
  'schema',
  'requestMetadata',
  'serviceTier',
  'tool_choice',
  '__proto__',
];
const leaf = fc.oneof(
  fc.constantFrom(
    'user',
    'assistant',
    'Hello',
    '',
    ' ',
    'png',
    'tooluse_a',
    'AAAA',
    '/a/b',
    '{}',
    'text',
    'tool_use',
  ),
  fc.constantFrom(null, true, 0, -1, 1.5, 100),
  fc.string(),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', maxDepth: 7 },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...names), tie('tree')), { maxLength: 5 }).map(Object.fromEntries),
  ),
}));

/** A request that is right, one of whose values is replaced by another one. */
const right = {
  messages: [
    { role: 'user', content: [{ text: 'Hello' }, { image: { format: 'png', source: { bytes: 'AAAA' } } }] },
    {
      role: 'assistant',
      content: [{ text: 'I look.' }, { toolUse: { toolUseId: 'a', name: 'x', input: { b: [1] } } }],
    },
    {
      role: 'user',
      content: [{ toolResult: { toolUseId: 'a', content: [{ json: { c: 1 } }, { text: 'd' }] } }],
    },
  ],
  system: [{ text: 'Be brief.' }],
  inferenceConfig: { maxTokens: 10, temperature: 0.5, stopSequences: ['x'] },
  toolConfig: {
    tools: [{ toolSpec: { name: 'x', description: 'y', inputSchema: { json: { type: 'object' } } } }],
  },
  additionalModelResponseFieldPaths: ['/stopReason'],
};
const paths = pathsIn(right);

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  Reflect.set(copy, key, replaced(Reflect.get(copy, key), rest, by));
  return copy;
}

const bodyText = fc.oneof(
  tree.map((value) => JSON.stringify(value) ?? ''),
  fc
    .tuple(fc.constantFrom(...paths), tree)
    .map(([path, by]) => JSON.stringify(replaced(right, path, by)) ?? ''),
  fc.tuple(fc.constantFrom(...paths), tree).map(([path, by]) => {
    const body = replaced(right, path, by);
    return JSON.stringify({ input: { converse: body, body } });
  }),
  fc.nat({ max: 400 }).map((end) => JSON.stringify(right).slice(0, end)),
  fc.string(),
);

describe('whatever an operation is sent', () => {
  it.each(operations)(
    '%s answers, or refuses with a type; it never fails on its own side',
    async (operation) => {
      await fc.assert(
        fc.asyncProperty(modelId, bodyText, async (id, body) => {
          const { status, headers, text, bytes } = await postTo(endpoint.url, id, operation, body);
          if (status === 200) {
            if (!operation.includes('stream')) expect(JSON.parse(text)).toBeTypeOf('object');
            else
              expect(readFrames(bytes).every(({ headers: [first] }) => first?.[0] === ':event-type')).toBe(
                true,
              );
            return;
          }
          expect([status, body]).toEqual([400, body]);
          expect(headers.get('x-amzn-errortype')).toMatch(
            /^(Validation|Serialization|AccessDenied)Exception:http/,
          );
          expect(JSON.parse(text)).toEqual({ message: expect.any(String) });
        }),
        { numRuns: 250 },
      );
    },
  );

  it.each([
    ['deep nesting', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['deep objects', `{"messages":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
    ['a deep document', `{"additionalModelRequestFields":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`],
    [
      'a deep input of a tool',
      `{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"a","name":"x","input":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"x","inputSchema":{"json":{"type":"object"}}}}]}}`,
    ],
    ['a byte order mark', `\ufeff${JSON.stringify(right)}`],
  ])('%s is refused and not failed on', async (_, body) => {
    for (const operation of operations) {
      const { status } = await postTo(endpoint.url, novaMicro, operation, body);
      expect([operation, status]).toEqual([operation, 400]);
    }
  });
});
