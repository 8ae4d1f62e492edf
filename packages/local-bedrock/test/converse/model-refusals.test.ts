import { describe, expect, it } from 'vitest';
import { useEndpoint } from '../endpoint.ts';
import { postTo } from '../frames.ts';

/** What some models refuse and others take; `src/models/evidence.ts` says who saw it. */

const endpoint = useEndpoint();

const novaLite = 'amazon.nova-lite-v1:0';
const nova2 = 'us.amazon.nova-2-lite-v1:0';
const haiku3 = 'anthropic.claude-3-haiku-20240307-v1:0';
const sonnet35 = 'anthropic.claude-3-5-sonnet-20240620-v1:0';
const sonnet37 = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0';
const opus41 = 'us.anthropic.claude-opus-4-1-20250805-v1:0';
const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const haiku45 = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const opus45 = 'us.anthropic.claude-opus-4-5-20251101-v1:0';
const sonnet46 = 'us.anthropic.claude-sonnet-4-6';
const opus46 = 'us.anthropic.claude-opus-4-6-v1';
const opus47 = 'us.anthropic.claude-opus-4-7';
const opus48 = 'us.anthropic.claude-opus-4-8';
const opus5 = 'us.anthropic.claude-opus-5';
const sonnet5 = 'us.anthropic.claude-sonnet-5';
const haiku55 = 'us.anthropic.claude-haiku-5-5';
const fable5 = 'us.anthropic.claude-fable-5';
const gptOss = 'openai.gpt-oss-120b-1:0';
const gpt6 = 'global.openai.gpt-6-sol';
const kimiK3 = 'us.moonshotai.kimi-k3';
const grok = 'global.xai.grok-4.7';
const r1 = 'us.deepseek.r1-v1:0';
const pixtral = 'us.mistral.pixtral-large-2502-v1:0';

const relayed = (text: string) => `The model returned the following errors: ${text}`;
const malformed = (text: string) =>
  `Malformed input request: ${text}, please reformat your input and try again.`;

const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const text = { text: 'Hello' };
const hello = user(text);
const point = (ttl?: string) => ({ cachePoint: { type: 'default', ...(ttl && { ttl }) } });
const thought = (rest: object) => ({ reasoningContent: { reasoningText: { text: 'Hm.', ...rest } } });
const call = { toolUse: { toolUseId: 'one', name: 'look', input: {} } };
const result = { toolResult: { toolUseId: 'one', content: [{ text: 'sunny' }] } };
const toolsOf = (schema: object, ...more: object[]) => ({
  tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object', ...schema } } } }, ...more],
});
const thinking = (type = 'enabled') => ({
  inferenceConfig: { maxTokens: 2_000 },
  additionalModelRequestFields: {
    thinking: { type, ...(type === 'enabled' && { budget_tokens: 1_024 }) },
  },
});
const noReasoning =
  'User messages cannot contain reasoning content. Please remove the reasoning content and try again.';
const lost = (found: string, index = 1) =>
  relayed(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking`,
  );
const noBudget = relayed(
  '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
);
const notBoth = relayed(
  '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
);
const extra = (key: string) =>
  relayed(
    malformed(`#/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [${key}] is not permitted`),
  );
const draft = relayed(
  'tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.anthropic.com/en/docs/tool-use.',
);
const extendedOnly = 'Extended TTL prompt caching is only supported for Anthropic models';

interface Case {
  readonly body: object;
  /** By model: the text it refuses with, or `null` where it answers. */
  readonly says: Readonly<Record<string, string | null>>;
}

const fields = (additionalModelRequestFields: object) => ({ additionalModelRequestFields });
const format = (schema: object | string) => ({
  outputConfig: {
    textFormat: {
      type: 'json_schema',
      structure: { jsonSchema: { name: 'answer', schema: JSON.stringify(schema) } },
    },
  },
});
const closed = (properties: object) => ({ type: 'object', properties, additionalProperties: false });
const notPermitted = (path: string) => relayed(`${path}: Extra inputs are not permitted`);
const ofSchema = (what: string) => relayed(`output_config.format.schema: ${what}`);
const strictly = (json: object, strict = true) => ({
  toolConfig: { tools: [{ toolSpec: { name: 'look', inputSchema: { json }, strict } }] },
});
const noResults =
  "This model doesn't support the searchResult content block that you provided. Update the content block and try again.";
const badBeta = relayed('invalid beta flag');
const nothingBefore = 'There is nothing available to cache.';
const document = (type: string) => ({
  document: { format: type, name: 'a', source: { bytes: Buffer.from('%PDF-1.4').toString('base64') } },
});

const without = (field: string) =>
  `This model doesn't support the ${field} field. Remove ${field} and try again.`;
