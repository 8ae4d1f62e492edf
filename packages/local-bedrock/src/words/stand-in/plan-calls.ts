import type { Tool } from '../../invoke/family.ts';
import { asSchema, parsed } from '../../shapes/json-schema.ts';
import { fill } from './json/fill.ts';
import { spokenName } from './json/strings.ts';
import { cityNames, namesIn } from './places.ts';
import taskWords from './tool-tasks.json' with { type: 'json' };
import { contentWords, wordsOf } from './words.ts';

/** Of a prompt that asks for more, this many calls are made. */
const mostCalls = 12;

const parts = /(?<=[.?!;])\s+|,?\s+(?:and|then|and then|also|as well as)\s+(?=\S)|;\s*/i;
const place = /\b(?:city|town|location|place|where)\b/;

/**
 * The calls a prompt asks for, in its order: one for each part that a tool fits, and one for each place where a tool
 * takes one place and the prompt names several. None when no tool fits. Pure.
 *
 * @param context further texts that may give what the prompt does not: earlier turns, results
 */
export function planCalls(
  tools: readonly Tool[],
  prompt: string,
  context: readonly string[],
  seed: number,
): ToolCall[] {
  const whole = bestTool(tools, prompt);
  if (whole === undefined) return [];
  const clauses = prompt.split(parts, 2 * mostCalls).filter((clause) => clause.trim() !== '');
  const chosen = clauses.map((clause) => ({ clause, tool: bestTool(tools, clause) }));
  const different = new Set(chosen.flatMap(({ tool }) => (tool === undefined ? [] : [tool.name])));
  const tasks = different.size > 1 ? grouped(chosen) : [{ tool: whole, text: prompt }];
  const wanted = tasks.flatMap(({ tool, text }) =>
    placesFor(tool, text).map((own) => ({ tool, texts: [own, ...(text === prompt ? [] : [prompt])] })),
  );
  const calls = wanted
    .slice(0, 2 * mostCalls)
    .map(({ tool, texts }) => fillInput(tool, [...texts, ...context], seed));
  const keys = calls.map(({ tool, input }) => callKey(tool.name, input));
  return calls.filter((_, index) => keys.indexOf(keys[index] ?? '') === index).slice(0, mostCalls);
}

/** A part that no tool fits belongs to the part before it. */
function grouped(
  chosen: readonly { clause: string; tool: Tool | undefined }[],
): { tool: Tool; text: string }[] {
  const tasks: { tool: Tool; text: string }[] = [];
  for (const { clause, tool } of chosen) {
    const last = tasks.at(-1);
    if (tool !== undefined) tasks.push({ tool, text: clause });
    else if (last !== undefined) last.text = `${last.text} and ${clause}`;
  }
  return tasks;
}

/** The text once for each place it names, where the tool takes a single one; else the text as it is. */
function placesFor(tool: Tool, text: string): string[] {
  const properties = Object.entries(asSchema(tool.schema).properties ?? {});
  const taking = properties.filter(
    ([name, schema]) =>
      place.test(spokenName(name)) || place.test((asSchema(schema).description ?? '').toLowerCase()),
  );
  const takesOne = taking.length === 1 && asSchema(taking[0]?.[1]).type !== 'array';
  if (!takesOne) return [text];
  const known = namesIn(text, cityNames);
  if (known.length < 2) return [text];
  return known.map((name) => known.filter((other) => other !== name).reduce(without, text));
}

function without(text: string, name: string): string {
  const at = text.toLowerCase().indexOf(name.toLowerCase());
  return at < 0 ? text : text.slice(0, at) + text.slice(at + name.length);
}

/** The same for calls of the same tool with the same input, whatever the order of its members. Pure. */
export function callKey(name: string, input: unknown): string {
  const inOrder = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value;
  return `${name} ${JSON.stringify(input, inOrder)}`;
}

/** Words that mean the same task, whatever a tool calls it. */
const tasks = taskWords.map(({ named, asked }) => [new RegExp(named), new RegExp(asked)] as const);
const empty =
  /^(?:get|fetch|do|tool|use|current|given|return|call|function|run|valu|result|user|information|data|specif|provid|require|input|string|name|for)$/;

/** The tool that fits a text best, the first of those that fit equally well; `undefined` when none fits. Pure. */
export function bestTool(tools: readonly Tool[], text: string): Tool | undefined {
  const words = new Set(contentWords(text));
  const asked = tasks.filter(([, asking]) => asking.test(text.toLowerCase())).map(([of]) => of);
  const fits = tools.map((tool) => fitOf(tool, words, asked));
  const most = Math.max(0, ...fits);
  return most === 0 ? undefined : tools[fits.indexOf(most)];
}

/** Of a tool's description, and of its parameters', so much is read. In characters. */
const mostDescribed = 2_000;

/** What a tool is called and about. */
function readTool(tool: Tool) {
  const spoken = spokenName(tool.name);
  const description = tool.description.slice(0, mostDescribed);
  const parameters = Object.entries(asSchema(tool.schema).properties ?? {})
    .slice(0, 100)
    .map(([parameter, part]) => `${spokenName(parameter)} ${asSchema(part).description ?? ''}`)
    .join(' ');
  const words = (text: string) => [...new Set(contentWords(text))].filter((word) => !empty.test(word));
  return {
    spoken,
    about: `${spoken} ${description}`.toLowerCase(),
    name: words(spoken),
    description: words(description),
    parameters: words(parameters.slice(0, mostDescribed)),
  };
}

