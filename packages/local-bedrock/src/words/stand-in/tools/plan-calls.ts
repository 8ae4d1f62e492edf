import type { Tool } from '../../../families/family.ts';
import { asSchema } from '../json/schema.ts';
import { spokenName } from '../json/strings.ts';
import { cities, namesIn } from '../places.ts';
import { chooseTool } from './choose-tool.ts';
import { fillInput, type ToolCall } from './fill-input.ts';

/** Of a prompt that asks for more, this many calls are made. */
const mostCalls = 12;

const parts = /(?<=[.?!;])\s+|,?\s+(?:and|then|and then|also|as well as)\s+(?=\S)|;\s*/i;
const places =
  /\b(?:in|for|of|at|between)\s+((?:\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)*)(?:(?:,\s*(?:and\s+)?|\s+and\s+)\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)*)+)/u;
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
  const whole = chooseTool(tools, prompt);
  if (whole === undefined) return [];
  const clauses = prompt.split(parts).filter((clause) => clause.trim() !== '');
  const chosen = clauses.map((clause) => ({ clause, tool: chooseTool(tools, clause) }));
  const different = new Set(chosen.flatMap(({ tool }) => (tool === undefined ? [] : [tool.name])));
  const tasks = different.size > 1 ? grouped(chosen) : [{ tool: whole, text: prompt }];
  const calls = tasks.flatMap(({ tool, text }) =>
    placesFor(tool, text).map((own) =>
      fillInput(tool, [own, ...(text === prompt ? [] : [prompt]), ...context], seed),
    ),
  );
  return distinct(calls).slice(0, mostCalls);
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
  const known = namesIn(
    text,
    cities.map(({ name }) => name),
  );
  const list = places.exec(text)?.[1] ?? '';
  const listed = list.split(/,\s*(?:and\s+)?|\s+and\s+/);
  if (known.length > 1) {
    return known.map((name) => known.filter((other) => other !== name).reduce(without, text));
  }
  if (known.length === 1 || listed.length < 2) return [text];
  return listed.map((name) => text.replace(list, () => name));
}

function without(text: string, name: string): string {
  const at = text.toLowerCase().indexOf(name.toLowerCase());
  return at < 0 ? text : text.slice(0, at) + text.slice(at + name.length);
}

function distinct(calls: readonly ToolCall[]): ToolCall[] {
  const seen = new Set<string>();
  return calls.filter(({ tool, input }) => {
    const key = callKey(tool.name, input);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The same for calls of the same tool with the same input, whatever the order of its members. Pure. */
export function callKey(name: string, input: unknown): string {
  return `${name} ${JSON.stringify(sorted(input))}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
