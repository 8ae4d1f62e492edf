import type { Model } from 'bedrock-models';
import { invalid } from '../http/refusal.ts';
import { isObject, type ObjectSchema, type Schema } from '../shapes/body-schema.ts';
import {
  cacheViolation,
  forcedToolViolation,
  noCacheViolation,
  resultsFirstViolation,
  type SeenCachePoint,
  type SeenTurn,
  signatureViolation,
  thoughtSideViolation,
  toolSchemaViolation,
} from './claude-checks.ts';
import { strictViolation } from './claude-format.ts';
import { thinkingViolation } from './claude-thinking.ts';

const text: Schema = { type: 'string' };

/** A content block: `type` says which members it has; the ones that are read are checked, the rest let through. */
const block: Schema = {
  type: 'object',
  required: ['type'],
  properties: {
    type: text,
    text,
    thinking: text,
    id: text,
    name: text,
    input: { type: 'any' },
    tool_use_id: text,
    is_error: { type: 'boolean' },
    signature: text,
    cache_control: { type: 'any' },
    // Of a search result it is a text.
    source: {
      type: 'either',
      text,
      list: { type: 'object', properties: { type: text, data: text, media_type: text }, open: true },
    },
    // Anthropic's own types have both as null where there is nothing.
    title: { type: 'any' },
    context: { type: 'any' },
  },
  open: true,
};

const content: Schema = { type: 'either', text, list: { type: 'array', items: block } };

const tool: Schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: text,
    description: text,
    type: text,
    input_schema: { type: 'any' },
    cache_control: { type: 'any' },
  },
  open: true,
};

export const schema: ObjectSchema = {
  type: 'object',
  required: ['max_tokens', 'anthropic_version', 'messages'],
  properties: {
    anthropic_version: text,
    anthropic_beta: { type: 'array', items: text },
    max_tokens: { type: 'integer', minimum: 1 },
    messages: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['role', 'content'],
        properties: { role: { type: 'string', enum: ['user', 'assistant'] }, content },
      },
    },
    system: content,
    stop_sequences: { type: 'array', items: text },
    temperature: { type: 'number' },
    top_p: { type: 'number' },
    top_k: { type: 'integer' },
    tools: { type: 'array', items: tool },
    tool_choice: { type: 'object', required: ['type'], properties: { type: text, name: text }, open: true },
    thinking: { type: 'any' },
    output_config: { type: 'any' },
    context_management: { type: 'any' },
    safeguards: { type: 'any' },
    metadata: { type: 'any' },
  },
};

export type Content = string | readonly ContentBlock[];

/** Where a prompt's cache ends; not checked. */
type CacheControl = { readonly ttl?: unknown } | null;

/** A content block as the schema leaves it: only `type` is sure to be there. */
export interface ContentBlock {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  readonly cache_control?: CacheControl;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly is_error?: boolean;
  /** Of a tool's result or a search result; checked where it is read. */
  readonly content?: unknown;
  readonly source?: string | Source;
  readonly title?: unknown;
  readonly context?: unknown;
  readonly citations?: unknown;
}

/** Where a picture or a document comes from. `content`: of a document in parts; checked where it is read. */
export interface Source {
  readonly type?: string;
  readonly data?: string;
  readonly media_type?: string;
  readonly content?: unknown;
}

/** Its name, where it has one. */
export function titleOf({ title }: ContentBlock): string | undefined {
  return typeof title === 'string' ? title : undefined;
}

export function sourceOf({ source }: ContentBlock): Source {
  return isObject(source) ? source : {};
}

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: Content;
}

interface ClaudeTool {
  readonly name: string;
  readonly description?: string;
  readonly type?: string;
  readonly input_schema?: unknown;
  readonly strict?: unknown;
  readonly cache_control?: CacheControl;
}

