import { spokenName } from '../json/strings.ts';
import { sentencesOf } from '../memory/told.ts';
import type { ToolRun } from '../question.ts';
import { findAnswers } from '../reading/find-answer.ts';
import { contentWords } from '../words.ts';

const mostValues = 12;
/** A result in words that is longer than this is read for the answer. In characters. */
const longText = 300;

/** An answer that gives the values of the tools' results, and says which tool failed. Pure. */
export function answerFromResults(runs: readonly ToolRun[], prompt: string): string {
  const lines = runs.flatMap((run) => (run.result === undefined ? [] : [lineFor(run, run.result, prompt)]));
  return [...new Set(lines)].join('\n');
}

function lineFor(
  { name, input }: ToolRun,
  { text, isError }: NonNullable<ToolRun['result']>,
  prompt: string,
): string {
  const subject = subjectOf(input);
  if (isError) {
    return `${name} did not work${subject === '' ? '' : ` for ${subject}`}: ${sentence(text.trim() === '' ? 'it gave no reason' : shown(text))}`;
  }
  const value = parsed(text);
  if (value === undefined) {
    if (text.trim() === '') return `${name} gave no result${subject === '' ? '' : ` for ${subject}`}.`;
    return sentence(
      subject === '' || text.toLowerCase().includes(subject.toLowerCase())
        ? shown(fromText(text, prompt))
        : `${subject}: ${shown(fromText(text, prompt))}`,
    );
  }
  const pairs = leaves(value, '');
  const wanted = new Set(contentWords(prompt));
  const asked = pairs.filter(({ path }) => contentWords(path).some((word) => wanted.has(word)));
  const rest = pairs.filter(({ value: one }) => one !== subject);
  const chosen = asked.length > 0 && asked.length < pairs.length ? asked : rest.length > 0 ? rest : pairs;
  const words = chosen
    .slice(0, mostValues)
    .map(({ path, value: one }) => (path === '' ? one : `${path} ${one}`));
  const more = chosen.length > mostValues ? ` and ${chosen.length - mostValues} more values` : '';
  return sentence(`${subject === '' ? name : capitalised(subject)}: ${words.join(', ')}${more}`);
}

/** The words of the call's input, to say what the result is about. */
function subjectOf(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  const words = Object.values(input).filter(
    (value) => typeof value === 'string' || typeof value === 'number',
  );
  return words.slice(0, 3).map(String).join(', ').slice(0, 120);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A long text is read for the sentences that answer; where none does, its beginning stands for it. */
function fromText(text: string, prompt: string): string {
  if (text.length <= longText) return text;
  const found = findAnswers([{ text: text.slice(0, 40_000) }], prompt, true).map(({ sentence: one }) => one);
  return (found.length > 0 ? found : sentencesOf(text).slice(0, 2)).join(' ');
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
  return Object.entries(value).flatMap(([name, one]) =>
    leaves(one, `${path} ${spokenName(name)}`.trim(), depth + 1),
  );
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 800 ? line : `${line.slice(0, 800)} …`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