const cases: Readonly<Record<string, Case>> = {
  'a temperature': {
    body: { messages: [hello], inferenceConfig: { temperature: 0.5 } },
    says: {
      [gpt6]: without('temperature'),
      [kimiK3]: without('temperature'),
      [grok]: without('temperature'),
      [gptOss]: null,
    },
  },
  'a share of the likeliest words': {
    body: { messages: [hello], inferenceConfig: { topP: 0.5 } },
    says: { [gpt6]: without('topP'), [kimiK3]: without('topP'), [gptOss]: null },
  },
  'a stop sequence': {
    body: { messages: [hello], inferenceConfig: { stopSequences: ['x'] } },
    says: { [gpt6]: without('stopSequences'), [gptOss]: without('stopSequences'), [grok]: null },
  },
  'a tool that must be called': {
    body: { messages: [hello], toolConfig: { ...toolsOf({}), toolChoice: { tool: { name: 'look' } } } },
    says: { [gpt6]: null, [gptOss]: without('toolConfig.toolChoice.tool') },
  },
  'a cache point right behind a thought': {
    body: { messages: [hello, assistant(thought({ signature: 'c2ln' }), point(), text), hello] },
    says: {
      [sonnet45]:
        'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.',
    },
  },
  'a cache point before its text': {
    body: { messages: [user(point(), text)] },
    says: { [sonnet45]: nothingBefore, [sonnet37]: nothingBefore, [novaLite]: null },
  },
  'a cache point alone': {
    body: { messages: [hello, assistant(text), user(point())] },
    says: { [sonnet45]: nothingBefore },
  },
  'a cache point that the system prompt begins with': {
    body: { system: [point(), text] },
    says: { [sonnet45]: nothingBefore },
  },
  'a cache point that the tools begin with': {
    body: { toolConfig: { tools: [point(), ...toolsOf({}).tools] } },
    says: { [sonnet45]: nothingBefore },
  },
  'a cache point behind a document that is no PDF': {
    body: { messages: [user(text, document('txt'), point())] },
    says: { [sonnet45]: relayed('messages.0.content.2.type: Field required'), [novaLite]: null },
  },
  'a cache point behind a PDF': {
    body: { messages: [user(text, document('pdf'), point())] },
    says: { [sonnet45]: null },
  },
  'a fifth cache point': {
    body: { system: [1, 2, 3, 4, 5].flatMap(() => [text, point()]) },
    says: {
      [sonnet45]: relayed('A maximum of 4 blocks with cache_control may be provided. Found 5.'),
      [novaLite]: relayed('A maximum of 4 blocks with cache_control may be provided. Found 5.'),
    },
  },
  'an empty text in what a tool gave': {
    body: {
      messages: [hello, assistant(call), user({ toolResult: { toolUseId: 'one', content: [{ text: '' }] } })],
      toolConfig: toolsOf({}),
    },
    says: {
      [sonnet45]: relayed('messages: text content blocks must be non-empty'),
      [haiku3]: relayed('messages: text content blocks must be non-empty'),
      [novaLite]: null,
    },
  },
  'a search result': {
    body: {
      messages: [user(text, { searchResult: { source: 's', title: 't', content: [{ text: 'It rains.' }] } })],
    },
    says: {
      [haiku3]: noResults,
      [sonnet35]: noResults,
      [sonnet37]: null,
      [sonnet45]: null,
      [sonnet5]: null,
    },
  },
  'a document that is to be cited': {
    body: {
      messages: [
        user(text, {
          document: { name: 'a', source: { text: 'It rains.' }, citations: { enabled: true } },
        }),
      ],
    },
    says: {
      [haiku3]: "This model doesn't support the citations field. Remove citations and try again.",
      [sonnet45]: null,
      [sonnet5]: null,
    },
  },
  'how many words to choose from': {
    body: fields({ top_k: 5 }),
    says: { [sonnet46]: null, [opus47]: relayed('`top_k` is deprecated for this model.') },
  },
  'a strict tool with a closed schema': {
    body: strictly(closed({ city: { type: 'string' } })),
    says: {
      ...Object.fromEntries([sonnet45, haiku45, sonnet46, opus46].map((id) => [id, null])),
      ...Object.fromEntries(
        ['us.anthropic.claude-sonnet-4-20250514-v1:0', opus47, opus48, opus5, sonnet5, fable5].map((id) => [
          id,
          notPermitted('tools.0.custom.strict'),
        ]),
      ),
    },
  },
  'a strict tool with an open object': {
    body: strictly(closed({ place: { type: 'object' } })),
    says: {
      [haiku45]: relayed(
        "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false",
      ),
    },
  },
  'a strict tool with the longest list': {
    body: strictly(closed({ places: { type: 'array', maxItems: 3 } })),
    says: { [sonnet46]: relayed("tools.0.custom: For 'array' type, property 'maxItems' is not supported") },
  },
  'a tool that is not strict': {
    body: strictly({ type: 'object' }, false),
    says: { [sonnet45]: null, [opus47]: notPermitted('tools.0.custom.strict') },
  },
  'a beta that there is not': {
    body: fields({ anthropic_beta: ['mcp-servers-2025-12-04'] }),
    says: { [haiku3]: badBeta, [sonnet45]: badBeta, [opus47]: badBeta },
  },
  'a beta that AWS lists': {
    body: fields({ anthropic_beta: ['context-management-2025-06-27'] }),
    says: { [sonnet45]: null, [opus48]: null, [opus47]: badBeta },
  },
  'the beta of Claude Code': {
    body: fields({ anthropic_beta: ['claude-code-20250219'] }),
    says: { [opus46]: null, [opus47]: badBeta },
  },
  'the beta of interleaved thinking': {
    body: fields({ anthropic_beta: ['interleaved-thinking-2025-05-14'] }),
    says: { [sonnet45]: null, [opus47]: null },
  },
  'context management without its beta': {
    body: fields({ context_management: { edits: [] } }),
    says: { [sonnet45]: notPermitted('context_management'), [opus47]: notPermitted('context_management') },
  },
  'context management with its beta': {
    body: fields({ context_management: { edits: [] }, anthropic_beta: ['context-management-2025-06-27'] }),
    says: { [sonnet45]: null },
  },
  'how hard to think': {
    body: fields({ output_config: { effort: 'low' } }),
    says: {
      ...Object.fromEntries(
        [haiku3, sonnet37, sonnet45, haiku45, opus45].map((id) => [id, notPermitted('output_config.effort')]),
      ),
      ...Object.fromEntries([sonnet46, opus46, opus47, sonnet5].map((id) => [id, null])),
    },
  },
  'how hard to think, with its beta': {
    body: fields({ output_config: { effort: 'low' }, anthropic_beta: ['effort-2025-11-24'] }),
    says: { [opus45]: null, [sonnet45]: notPermitted('output_config.effort') },
  },
  'a member that nobody knows': {
    body: fields({ guardrails: 1 }),
    says: {
      [haiku3]: relayed(malformed('#: extraneous key [guardrails] is not permitted')),
      [sonnet37]: relayed(malformed('#: extraneous key [guardrails] is not permitted')),
      ...Object.fromEntries(
        ['us.anthropic.claude-sonnet-4-20250514-v1:0', opus41, opus45, opus48].map((id) => [
          id,
          notPermitted('guardrails'),
        ]),
      ),
    },
  },
  'a schema for the answer that is open': {
    body: format({ type: 'object', properties: { a: { type: 'string' } } }),
    says: {
      [sonnet45]: ofSchema("For 'object' type, 'additionalProperties' must be explicitly set to false"),
      [sonnet46]: ofSchema("For 'object' type, 'additionalProperties' must be explicitly set to false"),
      // Recorded so.
      'anthropic.claude-3-sonnet-20240229-v1:0': null,
    },
  },
  'a schema for the answer with an open object in a list': {
    body: format(closed({ list: { type: 'array', items: { anyOf: [{ type: ['object', 'null'] }] } } })),
    says: {
      [sonnet45]: ofSchema("For 'object' type, 'additionalProperties' must be explicitly set to false"),
    },
  },
  'a schema for the answer with bounds of a number': {
    body: format(closed({ score: { type: 'number', minimum: 0, maximum: 1 } })),
    says: { [sonnet45]: ofSchema("For 'number' type, properties maximum, minimum are not supported") },
  },
  'a schema for the answer with the longest list': {
    body: format({ $defs: { list: { type: 'array', maxItems: 3 } }, ...closed({}) }),
    says: { [haiku45]: ofSchema("For 'array' type, property 'maxItems' is not supported") },
  },
  'a schema for the answer with members named as bounds are': {
    body: format(closed({ minimum: { type: 'integer' }, maxItems: { type: 'string', minLength: 1 } })),
    says: { [sonnet45]: null },
  },
  'a schema for the answer that is a text': {
    body: format('x'),
    says: { [sonnet45]: ofSchema('Input should be a valid dictionary') },
  },
  'a schema for the answer': {
    body: format(closed({ a: { type: 'string' } })),
    says: {
      ...Object.fromEntries([sonnet45, haiku45, opus41, opus45, sonnet46, opus46].map((id) => [id, null])),
      ...Object.fromEntries(
        [haiku3, sonnet37, opus47, opus48, opus5, sonnet5, fable5].map((id) => [
          id,
          notPermitted('output_config.format'),
        ]),
      ),
    },
  },
  'a schema with definitions': {
    body: { toolConfig: toolsOf({ $defs: { city: { type: 'string' } }, properties: {} }) },
    says: { [novaLite]: extra('$defs'), [nova2]: extra('$defs'), [sonnet45]: null, [pixtral]: null },
  },
  'a schema with the older definitions': {
    body: { toolConfig: toolsOf({ definitions: {} }) },
    says: { [novaLite]: extra('definitions'), [haiku3]: null },
  },
  'a schema that names its dialect': {
    body: { toolConfig: toolsOf({ $schema: 'http://json-schema.org/draft-07/schema#' }) },
    says: { [novaLite]: extra('$schema'), [haiku3]: null },
  },
  'a schema that is closed and has a title, as was recorded': {
    body: { toolConfig: toolsOf({ additionalProperties: false, title: 'Look', properties: {} }) },
    says: { [novaLite]: null, [nova2]: null, [sonnet45]: null },
  },
  'a schema that is a choice': {
    body: { toolConfig: toolsOf({ anyOf: [{ required: ['a'] }, { required: ['b'] }] }) },
    says: {
      [novaLite]: extra('anyOf'),
      [sonnet35]: relayed(
        'tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
      ),
      [sonnet45]: relayed(
        'tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
      ),
      [pixtral]: null,
    },
  },
  'a choice inside of a schema': {
    body: { toolConfig: toolsOf({ properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } } }) },
    says: { [novaLite]: null, [sonnet45]: null },
  },
  'a schema with a member of an odd name': {
    body: { toolConfig: toolsOf({ properties: { 'the city': { type: 'string' } } }) },
    says: {
      [sonnet45]: relayed(
        "tools.0.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",
      ),
      [novaLite]: null,
    },
  },
  'a schema with a type that there is not': {
    body: { toolConfig: toolsOf({ properties: { list: { items: { anyOf: [{ type: 'strng' }] } } } }) },
    says: { [sonnet45]: draft, [novaLite]: null },
  },
  'a schema of an older draft': {
    body: { toolConfig: toolsOf({ properties: { n: { minimum: 0, exclusiveMinimum: true } } }) },
    says: { [sonnet45]: draft, [novaLite]: null },
  },
  'a schema with keywords of its own, and members named as keywords are': {
    body: {
      toolConfig: toolsOf({ nullable: 1, properties: { type: { type: ['string', 'null'] }, items: true } }),
    },
    says: { [sonnet45]: null },
  },
  'two calls of one id': {
    body: { messages: [hello, assistant(call, call), user(result, result)], toolConfig: toolsOf({}) },
    says: { [sonnet45]: 'The toolUse blocks at messages.1.content contain duplicate Ids: one' },
  },
  "a thought of the user's": {
    body: { messages: [user(text, thought({ signature: 'b' }))] },
    says: {
      [sonnet45]: relayed('messages.0: `thinking` blocks can only be in `assistant` messages'),
    },
  },
  'a picture of another kind': {
    body: { messages: [user(text, { image: { format: 'jpeg', source: { bytes: 'iVBORw0KGgo=' } } })] },
    says: {
      [sonnet45]: relayed(
        'messages.0.content.1.image.source.bytes: The image was specified using the image/jpeg media type, but the image appears to be a image/png image',
      ),
      [sonnet35]: null,
      [novaLite]: null,
    },
  },
  'a PDF that is none': {
    body: {
      messages: [user(text, { document: { format: 'pdf', name: 'a', source: { bytes: 'YWJjZA==' } } })],
    },
    says: {
      [sonnet45]: relayed('messages.0.content.1.image.source.bytes: The PDF specified was not valid.'),
      [novaLite]: null,
    },
  },
  'a cache point among the tools': {
    body: { toolConfig: toolsOf({}, point()) },
    says: {
      [novaLite]: relayed(malformed('#/toolConfig/tools/1: extraneous key [cachePoint] is not permitted')),
      [nova2]: relayed(malformed('#/toolConfig/tools/1: extraneous key [cachePoint] is not permitted')),
      [sonnet45]: null,
    },
  },
  'a cache point behind the system prompt and a text': {
    body: { system: [text, point()], messages: [user(text, point())] },
    says: { [novaLite]: null, [nova2]: null, [sonnet37]: null, [sonnet45]: null },
  },
  "a cache point behind a tool's result": {
    body: { messages: [hello, assistant(call), user(result, point())], toolConfig: toolsOf({}) },
    says: {
      [novaLite]: relayed(malformed('#/messages/2/content/1: extraneous key [cachePoint] is not permitted')),
      [sonnet45]: null,
    },
  },
  'a cache for an hour': {
    body: { system: [text, point('1h')] },
    says: {
      [novaLite]: extendedOnly,
      [nova2]: extendedOnly,
      [sonnet37]: relayed('system.0.cache_control.ephemeral.ttl: Extra inputs are not permitted'),
      [opus41]: relayed('system.0.cache_control.ephemeral.ttl: Extra inputs are not permitted'),
      [sonnet45]: null,
    },
  },
  'a thought with a signature': {
    body: { messages: [hello, assistant(thought({ signature: 'c2ln' }), text), hello] },
    says: {
      [novaLite]: noReasoning,
      [haiku3]: noReasoning,
      [r1]: noReasoning,
      [gptOss]:
        "This model doesn't support the reasoningContent.reasoningText.signature field. Remove reasoningContent.reasoningText.signature and try again.",
      [sonnet45]: null,
    },
  },
  'a thought without a signature': {
    body: { messages: [hello, assistant(thought({}), text), hello] },
    says: {
      [novaLite]: noReasoning,
      [haiku3]: noReasoning,
      [nova2]: null,
      [gptOss]: null,
      [sonnet45]: relayed('messages.1.content.0.thinking.signature: Field required'),
    },
  },
  'a thought with an empty signature': {
    body: { messages: [hello, assistant(thought({ signature: '' }), text), hello] },
    says: {
      [sonnet45]: relayed('messages.1.content.0: Invalid `signature` in `thinking` block'),
    },
  },
  'thinking in a turn that lost its thought': {
    body: {
      ...thinking(),
      messages: [hello, assistant(text, call), user(result)],
      toolConfig: toolsOf({}),
    },
    says: { [sonnet37]: lost('text'), [sonnet45]: lost('text') },
  },
  'thinking in a turn that has its thought': {
    body: {
      ...thinking(),
      messages: [hello, assistant(thought({ signature: 'c2ln' }), call), user(result)],
      toolConfig: toolsOf({}),
    },
    says: { [sonnet45]: null },
  },
  'thinking of its own accord in a turn without a thought': {
    body: {
      ...thinking('adaptive'),
      messages: [hello, assistant(call), user(result)],
      toolConfig: toolsOf({}),
    },
    says: { [sonnet46]: null },
  },
  'thinking of its own accord': {
    body: thinking('adaptive'),
    says: {
      [haiku3]: relayed("'claude-3-haiku-20240307' does not support thinking."),
      [sonnet35]: relayed("'claude-3-5-sonnet-20240620' does not support thinking."),
      [sonnet37]: relayed('adaptive thinking is not supported on this model'),
      [opus41]: relayed('adaptive thinking is not supported on this model'),
      [sonnet45]: relayed('adaptive thinking is not supported on this model'),
      [haiku45]: relayed('adaptive thinking is not supported on this model'),
      [opus45]: relayed('adaptive thinking is not supported on this model'),
      [sonnet46]: null,
      [opus46]: null,
      [opus47]: null,
      [sonnet5]: null,
    },
  },
  'thinking with a budget': {
    body: thinking(),
    says: {
      [haiku3]: relayed("'claude-3-haiku-20240307' does not support thinking."),
      [sonnet37]: null,
      [opus41]: null,
      [opus46]: null,
      ...Object.fromEntries([opus47, opus48, opus5, sonnet5, haiku55, fable5].map((id) => [id, noBudget])),
    },
  },
  'thinking by the name that AWS has for it': {
    body: {
      inferenceConfig: { maxTokens: 2_000 },
      additionalModelRequestFields: { reasoning_config: { type: 'enabled', budget_tokens: 1_024 } },
    },
    says: { [sonnet37]: null, [opus47]: noBudget },
  },
  'thinking that is switched off': {
    body: { additionalModelRequestFields: { thinking: { type: 'disabled' } } },
    says: {
      [haiku3]: null,
      [sonnet45]: null,
      [sonnet5]: null,
      [fable5]: relayed('"thinking.type.disabled" is not supported for this model.'),
    },
  },
  'thinking with no budget': {
    body: { additionalModelRequestFields: { thinking: { type: 'enabled' } } },
    says: { [sonnet45]: relayed('thinking.enabled.budget_tokens: Field required'), [opus47]: noBudget },
  },
  'thinking of no known kind': {
    body: { additionalModelRequestFields: { thinking: { type: 'bogus' } } },
    says: {
      [sonnet45]: relayed(
        "thinking: Input tag 'bogus' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'",
      ),
      [opus47]: relayed(
        "thinking: Input tag 'bogus' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'",
      ),
    },
  },
  'thinking of its own accord beside a tool that must be called': {
    body: { ...thinking('adaptive'), toolConfig: { ...toolsOf({}), toolChoice: { any: {} } } },
    says: {
      [sonnet46]: null,
      [opus48]: null,
      [sonnet5]: null,
      [opus46]: relayed('Thinking may not be enabled when tool_choice forces tool use.'),
      [opus47]: relayed('Thinking may not be enabled when tool_choice forces tool use.'),
    },
  },
  'thinking with a budget beside a tool that must be called': {
    body: { ...thinking(), toolConfig: { ...toolsOf({}), toolChoice: { any: {} } } },
    says: { [sonnet46]: relayed('Thinking may not be enabled when tool_choice forces tool use.') },
  },
  'temperature and topP': {
    body: { inferenceConfig: { temperature: 0.5, topP: 0.9 } },
    says: {
      [sonnet37]: null,
      ...Object.fromEntries([opus41, sonnet45, haiku45, opus45, sonnet46].map((id) => [id, notBoth])),
      [opus47]: relayed('`temperature` is deprecated for this model.'),
      [sonnet5]: relayed('`temperature` is deprecated for this model.'),
    },
  },
  'an answer of more than 4,096 tokens': {
    body: { inferenceConfig: { maxTokens: 8_192 } },
    says: {
      [sonnet35]:
        'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
      'us.anthropic.claude-3-5-sonnet-20241022-v2:0': null,
    },
  },
  'thinking in a new turn': {
    body: { ...thinking(), messages: [hello, assistant(text), hello] },
    says: { [sonnet45]: null },
  },
  'words before the result of a tool': {
    body: { messages: [hello, assistant(call), user(text, result)], toolConfig: toolsOf({}) },
    says: {
      [sonnet45]: relayed(
        'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: one. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
      ),
      [novaLite]: null,
    },
  },
  'words behind the result of a tool': {
    body: { messages: [hello, assistant(call), user(result, text)], toolConfig: toolsOf({}) },
    says: { [sonnet45]: null, [novaLite]: null },
  },
  'thinking in Claude’s words': {
    body: { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1_024 } } },
    says: {
      [gptOss]: relayed(
        'Failed to deserialize the JSON body into the target type: thinking: unknown field thinking, expected one of messages, model, store, reasoning_effort, metadata, frequency_penalty, logit_bias, logprobs, top_logprobs, max_tokens, max_completion_tokens, n, modalities, prediction, audio, presence_penalty, response_format, seed, service_tier, stop, stream, stream_options, temperature, top_p, tools, tool_choice, parallel_tool_calls, user, function_call, functions at line 1 column 11',
      ),
      [r1]: 'Validation Error',
      [gpt6]: relayed(
        `{"error":{"code":"unknown_parameter","message":"Unknown parameter: 'thinking'.","param":"thinking","type":"invalid_request_error"}}`,
      ),
    },
  },
  'thinking in the words of OpenAI’s newer models': {
    body: { additionalModelRequestFields: { reasoning: { effort: 'low' } } },
    says: { [gpt6]: null, [gptOss]: null },
  },
  'members of OpenAI’s form': {
    body: { additionalModelRequestFields: { reasoning_effort: 'high', seed: 1, n: 1, user: 'me' } },
    says: {
      [gpt6]: relayed(
        `{"error":{"code":"unknown_parameter","message":"Unknown parameter: 'reasoning_effort'.","param":"reasoning_effort","type":"invalid_request_error"}}`,
      ),
      [gptOss]: null,
      [pixtral]: null,
      [r1]: 'Validation Error',
      'deepseek.v3-v1:0': null,
      'qwen.qwen3-32b-v1:0': null,
      'moonshotai.kimi-k2.5': null,
      'minimax.minimax-m2': null,
      'zai.glm-4.7': null,
    },
  },
  'thinking with all effort, and a limit': {
    body: {
      inferenceConfig: { maxTokens: 100 },
      additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
    },
    says: { [nova2]: relayed(malformed('the provided reasoning config value is invalid')) },
  },
  'thinking with all effort, and no limit': {
    body: {
      additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
    },
    says: { [nova2]: null },
  },
  'thinking with some effort, and a limit': {
    body: {
      inferenceConfig: { maxTokens: 100, temperature: 0.1, topP: 0.9 },
      additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
    },
    says: { [nova2]: null },
  },
  'thinking with an effort that nobody knows, and a budget': {
    body: {
      additionalModelRequestFields: {
        reasoningConfig: { type: 'enabled', maxReasoningEffort: 'x', budgetTokens: 1_024 },
      },
    },
    says: {
      [nova2]: relayed(
        malformed(
          '#/reasoningConfig/maxReasoningEffort: x is not a valid enum value#/reasoningConfig: extraneous key [budgetTokens] is not permitted',
        ),
      ),
    },
  },
  'thinking that Nova cannot do': {
    body: {
      additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
    },
    says: {
      [novaLite]: relayed(malformed('the provided reasoning config value is invalid')),
      [nova2]: null,
    },
  },
};

