import type { Model } from 'bedrock-models';
import { invalid } from '../../refusal.ts';
import { isObject } from '../../schema.ts';
import { type Body, blocksOf, type ContentBlock, type Message } from './schema.ts';

/** Claude's rules of tools, in the words of its validator as users report them; none is from a recording. */
export function checkTools({ tools = [], tool_choice: choice, messages }: Body, model: Model): void {
  const names = new Set<string>();
  tools.forEach(({ name, type = 'custom', input_schema: inputSchema }, index) => {
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      throw invalid(`tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (names.has(name)) throw invalid('tools: Tool names must be unique.');
    names.add(name);
    if (type === 'custom') checkSchema(inputSchema, index);
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
    blocksOf(content).forEach((block, position) => {
      const path = `messages.${index}.content.${position}`;
      if (block.type === 'tool_use') {
        if (role === 'user') {
          throw invalid(`messages.${index}: \`tool_use\` blocks can only be in \`assistant\` messages`);
        }
        for (const key of ['id', 'name', 'input'] as const) {
          if (block[key] === undefined) throw invalid(`${path}.tool_use.${key}: Field required`);
        }
        if (!isObject(block.input))
          throw invalid(`${path}.tool_use.input: Input should be a valid dictionary`);
      }
      if (block.type !== 'tool_result') return;
      if (role === 'assistant') {
        throw invalid(`messages.${index}: \`tool_result\` blocks can only be in \`user\` messages`);
      }
      if (block.tool_use_id === undefined) throw invalid(`${path}.tool_result.tool_use_id: Field required`);
    });
  });
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