const readings = new WeakMap<Tool, ReturnType<typeof readTool>>();

/** Read once: prompts are held against it part by part. */
function readingOf(tool: Tool) {
  const reading = readings.get(tool) ?? readTool(tool);
  readings.set(tool, reading);
  return reading;
}

/** How well a tool fits a text, from its name, its description and its parameters; 0 when not at all. */
function fitOf(tool: Tool, words: ReadonlySet<string>, asked: readonly RegExp[]): number {
  const { spoken, about, name, description, parameters } = readingOf(tool);
  const hits = (own: readonly string[]) => own.filter((word) => words.has(word)).length;
  const shared = asked.filter((of) => of.test(spoken)).length;
  const loosely = asked.filter((of) => of.test(about)).length - shared;
  const fit = 3 * hits(name) + 3 * shared + 1.5 * loosely + hits(description);
  return fit >= 2 ? fit + 0.25 * hits(parameters) : 0;
}

/** A call of a tool as far as the texts give its input. */
export interface ToolCall {
  readonly tool: Tool;
  readonly input: Readonly<Record<string, unknown>>;
  /** Required parameters that no text gives. */
  readonly missing: readonly string[];
}

const freeText =
  /^(?:q|query|question|search|search query|prompt|input|text|message|body|content|topic|keywords?|subject|term|sentence|task|request|note)$/;
const expression = /(?:-?\({0,9}\s{0,4}\d)[\d\s.,+*/()^%-]*[\d)]/;
const asking =
  /^(?:please |can you |could you |would you )*(?:search|look|find|tell me|show me|google|ask|get|check|what (?:is|are|was|were)|who (?:is|was)|translate|send|write|remember|note|save)\b(?: (?:up|for|about|out|in|(?:the|my|our|your|all) (?:web|internet|notes?|documents?|files?|database|archive|catalogue)|online|me|that))*[:,]?\s*/i;

/**
 * The input of a call, by the tool's schema: from the first text, and what that does not give from the ones behind it.
 * A single parameter for free text gets the words themselves. Pure.
 */
export function fillInput(tool: Tool, texts: readonly string[], seed: number): ToolCall {
  const schema = asSchema(tool.schema);
  const properties = Object.entries(schema.properties ?? {});
  const required = Array.isArray(schema.required) ? schema.required : [];
  const [own = ''] = texts;
  const input: Record<string, unknown> = filled(tool.schema, own, seed);
  for (const text of texts.slice(1)) {
    const open = required.filter((name) => input[name] === undefined);
    if (open.length === 0) break;
    const wanted = Object.fromEntries(properties.filter(([name]) => open.includes(name)));
    const more = filled({ ...schema, properties: wanted }, text, seed);
    for (const name of open) if (more[name] !== undefined) input[name] = more[name];
  }
  const isSaid = properties.length === 1 && /\b(?:using|use|with) (?:the|this) tool\b/i.test(own);
  const given = writtenArguments(tool.name, own);
  for (const [index, [name, property]] of properties.entries()) {
    const { type, enum: options } = asSchema(property);
    const argument = given[index];
    const isWords = options === undefined && (type === undefined || type === 'string');
    const words = isWords ? wordsFor(name, own) : undefined;
    if (type === typeof argument || (type === 'integer' && Number.isInteger(argument)))
      input[name] = argument;
    else if (words !== undefined && required.includes(name)) input[name] = words;
    else if (words !== undefined && !` ${wordsOf(own).join(' ')} `.includes(` ${spokenName(name)} `))
      delete input[name];
    else if (isSaid && isWords && required.includes(name)) input[name] ??= saidIn(own);
  }
  return { tool, input, missing: required.filter((name) => input[name] === undefined) };
}

/** What stands between the brackets where a text writes the call down: `add(1, "two")`; else nothing. */
function writtenArguments(name: string, text: string): readonly unknown[] {
  const at = text.indexOf(`${name}(`);
  const end = at < 0 ? -1 : text.indexOf(')', at);
  const given = end < 0 ? undefined : parsed(`[${text.slice(at + name.length + 1, end)}]`);
  return Array.isArray(given) ? given : [];
}

function filled(schema: unknown, text: string, seed: number): Record<string, unknown> {
  const value = asSchema(fill(schema, { text, seed, whenMissing: 'nothing' }));
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
}

const said = /\b(?:saying|says|tell(?:s|ing)?|body|text|message)[:,]? ["“]([^"“”]{2,})["”]/i;
const saying =
  /(?:["“]([^"“”]{2,})["”])|\b(?:saying|that says|which says|to say|telling (?:him|her|them|me)(?: that)?|with the (?:text|message|body))[:,]?\s+(?:that\s+)?(.+?)[.?!]*$/i;

/** The words that a parameter for an expression or for free text gets; `undefined` for any other. */
function wordsFor(name: string, text: string): string | undefined {
  const spoken = spokenName(name);
  if (/expression|formula|calculation|equation/.test(spoken)) return expression.exec(text)?.[0].trim();
  if (!freeText.test(spoken)) return undefined;
  return new RegExp(`\\b${spoken}:? ["“]([^"“”]+)["”]`, 'i').exec(text)?.[1] ?? saidIn(text);
}

/** What somebody wants said, or else the text without what asks for it. */
function saidIn(text: string): string | undefined {
  const [, quoted, told] = said.exec(text) ?? saying.exec(text) ?? [];
  const words = quoted ?? told ?? text.replace(asking, '').replace(/[?.!\s]+$/, '');
  return words.trim() === '' ? undefined : words.trim();
}
