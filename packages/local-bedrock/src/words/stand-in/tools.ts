import { createHash } from 'node:crypto';
import { parsed } from '../../shapes/json-schema.ts';
import { completed } from './json/fill.ts';
import { spokenName } from './json/strings.ts';
import { bestTool, callKey, fillInput, planCalls, type ToolCall } from './plan-calls.ts';
import { type AnswerBlock, type Question, saidBy, type ToolRun } from './question.ts';
import { findAnswers } from './reading.ts';
import { contentWords, listed, sentencesOf, shortened } from './words.ts';

/** After this many calls in one turn the answer is given from what is there. */
const mostRuns = 24;
const follows = /^(?:and|what about|how about|also|ok(?:ay)?,? and|then)\b/i;

/**
 * The use of tools: which one fits is told by its name and description, its input is filled by its schema from the
 * conversation, and several are called at once where several are asked for. What a required parameter lacks is asked
 * for. Results are answered with their values; a call is never made twice in a turn, so no loop is endless. A capable
 * model says what it is about to do before it calls.
 */
export function tools(question: Question): string | readonly AnswerBlock[] | undefined {
  const { tools: offered, toolChoice, toolRuns, prompt } = question;
  const isForced = toolChoice !== 'auto' && offered.length > 0 && toolRuns.length === 0;
  if (isForced) return [callBlock(forcedCall(question), question, 0)];
  const made = new Set(toolRuns.map(({ name, input }) => callKey(name, input)));
  const planned = toolRuns.length >= mostRuns || offered.length === 0 ? [] : plan(question);
  const open = planned.filter(({ tool, input }) => !made.has(callKey(tool.name, input)));
  // A tool that was used in this turn is not used again: its other inputs were planned at once.
  const isNew = ({ tool }: ToolCall) => toolRuns.every(({ name }) => name !== tool.name);
  const ready = open.filter((call) => call.missing.length === 0 && isNew(call));
  if (ready.length > 0) return callBlocks(ready, question);
  const lines = toolRuns.flatMap((run) => (run.result ? [lineFor(run, run.result, prompt)] : []));
  if (lines.length > 0) return [...new Set(lines)].join('\n');
  const [first] = open;
  if (first === undefined) return undefined;
  return `To use ${first.tool.name} I need to know the ${listed(first.missing.map(spokenName))}. Please tell me.`;
}

/** What the prompt asks for; for `and in Tokyo?` together with the question before it. */
function plan({ tools: offered, prompt, earlier, toolRuns, seed }: Question): ToolCall[] {
  const before = saidBy('user', earlier).reverse();
  const results = toolRuns.flatMap(({ result }) =>
    result === undefined || result.isError ? [] : [result.text.slice(0, mostRead)],
  );
  const context = [...results, ...before.slice(0, 4)];
  const own = planCalls(offered, prompt, context, seed());
  if (own.length > 0 || prompt.length > 160) return own;
  const [last = ''] = before;
  const isAnswer =
    earlier.at(-1)?.role === 'assistant' && /^To use \S+ I need/.test(earlier.at(-1)?.text ?? '');
  if (!follows.test(prompt) && !isAnswer) return own;
  const tool = bestTool(offered, last);
  return tool === undefined ? own : planCalls([tool], `${spokenName(tool.name)} ${prompt}`, context, seed());
}

function forcedCall({ tools: offered, toolChoice, prompt, earlier, seed }: Question): ToolCall {
  const named =
    typeof toolChoice === 'object' ? offered.find(({ name }) => name === toolChoice.name) : undefined;
  const tool = named ?? bestTool(offered, prompt) ?? offered[0] ?? { name: '', description: '', schema: {} };
  const before = saidBy('user', earlier).reverse();
  return fillInput(tool, [prompt, ...before.slice(0, 4)], seed());
}

function callBlocks(calls: readonly ToolCall[], question: Question): AnswerBlock[] {
  const names = [...new Set(calls.map(({ tool }) => tool.name))];
  const text = `I will use ${listed(names)} for that.`;
  const uses = calls.map((call, index) => callBlock(call, question, index));
  return question.strength === 'capable' && !question.isSilent ? [{ type: 'text', text }, ...uses] : uses;
}

