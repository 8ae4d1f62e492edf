import { Refusal } from '../http/refusal.ts';
import { isObject } from '../shapes/body-schema.ts';

/** A body of Chat Completions whose messages and tools have their form. */
export interface ChatFields {
  readonly messages: readonly {
    readonly role: string;
    readonly tool_calls?: readonly { readonly id: string }[] | null;
    readonly tool_call_id?: string | null;
  }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[] | null;
  readonly tool_choice?: unknown;
  readonly response_format?: unknown;
}

/**
 * Refuses what OpenAI's reference of Create chat completion rules out between members. Of AWS none of the texts was seen; those
 * about calls and results are OpenAI's as users quote them, the others are our own.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function checkChat(fields: ChatFields): void {
  checkToolMessages(fields);
  checkToolChoice(fields);
  checkResponseFormat(fields);
}

function wrong(param: string, message: string): Refusal {
  return new Refusal('ValidationException', message, { members: { param } });
}

/** Each call is answered right behind it, and nothing is answered that was not called. */
function checkToolMessages({ messages }: ChatFields): void {
  let waiting = new Set<string>();
  let calledAt = 0;
  const checkAnswered = () => {
    if (waiting.size === 0) return;
    throw wrong(
      `messages.[${calledAt}].role`,
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...waiting].join(', ')}`,
    );
  };
  for (const [index, { role, tool_calls: calls, tool_call_id: id }] of messages.entries()) {
    if (role === 'tool') {
      if (waiting.delete(id ?? '')) continue;
      throw wrong(
        `messages.[${index}].role`,
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      );
    }
    checkAnswered();
    waiting = new Set((calls ?? []).map((call) => call.id));
    calledAt = index;
  }
  checkAnswered();
}

const choices = ['none', 'auto', 'required'];

function checkToolChoice({ tools, tool_choice: choice }: ChatFields): void {
  if (choice === undefined || choice === null) return;
  const names = (tools ?? []).map((tool) => tool.function.name);
  if (typeof choice === 'string') {
    if (!choices.includes(choice)) {
      throw wrong('tool_choice', `Invalid value: '${choice}'. Supported values are: ${listed(choices)}.`);
    }
    if (choice === 'required' && names.length === 0) {
      throw wrong('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
    }
    return;
  }
  // A choice among allowed tools has members of its own, which are passed over here.
  if (isObject(choice) && choice.type === 'allowed_tools') return;
  const named = isObject(choice) && choice.type === 'function' && isObject(choice.function);
  const name = named && isObject(choice.function) ? choice.function.name : undefined;
  if (typeof name !== 'string') {
    throw wrong('tool_choice', "Invalid type for 'tool_choice': expected a function with its name.");
  }
  if (!names.includes(name)) {
    throw wrong('tool_choice', `Tool choice '${name}' not found in 'tools' parameter.`);
  }
}

const formats = ['text', 'json_object', 'json_schema'];

function checkResponseFormat({ response_format: format }: ChatFields): void {
  if (format === undefined || format === null) return;
  const type = isObject(format) ? format.type : undefined;
  if (!isObject(format) || typeof type !== 'string' || !formats.includes(type)) {
    throw wrong(
      'response_format.type',
      `Invalid value: '${String(type ?? format)}'. Supported values are: ${listed(formats)}.`,
    );
  }
  if (type !== 'json_schema') return;
  const { json_schema: named } = format;
  const missing = !isObject(named)
    ? 'response_format.json_schema'
    : typeof named.name !== 'string'
      ? 'response_format.json_schema.name'
      : !isObject(named.schema)
        ? 'response_format.json_schema.schema'
        : undefined;
  if (missing !== undefined) throw wrong(missing, `Missing required parameter: '${missing}'.`);
}

function listed(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}
