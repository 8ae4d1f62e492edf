import type { Block, ModelRequest, Turn } from '../../invoke/family.ts';

/** A message of the chat-completions API, as far as it is written here. */
type ChatMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'assistant'; content: string | null; tool_calls?: ChatToolCall[] }
  | { role: 'tool'; tool_call_id: string; content: string };

interface ChatToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** The body of `POST /v1/chat/completions` for a request; streamed, with its usage at the end. Pure. */
export function chatRequest(request: ModelRequest, model: string): Record<string, unknown> {
  const { maxTokens, stopSequences, temperature, tools = [], answerSchema, thinksFirst } = request;
  return {
    model,
    messages: chatMessages(request),
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: maxTokens,
    ...(temperature !== undefined && { temperature }),
    // As llama.cpp, vLLM and our own server take it; those who do not know it pass over it.
    ...(thinksFirst && { chat_template_kwargs: { enable_thinking: true } }),
    ...(stopSequences.length === 0 ? {} : { stop: stopSequences }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, schema }) => ({
            type: 'function',
            function: { name, ...(description === '' ? {} : { description }), parameters: schema },
          })),
          tool_choice: toolChoice(request.toolChoice),
        }),
    ...(answerSchema !== undefined && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', strict: true, schema: answerSchema },
      },
    }),
  };
}

/** The conversation as chat messages. Tool results come before the words of their turn, as the API wants. Pure. */
export function chatMessages({ system, turns }: Pick<ModelRequest, 'system' | 'turns'>): ChatMessage[] {
  const first: ChatMessage[] = system === '' ? [] : [{ role: 'system', content: system }];
  return [...first, ...turns.flatMap(messagesOf)];
}

/** The kinds of content that a request has and the backend is not given, such as `image`; each once. Pure. */
export function leftOut({ turns }: ModelRequest): string[] {
  const kinds = turns.flatMap(({ blocks = [] }) =>
    blocks.flatMap((block) => (block.type === 'media' ? [block.kind] : [])),
  );
  return [...new Set(kinds)];
}

function messagesOf({ role, text, blocks }: Turn): ChatMessage[] {
  if (blocks === undefined) return [{ role, content: text }];
  const words = blocks.flatMap(wordsOf).join('\n');
  if (role === 'assistant') {
    const calls = blocks.flatMap((block) => (block.type === 'toolUse' ? [toolCall(block)] : []));
    if (calls.length === 0) return [{ role, content: words }];
    return [{ role, content: words === '' ? null : words, tool_calls: calls }];
  }
  const results = blocks.flatMap((block): ChatMessage[] =>
    block.type === 'toolResult'
      ? [
          {
            role: 'tool',
            tool_call_id: block.id,
            content: block.isError ? `Error: ${block.text}` : block.text,
          },
        ]
      : [],
  );
  return words === '' && results.length > 0 ? results : [...results, { role, content: words }];
}

/** What the model thought is not said again; what it cannot see is named. */
function wordsOf(block: Block): string[] {
  if (block.type === 'text') return [block.text];
  return block.type === 'media' ? [`[${block.kind}, which cannot be shown here]`] : [];
}

function toolCall({ id, name, input }: Extract<Block, { type: 'toolUse' }>): ChatToolCall {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } };
}

function toolChoice(choice: ModelRequest['toolChoice']): unknown {
  if (choice === undefined || choice === 'auto') return 'auto';
  if (choice === 'any') return 'required';
  return choice === 'none' ? 'none' : { type: 'function', function: { name: choice.name } };
}