function callBlock(call: ToolCall, question: Question, index: number): AnswerBlock {
  const { name } = call.tool;
  const input = completed(call.tool.schema, call.input);
  return { type: 'toolUse', id: toolUseId(name, question, index), name, input };
}

/** `tooluse_` and 22 characters, the same for the same request and never twice in a conversation. */
function toolUseId(name: string, { seed, earlier, toolRuns }: Question, index: number): string {
  const key = `${seed()} ${earlier.length} ${toolRuns.length} ${index} ${name}`;
  return `tooluse_${createHash('sha256').update(key).digest('base64url').slice(0, 22)}`;
}

const mostValues = 12;
/** A result in words that is longer than this is read for the answer. In characters. */
const longText = 300;
/** Of a result in words so much is read, in characters, and of an object so many members. */
const mostRead = 8_000;
const mostLeaves = 500;

/** A line that gives the values of a tool's result, or says that the tool failed. Pure. */
function lineFor(
  { name, input }: ToolRun,
  { text, isError }: NonNullable<ToolRun['result']>,
  prompt: string,
): string {
  const subject = subjectOf(input);
  const aim = subject === '' ? '' : ` for ${subject}`;
  const isEmpty = text.trim() === '';
  if (isError)
    return sentence(`${name} did not work${aim}: ${isEmpty ? 'it gave no reason' : shortened(text, 800)}`);
  if (isEmpty) return `${name} gave no result${aim}.`;
  const value = parsed(text);
  if (value === undefined) {
    const isNamed = text.toLowerCase().includes(subject.toLowerCase());
    return sentence((isNamed ? '' : `${subject}: `) + shortened(fromText(text, prompt), 800));
  }
  const pairs = leaves(value, '');
  const wanted = new Set(contentWords(prompt));
  const asked = pairs.filter(({ path }) => contentWords(path).some((word) => wanted.has(word)));
  const rest = pairs.filter(({ value: one }) => one !== subject);
  const chosen = asked.length > 0 && asked.length < pairs.length ? asked : rest.length > 0 ? rest : pairs;
  const words = chosen.slice(0, mostValues).map(({ path, value: one }) => `${path} ${one}`.trim());
  const more = chosen.length > mostValues ? ` and ${chosen.length - mostValues} more values` : '';
  const start = subject === '' ? name : subject.charAt(0).toUpperCase() + subject.slice(1);
  return sentence(`${start}: ${words.join(', ')}${more}`);
}

/** The words of the call's input, to say what the result is about. */
function subjectOf(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  const words = Object.values(input).filter((value) => /^(?:string|number)$/.test(typeof value));
  return words.slice(0, 3).join(', ').slice(0, 120);
}

/** A long text is read for the sentences that answer; where none does, its beginning stands for it. */
function fromText(text: string, prompt: string): string {
  if (text.length <= longText) return text;
  const read = text.slice(0, mostRead);
  const found = findAnswers([{ text: read }], prompt).map(({ sentence: one }) => one);
  return (found.length > 0 ? found : sentencesOf(read).slice(0, 2)).join(' ');
}

/** The values of a JSON value with their names, outermost first. */
function leaves(value: unknown, path: string, depth = 0): { path: string; value: string }[] {
  if (value === null || value === undefined || depth > 6) return [];
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== 'object'))
      return value.length === 0 ? [] : [{ path, value: value.join(', ') }];
    return value.slice(0, 50).flatMap((one, index) => leaves(one, `${path} ${index + 1}`.trim(), depth + 1));
  }
  if (typeof value !== 'object') return [{ path, value: String(value) }];
  const members = value as Readonly<Record<string, unknown>>;
  return Object.keys(members)
    .slice(0, mostLeaves)
    .flatMap((name) => leaves(members[name], `${path} ${spokenName(name)}`.trim(), depth + 1));
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
