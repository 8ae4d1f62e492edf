import { invalid } from '../../refusal.ts';
import { isObject } from '../../schema.ts';
import type { Message } from '../request.ts';
import type { Rule } from './rule.ts';

/** Every tool call has its result in the next turn, every result its call in the turn before, and both are objects. */
export const toolTurns: Rule = ({ messages = [], toolConfig }, model) => {
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
    if (model.refuses?.includes('text-beside-tool-result')) checkMixture(message, index);
  });
  messages.forEach((message, index) => {
    checkPairs(message, messages[index + 1], index + 1);
    const calls = toolUseIds(messages[index - 1]);
    if (toolResultIds(message).length > calls.length) {
      throw invalid(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
  });
};

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

/** Documents of the API are objects here, and none has a member `__type`, at any depth: the service reserves it. */
export function checkObject(value: unknown, path: string): void {
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
