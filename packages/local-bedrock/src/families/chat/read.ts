import type { Model } from 'bedrock-models';
import { malformed } from '../../refusal.ts';
import { type ObjectSchema, violations } from '../../schema.ts';
import type { Block, ModelRequest, Turn } from '../family.ts';
import { checkMaxTokens } from '../limits.ts';
import { type ChatBody, type ChatMessage, contentSchema } from './schema.ts';

/** A picture costs this many tokens: an estimate, as for the other families. */
const tokensOfPicture = 1_000;

/** Checks a body by its family's schema and reads it. Throws a `Refusal`. */
export function readChat(body: unknown, model: Model, schema: ObjectSchema): ModelRequest {
  const found = violations(body, schema);
  if (found.length > 0) throw malformed(found);
  const request = body as ChatBody;
  const wrong = request.messages.flatMap(({ content, tool_calls: calls }, index) =>
    content === null || content === undefined
      ? calls === undefined || calls.length === 0
        ? [`#/messages/${index}: required key [content] not found`]
        : []
      : violations(content, contentSchema, `#/messages/${index}/content`),
  );
  if (wrong.length > 0) throw malformed(wrong);
  const maxTokens = request.max_tokens ?? request.max_completion_tokens ?? model.maxOutputTokens;
  checkMaxTokens(maxTokens, model);
  const { stop = [], temperature, tools = [] } = request;
  const choice = toolChoiceOf(request.tool_choice);
  return {
    ...readMessages(request.messages),
    maxTokens,
    stopSequences: typeof stop === 'string' ? [stop] : stop,
    ...(temperature === undefined ? {} : { temperature }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ function: { name, description = '', parameters = {} } }) => ({
            name,
            description,
            schema: parameters,
          })),
        }),
    ...(choice === undefined ? {} : { toolChoice: choice }),
  };
}

function toolChoiceOf(choice: ChatBody['tool_choice']): ModelRequest['toolChoice'] {
  if (typeof choice === 'object') {
    const name = choice.function?.name;
    return name === undefined ? undefined : { name };
  }
  if (choice === 'required' || choice === 'any') return 'any';
  return choice === 'auto' || choice === 'none' ? choice : undefined;
}

/** Messages of the same side that follow each other are one turn; a tool's result is the user's. */
function readMessages(messages: readonly ChatMessage[]): Pick<ModelRequest, 'system' | 'turns'> {
  const system: string[] = [];
  const turns: { role: Turn['role']; blocks: Block[] }[] = [];
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') {
      system.push(textOf(message));
      continue;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocksOf(message));
    else turns.push({ role, blocks: blocksOf(message) });
  }
  return {
    system: system.join('\n'),
    turns: turns.length > 0 ? turns.map(toTurn) : [{ role: 'user', text: '' }],
  };
}

function toTurn({ role, blocks }: { role: Turn['role']; blocks: Block[] }): Turn {
  const text = blocks
    .flatMap((block) => (block.type === 'text' || block.type === 'toolResult' ? [block.text] : []))
    .join('\n');
  return blocks.every(({ type }) => type === 'text') ? { role, text } : { role, text, blocks };
}

function blocksOf(message: ChatMessage): Block[] {
  if (message.role === 'tool') {
    return [{ type: 'toolResult', id: message.tool_call_id ?? '', text: textOf(message), isError: false }];
  }
  const calls = (message.tool_calls ?? []).map(
    ({ id, function: { name, arguments: input } }): Block => ({
      type: 'toolUse',
      id,
      name,
      input: parse(input),
    }),
  );
  const { content } = message;
  const pictures = (Array.isArray(content) ? content : [])
    .filter(({ type }) => type !== 'text')
    .map((): Block => ({ type: 'media', kind: 'image', tokens: tokensOfPicture }));
  const text = textOf(message);
  return [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...pictures, ...calls];
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).flatMap(({ text }) => (text === undefined ? [] : [text])).join('\n');
}

/** Arguments that are no JSON stay a text: the model wrote them, and is asked to live with them. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
