import type { Tool } from '../../../families/family.ts';
import { fill } from '../json/fill.ts';
import { asSchema } from '../json/schema.ts';
import { spokenName } from '../json/strings.ts';

/** A call of a tool as far as the texts give its input. */
export interface ToolCall {
  readonly tool: Tool;
  readonly input: Readonly<Record<string, unknown>>;
  /** Required parameters that no text gives. */
  readonly missing: readonly string[];
}

const freeText =
  /^(?:q|query|question|search|search query|prompt|input|text|message|body|content|topic|keywords?|subject|term|sentence|task|request|note)$/;
const expression = /(?:-?\(*\s*\d)[\d\s.,+*/()^%-]*[\d)]/;
const asking =
  /^(?:please |can you |could you |would you )*(?:search|look|find|tell me|show me|google|ask|get|check|what (?:is|are|was|were)|who (?:is|was)|translate|send|write|remember|note|save)\b(?: (?:up|for|about|out|in|(?:the|my|our|your|all) (?:web|internet|notes?|documents?|files?|database|archive|catalogue)|online|me|that))*[:,]?\s*/i;

/**
 * The input of a call, by the tool's schema: from the first text, and what that does not give from the ones behind it.
 * A single parameter for free text gets the words themselves. Pure.
 */
export function fillInput(tool: Tool, texts: readonly string[], seed: number): ToolCall {
  const schema = asSchema(tool.schema);
  const required = Array.isArray(schema.required) ? schema.required : [];
  const [own = ''] = texts;
  const input: Record<string, unknown> = filled(tool.schema, own, seed);
  for (const text of texts.slice(1)) {
    const open = required.filter((name) => input[name] === undefined);
    if (open.length === 0) break;
    const more = filled(tool.schema, text, seed);
    for (const name of open) if (more[name] !== undefined) input[name] = more[name];
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const { type, enum: options } = asSchema(property);
    const words = options === undefined ? wordsFor(name, type, own) : undefined;
    if (words !== undefined && required.includes(name)) input[name] = words;
    else if (words !== undefined && !new RegExp(`\\b${spokenName(name)}\\b`, 'i').test(own))
      delete input[name];
  }
  return { tool, input, missing: required.filter((name) => input[name] === undefined) };
}

/** The input of a call that must be made: what is missing gets an empty value of its type. Pure. */
export function forcedInput({ tool, input, missing }: ToolCall, seed: number): Record<string, unknown> {
  if (missing.length === 0) return { ...input };
  const empty = fill(tool.schema, { text: '', seed, whenMissing: 'placeholder' });
  return { ...(typeof empty === 'object' && empty !== null ? empty : {}), ...input };
}

function filled(schema: unknown, text: string, seed: number): Record<string, unknown> {
  const value = fill(schema, { text, seed, whenMissing: 'nothing' });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
}

function wordsFor(name: string, type: unknown, text: string): string | undefined {
  const spoken = spokenName(name);
  if (type !== undefined && type !== 'string') return undefined;
  if (/expression|formula|calculation|equation/.test(spoken)) return expression.exec(text)?.[0].trim();
  if (!freeText.test(spoken)) return undefined;
  const said =
    /(?:["“]([^"”]{2,})["”])|\b(?:saying|that says|which says|to say|telling (?:him|her|them|me)(?: that)?|with the (?:text|message|body))[:,]?\s+(?:that\s+)?(.+?)[.?!]*$/i.exec(
      text,
    );
  const words = said?.[1] ?? said?.[2] ?? text.replace(asking, '').replace(/[?.!\s]+$/, '');
  return words.trim() === '' ? undefined : words.trim();
}