describe.each(Object.entries(cases))('Converse: %s', (_, { body, says }) => {
  it.each(Object.entries(says))('%s', async (modelId, message) => {
    const { status, text: said } = await postTo(endpoint.url, modelId, 'converse', {
      messages: [hello],
      ...body,
    });
    expect([status, JSON.parse(said).message ?? null]).toEqual(
      message === null ? [200, null] : [400, message],
    );
  });
});

describe('InvokeModel', () => {
  const claude = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 2_000 };
  const said = (words: string, rest: object = {}) => ({ type: 'text', text: words, ...rest });
  const cached = (ttl?: string) =>
    said('Hello', { cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } });
  const tool = { name: 'look', input_schema: { type: 'object' } };
  const picture = (source: object) => ({ type: 'image', source });
  const computer = { type: 'computer_20250124', name: 'computer', display_width_px: 9, display_height_px: 9 };
  const used = { type: 'tool_use', id: 'one', name: 'look', input: {} };
  const answered = { type: 'tool_result', tool_use_id: 'one', content: 'sunny' };
  const novaHello = { messages: [hello] };

  it.each<[string, string, object, string | null]>([
    [
      'Nova: definitions',
      novaLite,
      { ...novaHello, toolConfig: toolsOf({ $defs: {} }) },
      malformed('#/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [$defs] is not permitted'),
    ],
    [
      'Nova: a cache point among the tools',
      novaLite,
      { ...novaHello, toolConfig: toolsOf({}, point()) },
      malformed('#/toolConfig/tools/1: extraneous key [cachePoint] is not permitted'),
    ],
    [
      'Nova: thinking',
      novaLite,
      { ...novaHello, reasoningConfig: { type: 'enabled' } },
      malformed('the provided reasoning config value is invalid'),
    ],
    [
      'Nova: a block in another form',
      novaLite,
      { messages: [user({ type: 'text', text: 'Hi' })] },
      malformed('#/messages/0/content/0: extraneous key [type] is not permitted'),
    ],
    [
      'Nova 2: a member of Titan’s body',
      nova2,
      { ...novaHello, textGenerationConfig: {} },
      'Malformed input request: #: extraneous key [textGenerationConfig] is not permitted, reformat your input and try again.',
    ],
    [
      'Nova 2: thinking with all effort, and a temperature',
      nova2,
      {
        ...novaHello,
        inferenceConfig: { temperature: 0.5 },
        reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' },
      },
      'Malformed input request: the provided reasoning config value is invalid, reformat your input and try again.',
    ],
    [
      'Nova 2: thinking with all effort',
      nova2,
      { ...novaHello, reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
      null,
    ],
    [
      'Claude: a choice of schemas',
      sonnet45,
      {
        ...claude,
        messages: [user(said('Hi'))],
        tools: [{ name: 'look', input_schema: { type: 'object', oneOf: [] } }],
      },
      'tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
    ],
    [
      'Claude: a fifth cache point',
      sonnet45,
      { ...claude, messages: [user(...Array.from({ length: 5 }, () => cached()))] },
      'A maximum of 4 blocks with cache_control may be provided. Found 5.',
    ],
    [
      'Claude: an hour of caching, not offered',
      sonnet37,
      { ...claude, messages: [user(cached('1h'))] },
      'messages.0.content.0.cache_control.ephemeral.ttl: Extra inputs are not permitted',
    ],
    ['Claude: an hour of caching, offered', sonnet45, { ...claude, messages: [user(cached('1h'))] }, null],
    [
      'Claude: an hour behind five minutes',
      sonnet45,
      { ...claude, system: [cached()], messages: [user(cached('1h'))] },
      "messages.0.content.0.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
    ],
    [
      'Claude: a thought without signature',
      sonnet45,
      {
        ...claude,
        messages: [
          user(said('Hi')),
          assistant({ type: 'thinking', thinking: 'Hm.' }, said('Hi')),
          user(said('Hi')),
        ],
      },
      'messages.1.content.0.thinking.signature: Field required',
    ],
    [
      'Claude: words before a result',
      sonnet45,
      {
        ...claude,
        tools: [tool],
        messages: [user(said('Hi')), assistant(used), user(said('So:'), answered)],
      },
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: one. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
    ],
    [
      'Claude: another version of the API',
      sonnet45,
      { ...claude, messages: [user(said('Hi'))], anthropic_version: '2023-06-01' },
      'Invalid API version: 2023-06-01',
    ],
    [
      'Claude: how many words to choose from, where it decides',
      opus48,
      { ...claude, messages: [user(said('Hi'))], top_k: 5 },
      '`top_k` is deprecated for this model.',
    ],
    [
      'Claude: a cache for two hours',
      sonnet45,
      { ...claude, messages: [user(cached('2h'))] },
      "messages.0.content.0.cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
    ],
    [
      'Claude: a cache where there is none',
      haiku3,
      { ...claude, system: [cached()], messages: [user(said('Hi'))] },
      'system.0.cache_control: Extra inputs are not permitted',
    ],
    [
      'Claude: a picture by its address',
      sonnet45,
      { ...claude, messages: [user(picture({ type: 'url', url: 'https://example.com/a.png' }))] },
      "messages.0.content.0.image.source: Input tag 'url' found using 'type' does not match any of the expected tags: 'base64'",
    ],
    [
      'Claude: a picture that is no base64',
      sonnet45,
      { ...claude, messages: [user(picture({ type: 'base64', media_type: 'image/png', data: '!!!' }))] },
      'messages.0.content.0.image.source.base64: invalid base64 data',
    ],
    [
      'Claude: a picture that is none',
      sonnet45,
      { ...claude, messages: [user(picture({ type: 'base64', media_type: 'image/png', data: 'aGVsbG8=' }))] },
      'Could not process image',
    ],
    [
      'Claude: a picture of a kind that it does not see',
      sonnet45,
      {
        ...claude,
        messages: [user(picture({ type: 'base64', media_type: 'image/tiff', data: 'aGVsbG8=' }))],
      },
      "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    ],
    [
      'Claude: a picture whose source is a text',
      sonnet45,
      { ...claude, messages: [user({ type: 'image', source: 'aGVsbG8=' })] },
      'messages.0.content.0.image.source: Input should be a valid dictionary',
    ],
    [
      'Claude: an id of a call with a space',
      sonnet45,
      {
        ...claude,
        tools: [tool],
        messages: [
          user(said('Hi')),
          assistant({ ...used, id: 'has space!' }),
          user({ ...answered, tool_use_id: 'has space!' }),
        ],
      },
      "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ],
    [
      'Claude: a search result',
      sonnet45,
      {
        ...claude,
        messages: [user({ type: 'search_result', source: 's', title: 't', content: [said('It rains.')] })],
      },
      null,
    ],
    [
      'Claude: a strict tool that is open',
      sonnet45,
      { ...claude, messages: [user(said('Hi'))], tools: [{ ...tool, strict: true }] },
      "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false",
    ],
    [
      'Claude: a beta that there is not',
      sonnet45,
      { ...claude, messages: [user(said('Hi'))], anthropic_beta: ['bogus-2020-01-01'] },
      'invalid beta flag',
    ],
    [
      'Claude: servers of tools',
      sonnet45,
      { ...claude, messages: [user(said('Hi'))], mcp_servers: [] },
      'mcp_servers: Extra inputs are not permitted',
    ],
    [
      'Claude: a cache for all',
      opus48,
      { ...claude, messages: [user(said('Hi'))], cache_control: { type: 'ephemeral' } },
      'cache_control: Extra inputs are not permitted',
    ],
    [
      'Claude: a member that nobody knows, in a message',
      sonnet45,
      { ...claude, messages: [{ ...user(said('Hi')), name: 'me' }] },
      'messages.0.name: Extra inputs are not permitted',
    ],
    [
      'Claude: a tool that is looked for',
      sonnet46,
      { ...claude, messages: [user(said('Hi'))], tools: [tool, { ...tool, name: 'b', defer_loading: true }] },
      'tools.1.custom.defer_loading: Extra inputs are not permitted',
    ],
    [
      'Claude: a tool that is looked for, with its beta',
      sonnet46,
      {
        ...claude,
        messages: [user(said('Hi'))],
        tools: [
          { type: 'tool_search_tool_regex', name: 'tool_search_tool_regex' },
          { ...tool, defer_loading: true },
        ],
        anthropic_beta: ['tool-search-tool-2025-10-19'],
      },
      null,
    ],
    [
      'Claude: a tool whose input is streamed early',
      sonnet45,
      { ...claude, messages: [user(said('Hi'))], tools: [{ ...tool, eager_input_streaming: true }] },
      'tools.0.custom.eager_input_streaming: Extra inputs are not permitted',
    ],
    [
      'Claude: a computer, without its beta',
      sonnet37,
      { ...claude, messages: [user(said('Hi'))], tools: [computer] },
      "tools.0: Input tag 'computer_20250124' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', 'text_editor_20250124'",
    ],
    [
      'Claude: a computer, with its beta',
      sonnet37,
      {
        ...claude,
        messages: [user(said('Hi'))],
        tools: [computer],
        anthropic_beta: ['computer-use-2025-01-24'],
      },
      null,
    ],
    [
      'Claude: a schema for the answer that is open',
      sonnet45,
      {
        ...claude,
        messages: [user(said('Hi'))],
        output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
      },
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    ],
    [
      'Claude: an empty text in what a tool gave',
      sonnet45,
      {
        ...claude,
        tools: [tool],
        messages: [user(said('Hi')), assistant(used), user({ ...answered, content: [said('')] })],
      },
      'messages: text content blocks must be non-empty',
    ],
    [
      'Claude: no text in what a tool gave',
      sonnet45,
      {
        ...claude,
        tools: [tool],
        messages: [user(said('Hi')), assistant(used), user({ ...answered, content: '' })],
      },
      null,
    ],
    [
      'Claude: a turn that lost its thought',
      sonnet45,
      {
        ...claude,
        tools: [tool],
        thinking: { type: 'enabled', budget_tokens: 1_024 },
        messages: [user(said('Hi')), assistant(used), user(answered)],
      },
      lost('tool_use').replace('The model returned the following errors: ', ''),
    ],
  ])('%s', async (_, modelId, body, message) => {
    const { status, text: answer } = await postTo(endpoint.url, modelId, 'invoke', body);
    expect([status, JSON.parse(answer).message ?? null]).toEqual(
      message === null ? [200, null] : [400, message],
    );
  });

  it.each([
    ['a first half', 'caf\\u00e9 \\ud83d', 'no low'],
    ['a first half before another letter', '\\uD83Dx', 'no low'],
    ['a second half', '\\u0041\\ude00', 'invalid high'],
  ])('Claude takes no text with %s of a character', async (_, half, what) => {
    const body = JSON.stringify({ ...claude, messages: [user(said('HERE'))] }).replace('HERE', half);
    const at =
      body.indexOf(half) + (what === 'no low' ? half.search(/\\ud83d/i) + 6 : half.indexOf('\\ude00'));
    const message = `The request body is not valid JSON: ${what} surrogate in string: line 1 column ${at + 1} (char ${at})`;
    const invoked = await postTo(endpoint.url, sonnet45, 'invoke', body);
    expect([invoked.status, JSON.parse(invoked.text).message]).toEqual([400, message]);
    const request = JSON.stringify({ messages: [hello] }).replace('Hello', half);
    const conversed = await postTo(endpoint.url, sonnet45, 'converse', request);
    expect([conversed.status, JSON.parse(conversed.text).message]).toEqual([
      400,
      expect.stringMatching(
        new RegExp(
          `^The model returned the following errors: The request body is not valid JSON: ${what} surrogate`,
        ),
      ),
    ]);
    expect((await postTo(endpoint.url, novaLite, 'converse', request)).status).toBe(200);
  });

  it('Claude takes a whole character that is written in two halves, and a backslash before an u', async () => {
    const body = JSON.stringify({ ...claude, messages: [user(said('HERE'))] }).replace(
      'HERE',
      '\\ud83d\\ude00 \\\\ud83d',
    );
    expect((await postTo(endpoint.url, sonnet45, 'invoke', body)).status).toBe(200);
  });

  it('a block of a kind that there is not is named, with those that there are', async () => {
    const body = { ...claude, messages: [user({ type: 'weird' })] };
    const { status, text: answer } = await postTo(endpoint.url, sonnet45, 'invoke', body);
    expect(status).toBe(400);
    expect(JSON.parse(answer).message).toMatch(
      /^messages\.0\.content\.0: Input tag 'weird' found using 'type' does not match any of the expected tags: '.*'document', 'image', /,
    );
  });
});
