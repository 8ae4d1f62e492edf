import type { Engine, Generated } from './engine.ts';
import { jsonGrammar } from './json-grammar.ts';
import { callFormOf, type Message, promptOf, type ToolOnOffer } from './prompt.ts';

/** The body of `POST /v1/chat/completions`, as far as it is read. */
export interface ChatBody {
  readonly messages: readonly Message[];
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly ToolOnOffer[];
  readonly tool_choice?: 'auto' | 'none' | 'required' | { readonly function: { readonly name: string } };
  readonly response_format?: { readonly json_schema?: { readonly schema: unknown } };
  readonly chat_template_kwargs?: { readonly enable_thinking?: boolean };
}

/** A piece of an answer, as the API streams it. */
export interface ChatDelta {
  readonly content?: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly [
    { readonly index: number; readonly id?: string; readonly function: { name?: string; arguments: string } },
  ];
}

export interface ChatEnd {
  readonly finish: 'stop' | 'length' | 'tool_calls';
  readonly stopSequence?: string;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

/** Calls that one answer may hold. */
const mostCalls = 4;
/** Tokens in which a model must begin another call after its last one. */
const tokensToAnotherCall = 8;

/** The prompt of a body as text. Throws what the template raises. */
export function chatPrompt(engine: Engine, body: ChatBody): string {
  const { messages, tool_choice: choice, tools = [] } = body;
  const thinks = body.chat_template_kwargs?.enable_thinking ?? false;
  return promptOf(engine, { messages, tools: choice === 'none' ? [] : tools, thinks });
}

/**
 * Answers a chat. What it must be (a call of a tool, JSON by a schema) it is by grammar, whatever the model would
 * rather say; a call that the model may make is JSON by the tool's schema too.
 *
 * @throws the signal's reason when it aborts
 */
export async function completeChat(
  engine: Engine,
  body: ChatBody,
  options: {
    readonly temperature?: number;
    readonly signal: AbortSignal;
    readonly onDelta: (delta: ChatDelta) => void;
  },
): Promise<ChatEnd> {
  const { onDelta, signal } = options;
  const { tool_choice: choice = 'auto', tools = [], stop = [] } = body;
  const offered = choice === 'none' ? [] : tools;
  const form = callFormOf(engine.template);
  const prompt = chatPrompt(engine, body);
  const promptTokens = engine.tokenize(prompt, true).length;
  const room = Math.max(0, engine.contextSize - promptTokens);
  const temperature = options.temperature ?? body.temperature ?? 0.7;
  let left = Math.min(body.max_tokens ?? room, room);
  let written = prompt;
  let used = 0;

  /** Lets the model go on from what is written so far. */
  async function goOn(
    stops: readonly string[],
    onText: (text: string) => void,
    { grammar, limit = left }: { readonly grammar?: string; readonly limit?: number } = {},
  ): Promise<Generated['ended']> {
    if (left < 1) return 'at-the-limit';
    const { ended, tokens } = await engine.generate(engine.tokenize(written, true), {
      maxTokens: Math.min(limit, left),
      temperature,
      stop: stops,
      ...(grammar !== undefined && { grammar }),
      signal,
      onText: (text) => {
        written += text;
        onText(text);
      },
    });
    spend(tokens);
    return ended;
  }

  function spend(tokens: number): void {
    const spent = Math.min(tokens, left);
    used += spent;
    left -= spent;
  }

  const end = (ended: Generated['ended'], calls = 0): ChatEnd => ({
    finish: ended === 'at-the-limit' ? 'length' : calls > 0 ? 'tool_calls' : 'stop',
    ...(typeof ended === 'object' && calls === 0 && { stopSequence: ended.stop }),
    usage: { prompt_tokens: promptTokens, completion_tokens: used },
  });

  /** One call: its name, if there is a choice, and its input, both by grammar. */
  async function call(index: number, among: readonly ToolOnOffer[]): Promise<Generated['ended']> {
    const { beforeArguments, close } = form;
    // What is written for the model, because it has no choice, is part of its answer too.
    spend(engine.tokenize(form.open + beforeArguments + close).length);
    const name = await nameOf(among.map((tool) => tool.function.name));
    onDelta({ tool_calls: [{ index, id: `call_${index}`, function: { name, arguments: '' } }] });
    const schema = among.find((tool) => tool.function.name === name)?.function.parameters;
    written += beforeArguments;
    return goOn([], (json) => onDelta({ tool_calls: [{ index, function: { arguments: json } }] }), {
      grammar: jsonGrammar(schema),
    });
  }

  async function nameOf(names: readonly string[]): Promise<string> {
    let name = '';
    if (names.length > 1) {
      const grammar = `root ::= ${names.map((one) => JSON.stringify(one)).join(' | ')}`;
      await goOn([], (text) => (name += text), { grammar });
    }
    // The limit may have come in the middle of the name.
    const whole = names.find((one) => one.startsWith(name)) ?? '';
    written += whole.slice(name.length);
    return whole;
  }

  if (choice === 'required' || typeof choice === 'object') {
    const isMeant = ({ function: { name } }: ToolOnOffer) =>
      typeof choice !== 'object' || name === choice.function.name;
    written += form.open;
    return end(await call(0, offered.filter(isMeant)), 1);
  }

  const schema = body.response_format?.json_schema?.schema;
  const ended = schema === undefined ? await speak() : await speakJson(schema);
  return opensCall(ended) ? callsFrom() : end(ended);

  /** Thoughts, where there are some, then words, up to a stop sequence or a call. */
  async function speak(): Promise<Generated['ended']> {
    const thinks =
      body.chat_template_kwargs?.enable_thinking === true && engine.template?.includes('</think>');
    if (thinks && !isThinking(written)) written += '<think>\n';
    if (!isThinking(written)) return words();
    const thought = await goOn(['</think>'], (text) => onDelta({ reasoning_content: text }));
    if (!isStop(thought, '</think>')) return thought;
    written += '</think>\n\n';
    return words();
  }

  function words(): Promise<Generated['ended']> {
    let isBegun = false;
    return goOn(offered.length === 0 ? stop : [...stop, form.opener], (text) => {
      const content = isBegun ? text : text.trimStart();
      if (content === '') return;
      isBegun = true;
      onDelta({ content });
    });
  }

  /** JSON by the schema, or the opening of a call where there are tools. */
  async function speakJson(schema: unknown): Promise<Generated['ended']> {
    const mayCall = offered.length > 0 && !form.opener.startsWith('{');
    let isCall = false;
    const ended = await goOn(
      [],
      (text) => {
        isCall ||= mayCall && text.trimStart().startsWith('<');
        if (!isCall) onDelta({ content: text });
      },
      { grammar: jsonGrammar(schema, mayCall ? form.opener : undefined) },
    );
    if (!isCall) return ended;
    written = written.slice(0, written.lastIndexOf('<'));
    return { stop: form.opener };
  }

  async function callsFrom(): Promise<ChatEnd> {
    const made = new Set<string>();
    for (;;) {
      written += form.open;
      const start = written.length;
      const ended = await call(made.size, offered);
      const said = written.slice(start);
      const isRepeated = made.has(said);
      made.add(said);
      if (ended === 'at-the-limit' || made.size === mostCalls || isRepeated) return end(ended, made.size);
      written += form.close;
      const next = await goOn([form.opener], () => undefined, { limit: tokensToAnotherCall });
      if (!opensCall(next)) return end('by-itself', made.size);
    }
  }

  function opensCall(ended: Generated['ended']): boolean {
    return offered.length > 0 && isStop(ended, form.opener);
  }
}

function isStop(ended: Generated['ended'], stop: string): boolean {
  return typeof ended === 'object' && ended.stop === stop;
}

/** Whether the prompt ends where the model begins to think. */
function isThinking(prompt: string): boolean {
  return /<think>\s*$/.test(prompt);
}
