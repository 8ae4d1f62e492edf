import type { ModelFamily } from 'bedrock-models';
import { invalid } from '../http/refusal.ts';
import { isObject } from '../shapes/body-schema.ts';
import type { Message, ToolConfig } from './request.ts';
import type { Rule } from './rules.ts';

/** Families that cannot be made to call one certain tool, or any, as users report. */
const refusedChoices: Readonly<Record<'tool' | 'any', readonly ModelFamily[]>> = {
  tool: ['llama', 'mistral-text', 'mistral-chat', 'jamba', 'gpt-oss'],
  any: ['llama'],
};

/** Tools have names of their own and schemas of objects; a tool that must be called is one of them. */
export const tools: Rule = ({ toolConfig }, model) => {
  if (toolConfig === undefined) return;
  const names = new Set<string>();
  toolConfig.tools.forEach(({ toolSpec, systemTool }, index) => {
    const name = toolSpec?.name ?? systemTool?.name;
    if (name !== undefined) {
      if (names.has(name)) throw invalid(`The tool ${name} is already defined at toolConfig.tools.${index}.`);
      names.add(name);
    }
    if (toolSpec === undefined) return;
    const path = `toolConfig.tools.${index}.toolSpec.inputSchema.json`;
    const schema = toolSpec.inputSchema.json;
    checkObject(schema, path);
    if (isObject(schema) && schema.type !== 'object') {
      throw invalid(`The value at ${path}.type must be one of the following: object.`);
    }
  });
  if (toolConfig.toolChoice !== undefined) checkChoice(toolConfig.toolChoice, names, model.family);
};

function checkChoice(
  choice: NonNullable<ToolConfig['toolChoice']>,
  names: ReadonlySet<string>,
  family: ModelFamily,
): void {
  for (const kind of ['tool', 'any'] as const) {
    if (choice[kind] === undefined || !refusedChoices[kind].includes(family)) continue;
    const field = `toolConfig.toolChoice.${kind}`;
    throw invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
  }
  const chosen = choice.tool?.name;
  if (chosen !== undefined && !names.has(chosen)) {
    // Not backed by a recording.
    throw invalid(
      `The tool ${chosen} at toolConfig.toolChoice.tool.name is not defined in toolConfig.tools. Define the tool or choose another, and try again.`,
    );
  }
}