/** A body that the schema has nothing against. */
export interface Body {
  readonly anthropic_version: string;
  readonly max_tokens: number;
  readonly messages: readonly Message[];
  readonly system?: Content;
  readonly stop_sequences?: readonly string[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly tools?: readonly ClaudeTool[];
  readonly tool_choice?: { readonly type: string; readonly name?: string };
  readonly output_config?: unknown;
  readonly thinking?: unknown;
  readonly anthropic_beta?: unknown;
  readonly context_management?: unknown;
  readonly safeguards?: unknown;
}

export function blocksOf(content: Content): readonly ContentBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** What Claude refuses of a body whose form and tools are right. Throws a `Refusal`. */
export function checkForClaude(body: Body, model: Model): void {
  const turns = body.messages.map(
    ({ role, content }): SeenTurn => ({
      role,
      blocks: blocksOf(content).map(({ type, id, signature }) => ({ type, id, signature })),
    }),
  );
  const points = cachePointsOf(body);
  const forcesTool = ['any', 'tool'].includes(body.tool_choice?.type ?? 'auto');
  const wrong =
    forcedToolViolation(forcesTool, model) ??
    noCacheViolation(points, model) ??
    cacheViolation(points, model) ??
    thoughtSideViolation(turns) ??
    signatureViolation(turns) ??
    thinkingViolation(
      { thinking: body.thinking, anthropic_beta: body.anthropic_beta },
      {
        temperature: body.temperature,
        topP: body.top_p,
        topK: body.top_k,
        maxTokens: body.max_tokens,
        forcesTool,
        turns,
      },
      model,
    ) ??
    resultsFirstViolation(turns);
  if (wrong !== undefined) throw invalid(wrong);
}

/** In the order in which Claude reads them. */
function cachePointsOf({ tools = [], system = [], messages }: Body): SeenCachePoint[] {
  const pointsIn = (
    parts: readonly { readonly cache_control?: CacheControl }[],
    pathTo: (index: number) => string,
  ) =>
    parts.flatMap(({ cache_control: control }, index): SeenCachePoint[] =>
      isObject(control) ? [{ path: pathTo(index), ttl: control.ttl }] : [],
    );
  return [
    ...pointsIn(tools, (index) => `tools.${index}.custom`),
    ...pointsIn(blocksOf(system), (index) => `system.${index}`),
    ...messages.flatMap(({ content }, turn) =>
      pointsIn(blocksOf(content), (index) => `messages.${turn}.content.${index}`),
    ),
  ];
}

/** Claude's rules of tools, in the words of its validator as users report them; none is from a recording. */
export function checkTools({ tools = [], tool_choice: choice, messages }: Body, model: Model): void {
  const names = new Set<string>();
  tools.forEach(({ name, type = 'custom', input_schema: inputSchema, strict }, index) => {
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      throw invalid(`tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (names.has(name)) throw invalid('tools: Tool names must be unique.');
    names.add(name);
    if (type !== 'custom') return;
    checkSchema(inputSchema, index);
    const wrong = strictViolation({ strict, schema: inputSchema }, index, model);
    if (wrong !== undefined) throw invalid(wrong);
  });
  if (choice !== undefined) checkChoice(choice, names);
  checkBlocks(messages);
  checkPairs(messages);
  // Claude 3 asks for tools in every request of a conversation that has called one.
  const usesTools = messages.some(({ content }) => blocksOf(content).some(isToolBlock));
  if (usesTools && tools.length === 0 && model.id.startsWith('anthropic.claude-3-')) {
    throw invalid('Requests which include `tool_use` or `tool_result` blocks must define tools.');
  }
}

function checkSchema(inputSchema: unknown, index: number): void {
  const path = `tools.${index}.custom.input_schema`;
  if (inputSchema === undefined) throw invalid(`${path}: Field required`);
  if (!isObject(inputSchema)) throw invalid(`${path}: Input should be a valid dictionary`);
  if (!Object.hasOwn(inputSchema, 'type')) throw invalid(`${path}.type: Field required`);
  if (inputSchema.type !== 'object') throw invalid(`${path}.type: Input should be 'object'`);
  const wrong = toolSchemaViolation(inputSchema, index);
  if (wrong !== undefined) throw invalid(wrong);
}

function checkChoice({ type, name }: NonNullable<Body['tool_choice']>, names: ReadonlySet<string>): void {
  if (!['auto', 'any', 'tool', 'none'].includes(type)) {
    throw invalid(
      `tool_choice: Input tag '${type}' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'`,
    );
  }
  if (names.size === 0 && type !== 'none') {
    throw invalid('tool_choice: tool_choice may only be specified while providing tools.');
  }
  if (type !== 'tool') return;
  if (name === undefined) throw invalid('tool_choice.tool.name: Field required');
  if (!names.has(name)) throw invalid(`tool_choice: Tool '${name}' not found in provided tools`);
}

function isToolBlock({ type }: ContentBlock): boolean {
  return type === 'tool_use' || type === 'tool_result';
}

function checkBlocks(messages: readonly Message[]): void {
  messages.forEach(({ role, content }, index) => {
    const ids = new Set<string>();
    blocksOf(content).forEach((block, position) => {
      const path = `messages.${index}.content.${position}`;
      if (block.type === 'tool_use') {
        if (role === 'user') {
          throw invalid(`messages.${index}: \`tool_use\` blocks can only be in \`assistant\` messages`);
        }
        for (const key of ['id', 'name', 'input'] as const) {
          if (block[key] === undefined) throw invalid(`${path}.tool_use.${key}: Field required`);
        }
        checkId(block.id, `${path}.tool_use.id`);
        if (!isObject(block.input))
          throw invalid(`${path}.tool_use.input: Input should be a valid dictionary`);
        // Of Anthropic's own API (anthropics/claude-code#20901, January 2026).
        if (block.id !== undefined && ids.has(block.id))
          throw invalid(`${path}: \`tool_use\` ids must be unique`);
        ids.add(block.id ?? '');
      }
      if (block.type !== 'tool_result') return;
      if (role === 'assistant') {
        throw invalid(`messages.${index}: \`tool_result\` blocks can only be in \`user\` messages`);
      }
      if (block.tool_use_id === undefined) throw invalid(`${path}.tool_result.tool_use_id: Field required`);
      checkId(block.tool_use_id, `${path}.tool_result.tool_use_id`);
    });
  });
}

function checkId(id: string | undefined, path: string): void {
  if (id !== undefined && !/^[a-zA-Z0-9_-]+$/.test(id)) {
    throw invalid(`${path}: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  }
}

/** Each call is answered at the beginning of the next turn; each answer has its call in the turn before. */
function checkPairs(messages: readonly Message[]): void {
  messages.forEach((message, index) => {
    const calls = idsOf(messages[index - 1], 'tool_use', 'id');
    const results = idsOf(message, 'tool_result', 'tool_use_id');
    const missing = calls.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `messages.${index}: Did not find ${missing.length} tool_result block(s) at the beginning of this message. Messages following tool_use blocks must begin with a matching number of tool_result blocks.`,
      );
    }
    const orphan = results.find((id) => !calls.includes(id));
    if (orphan === undefined) return;
    const position = blocksOf(message.content).findIndex(({ tool_use_id: id }) => id === orphan);
    throw invalid(
      `messages.${index}.content.${position}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${orphan}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
  });
  const open = idsOf(messages.at(-1), 'tool_use', 'id');
  if (open.length > 0) {
    throw invalid(
      `messages.${messages.length - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    );
  }
}

function idsOf(message: Message | undefined, type: string, key: 'id' | 'tool_use_id'): string[] {
  if (message === undefined || typeof message.content === 'string') return [];
  return message.content.flatMap((block) => (block.type === type ? (block[key] ?? []) : []));
}
