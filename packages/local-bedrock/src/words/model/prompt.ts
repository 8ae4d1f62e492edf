import type { Engine } from './engine.ts';

/** What weights without a template of their own are asked in: ChatML, which most small models know. */
const chatMl = `{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;

/** A message of the chat-completions API. */
export interface Message {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly {
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

export interface ToolOnOffer {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description?: string; readonly parameters: unknown };
}

export interface Conversation {
  readonly messages: readonly Message[];
  readonly tools: readonly ToolOnOffer[];
  /** The model may think before it answers, where it can. */
  readonly thinks: boolean;
}

/** How the model writes a call of a tool: what comes before its name, between name and input, and after it. */
export interface CallForm {
  /** The beginning of `open` by which a call is known from other words. */
  readonly opener: string;
  readonly open: string;
  readonly beforeArguments: string;
  readonly close: string;
}

/** The form of a call by the template's own words; the most common one where it has none. Pure. */
export function callFormOf(template: string | undefined): CallForm {
  const isLlama = template?.includes('"parameters": ') === true && !template.includes('<tool_call>');
  return isLlama
    ? { opener: '{"name":', open: '{"name": "', beforeArguments: '", "parameters": ', close: '}' }
    : {
        opener: '<tool_call>',
        open: '<tool_call>\n{"name": "',
        beforeArguments: '", "arguments": ',
        close: '}\n</tool_call>',
      };
}

/**
 * The prompt for a conversation, as the weights' own template writes it. A last message by the assistant is the
 * beginning of the answer. Names of control tokens inside messages are broken up, so that nobody ends their turn and
 * speaks as the system by writing `<|im_end|>`.
 */
export function promptOf(engine: Engine, { messages, tools, thinks }: Conversation): string {
  const template = engine.template ?? chatMl;
  const knowsTools = /\btools\b/.test(template);
  const begun = messages.at(-1)?.role === 'assistant' ? (messages.at(-1)?.content ?? '') : '';
  const said = (begun === '' ? messages : messages.slice(0, -1)).map((message) => harmless(message, engine));
  const asked = knowsTools ? said.map(withParsedCalls) : withTools(said.map(asWords), tools);
  const values = {
    add_generation_prompt: true,
    bos_token: engine.bosToken,
    eos_token: engine.eosToken,
    enable_thinking: thinks,
    ...(knowsTools && tools.length > 0 && { tools }),
  };
  const render = (some: readonly object[]) => engine.render(template, { ...values, messages: some });
  try {
    return render(asked) + begun;
  } catch (error) {
    // Some templates know no system message, or want turns to alternate: they are told the same in such turns.
    const joined = joinTurns(asked);
    if (JSON.stringify(joined) === JSON.stringify(asked)) throw error;
    return render(joined) + begun;
  }
}

function harmless(message: Message, engine: Engine): Message {
  const content = message.content?.replace(/<[^\s<>]{1,40}>|\[[A-Z_/]{3,20}\]/g, (name) =>
    engine.isControl(name) ? `${name[0]}\u200b${name.slice(1)}` : name,
  );
  return { ...message, content: content ?? null };
}

/** Templates that know tools expect inputs as values. */
function withParsedCalls(message: Message): object {
  if (message.tool_calls === undefined) return { ...message, content: message.content ?? '' };
  const calls = message.tool_calls.map((call) => ({
    ...call,
    function: { name: call.function.name, arguments: parsed(call.function.arguments) },
  }));
  return { ...message, content: message.content ?? '', tool_calls: calls };
}

/** Calls and results in words, for templates that know no tools. */
function asWords({ role, content, tool_calls: calls = [] }: Message): { role: string; content: string } {
  if (role === 'tool')
    return { role: 'user', content: `<tool_response>\n${content ?? ''}\n</tool_response>` };
  const { open, beforeArguments, close } = callFormOf(undefined);
  const called = calls.map(
    ({ function: { name, arguments: input } }) => open + name + beforeArguments + input + close,
  );
  return { role, content: [...(content ? [content] : []), ...called].join('\n') };
}

/** Tools in words, at the end of the system message. */
function withTools(messages: readonly { role: string; content: string }[], tools: readonly ToolOnOffer[]) {
  if (tools.length === 0) return messages;
  const words = `You may call these functions:
${tools.map((tool) => JSON.stringify(tool.function)).join('\n')}
To call one, answer only with its name and arguments as JSON:
<tool_call>
{"name": "...", "arguments": {...}}
</tool_call>`;
  const [first, ...rest] = messages;
  return first?.role === 'system'
    ? [{ ...first, content: `${first.content}\n\n${words}` }, ...rest]
    : [{ role: 'system', content: words }, ...messages];
}

/** Turns that alternate, beginning with the user's, to which the system's words are put. */
function joinTurns(messages: readonly object[]): { role: string; content: string }[] {
  const turns: { role: string; content: string }[] = [];
  for (const { role, content } of messages as readonly { role: string; content: string }[]) {
    const speaker = role === 'assistant' ? role : 'user';
    const last = turns.at(-1);
    if (last?.role === speaker) last.content = `${last.content}\n\n${content}`;
    else turns.push({ role: speaker, content });
  }
  return turns;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