/** Every tool call has its result in the next turn, every result its call in the turn before, and both are objects. */
export const toolTurns: Rule = ({ messages: all = [], toolConfig }, model) => {
  const messages = withoutServerTools(all);
  const usesTools = messages.some(({ content }) =>
    content.some(({ toolUse, toolResult }) => toolUse !== undefined || toolResult !== undefined),
  );
  if (!usesTools) return;
  if (toolConfig === undefined) {
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
  messages.forEach((message, index) => {
    checkSides(message, index);
    checkValues(message, index);
    if (model.id.startsWith('amazon.nova-2-')) checkDocumentsInS3(message, index);
    if (model.refuses?.includes('text-beside-tool-result')) checkMixture(message, index);
  });
  messages.forEach((message, index) => {
    checkUnique(message, index);
    checkPairs(message, messages[index + 1], index + 1);
    const calls = toolUseIds(messages[index - 1]);
    if (toolResultIds(message).length > calls.length) {
      throw invalid(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
  });
};

/**
 * The messages without the calls of tools that run at AWS, whose results stand in the same turn. Recorded of Nova 2 in
 * 2026 (pydantic-ai, test_bedrock_model_with_code_execution_tool).
 */
function withoutServerTools(messages: readonly Message[]): readonly Message[] {
  return messages.map((message) => {
    const served = message.content.flatMap(({ toolUse }) =>
      toolUse?.type === 'server_tool_use' ? [toolUse.toolUseId] : [],
    );
    if (served.length === 0) return message;
    const isServed = ({ toolUse, toolResult }: Message['content'][number]) =>
      served.includes(toolUse?.toolUseId ?? toolResult?.toolUseId ?? '');
    return { ...message, content: message.content.filter((block) => !isServed(block)) };
  });
}

/** The assistant calls, the user answers. Words of the model's own validator. */
function checkSides({ role, content }: Message, index: number): void {
  for (const { toolUse, toolResult } of content) {
    if (toolUse !== undefined && role === 'user') {
      throw relayed(`messages.${index}: \`tool_use\` blocks can only be in \`assistant\` messages`);
    }
    if (toolResult !== undefined && role === 'assistant') {
      throw relayed(`messages.${index}: \`tool_result\` blocks can only be in \`user\` messages`);
    }
  }
}

function checkValues({ content }: Message, index: number): void {
  content.forEach(({ toolUse, toolResult }, position) => {
    const path = `messages.${index}.content.${position}`;
    if (toolUse !== undefined) checkObject(toolUse.input, `${path}.toolUse.input`);
    if (toolResult === undefined) return;
    if (toolResult.status === 'error' && toolResult.content.length === 0) {
      throw invalid(`The content field at ${path}.toolResult cannot be empty when status value is error.`);
    }
    toolResult.content.forEach((part, place) => {
      if ('json' in part) checkObject(part.json, `${path}.toolResult.content.${place}.json`);
    });
  });
}

/** Nova 2 takes a picture from S3 in a tool's result, and no document. Recorded in 2026 (pydantic-ai, tool return matrix). */
function checkDocumentsInS3({ content }: Message, index: number): void {
  const position = content.findIndex(({ toolResult }) =>
    toolResult?.content.some(({ document }) => document?.source.s3Location !== undefined),
  );
  if (position < 0) return;
  throw relayed(
    `Malformed input request: #/messages/${index}/content/${position}: extraneous key [toolResult] is not permitted, please reformat your input and try again.`,
  );
}

/** Documents of the API are objects here, and none has a member `__type`, at any depth: the service reserves it. */
function checkObject(value: unknown, path: string): void {
  if (!isObject(value) || hasReservedMember(value)) {
    throw invalid(
      `The format of the value at ${path} is invalid. Provide a json object for the field and try again.`,
    );
  }
}

function hasReservedMember(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasReservedMember);
  return isObject(value) && (Object.hasOwn(value, '__type') || Object.values(value).some(hasReservedMember));
}

/** Some families take a turn of words or a turn of tools, not both in one. */
function checkMixture({ content }: Message, index: number): void {
  const hasWords = content.some(
    ({ text, image, document, video, guardContent }) =>
      (text ?? image ?? document ?? video ?? guardContent) !== undefined,
  );
  if (!hasWords) return;
  for (const [kind, isThere] of [
    ['tool result', content.some(({ toolResult }) => toolResult !== undefined)],
    ['tool use', content.some(({ toolUse }) => toolUse !== undefined)],
  ] as const) {
    if (isThere) {
      throw invalid(
        `messages.${index}.content: Conversation blocks and ${kind} blocks cannot be provided in the same turn.`,
      );
    }
  }
}

/** In the service's words (bvcyber/Cyber-AutoAgent-ng#72 of Claude Sonnet 4.5, January 2026). */
function checkUnique(message: Message, index: number): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const id of toolUseIds(message)) (seen.has(id) ? twice : seen).add(id);
  if (twice.size > 0) {
    throw invalid(
      `The toolUse blocks at messages.${index}.content contain duplicate Ids: ${[...twice].join(', ')}`,
    );
  }
}

function checkPairs(message: Message, next: Message | undefined, nextIndex: number): void {
  const answered = new Set(toolResultIds(next));
  const missing = toolUseIds(message).filter((id) => !answered.has(id));
  if (missing.length > 0) {
    throw invalid(
      `Expected toolResult blocks at messages.${nextIndex}.content for the following Ids: ${missing.join(', ')}`,
    );
  }
}

function toolUseIds(message: Message | undefined): string[] {
  return (message?.content ?? []).flatMap(({ toolUse }) =>
    toolUse === undefined ? [] : [toolUse.toolUseId],
  );
}

function toolResultIds(message: Message | undefined): string[] {
  return (message?.content ?? []).flatMap(({ toolResult }) =>
    toolResult === undefined ? [] : [toolResult.toolUseId],
  );
}

/** What the model's own validator says, as Converse passes it on. */
function relayed(message: string) {
  return invalid(`The model returned the following errors: ${message}`);
}
