/** A part of a tool call, in a chunk of a stream or in a whole answer. */
export interface CallPart {
  readonly index?: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments: string;
}

/** What one chunk of a stream says, or a whole answer; whatever is missing in it is absent or empty. */
export interface Chunk {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly CallPart[];
  readonly finish?: string;
  /** The stop sequence before which the answer ended, from servers that tell. */
  readonly stopSequence?: string;
  readonly usage?: { readonly input: number; readonly output: number };
  /** What the server says went wrong. */
  readonly error?: string;
}

/** Reads a `chat.completion.chunk` or a `chat.completion`; `undefined` for a value that is neither. Pure. */
export function readChunk(value: unknown): Chunk | undefined {
  const chunk = asRecord(value);
  if (chunk === undefined) return undefined;
  if (chunk.error !== undefined && chunk.error !== null) return { ...nothing, error: errorText(chunk.error) };
  const usage = readUsage(chunk.usage);
  const withUsage = usage === undefined ? {} : { usage };
  if (!Array.isArray(chunk.choices)) return usage === undefined ? undefined : { ...nothing, ...withUsage };
  const choice = asRecord(chunk.choices[0]);
  if (choice === undefined) return { ...nothing, ...withUsage };
  const delta = asRecord(choice.delta) ?? asRecord(choice.message) ?? {};
  return {
    text: contentText(delta.content),
    reasoning: textOr(delta.reasoning_content) || textOr(delta.reasoning),
    calls: Array.isArray(delta.tool_calls) ? delta.tool_calls.flatMap(readCall) : [],
    ...(typeof choice.finish_reason === 'string' ? { finish: choice.finish_reason } : {}),
    ...(typeof choice.stop_reason === 'string' ? { stopSequence: choice.stop_reason } : {}),
    ...withUsage,
  };
}

const nothing: Chunk = { text: '', reasoning: '', calls: [] };

/** Content is text, or parts of which some are text. */
function contentText(content: unknown): string {
  if (!Array.isArray(content)) return textOr(content);
  return content.map((part) => textOr(asRecord(part)?.text)).join('');
}

function readCall(value: unknown): CallPart[] {
  const call = asRecord(value);
  const called = asRecord(call?.function);
  if (call === undefined || called === undefined) return [];
  const given = called.arguments;
  return [
    {
      ...(typeof call.index === 'number' ? { index: call.index } : {}),
      ...(typeof call.id === 'string' && call.id !== '' ? { id: call.id } : {}),
      ...(typeof called.name === 'string' && called.name !== '' ? { name: called.name } : {}),
      arguments: typeof given === 'object' && given !== null ? JSON.stringify(given) : textOr(given),
    },
  ];
}

function readUsage(value: unknown): Chunk['usage'] {
  const usage = asRecord(value);
  const { prompt_tokens: input, completion_tokens: output } = usage ?? {};
  return isCount(input) && isCount(output) && input > 0 ? { input, output } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function errorText(error: unknown): string {
  const message = asRecord(error)?.message;
  return typeof message === 'string' ? message : typeof error === 'string' ? error : JSON.stringify(error);
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
