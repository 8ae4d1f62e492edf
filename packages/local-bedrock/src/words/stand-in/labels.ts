import type { Example } from './labelled-text.ts';

/** One of the answers a prompt offers. */
export interface Label {
  readonly name: string;
  /** What the prompt says about it; empty when it says nothing. */
  readonly description: string;
}

const mostLabels = 20;
const listCue =
  /categor|label|class|names? of|fit\b|appl(?:y|ies)|topic|intent|option|depart|one of|sentiment|type|priorit|following|queue|team|choose|choices/i;
const notLabels =
  /^(?:nothing else|no other|and|or|the|these|this|that|following|explanation|e\.g|etc|it|answer|one word)\b/i;

/** Where an offer in running text begins: what follows is read as a list if it is one. */
const inlineCue =
  /(?:\bas\b|\beither\b|\bone of\b|\binto\b|\bbetween\b|\bis\b|\bare\b|\bwith\b|\bonly\b|\banswer\b|\breply\b|\bfrom\b|\bchoose\b|\bpick\b|\bsay\b|\bsentiment\b|\bcategories\b|\blabels\b|:|\(|\[)\s*/gi;

/** The labels a prompt offers, from a bullet list, a list in running text, or else from its examples. Pure. */
export function readLabels(instruction: string, examples: readonly Example[]): Label[] {
  const shown = distinct(examples.map(({ label }) => label));
  const offered = bulletLabels(instruction) ?? inlineLabels(instruction);
  const names = offered ?? shown.map((name) => ({ name, description: '' }));
  if (names.length < 2 || names.length > mostLabels) return [];
  return names.map((label) => ({
    ...label,
    name: shown.find((name) => name.toLowerCase() === label.name.toLowerCase()) ?? label.name,
  }));
}

function bulletLabels(instruction: string): Label[] | undefined {
  const lines = instruction.split('\n');
  let heading = '';
  let group: Label[] = [];
  for (const line of [...lines, '']) {
    const bullet = /^\s*(?:[-*•]|\d{1,2}[.)])\s+(.+)$/.exec(line)?.[1];
    const label = bullet === undefined ? undefined : readBullet(bullet);
    if (label !== undefined) {
      group.push(label);
      continue;
    }
    if (group.length >= 2 && listCue.test(heading)) return group;
    group = [];
    if (line.trim() !== '') heading = line;
  }
  return undefined;
}

function readBullet(bullet: string): Label | undefined {
  const [, name = '', description = ''] = /^(.+?)(?:\s*[:–—]\s+|\s+-\s+|\s+\(|$)(.*)$/.exec(bullet) ?? [];
  const clean = bare(name);
  return clean.split(/\s+/).length <= 4 && isLabel(clean) ? { name: clean, description } : undefined;
}

/** The longest list that any cue in the text leads to; the first of those that are equally long. */
function inlineLabels(instruction: string): Label[] | undefined {
  let best: string[] = [];
  for (const match of instruction.matchAll(inlineCue)) {
    const list = readList(
      instruction.slice(match.index + match[0].length, match.index + match[0].length + 400),
    );
    if (list.length > best.length) best = list;
  }
  return best.length < 2 ? undefined : best.map((name) => ({ name, description: '' }));
}

/** `Positive, Negative or Neutral` at the start of a text, as its items; empty when no such list starts there. */
function readList(text: string): string[] {
  const sentence = text.split(/[.?!;:)\]\n]/)[0] ?? '';
  const parts = sentence.split(/\s*,\s*(?:or|and)\s+|\s+(?:or|and)\s+|\s*[,/|]\s*/);
  const items = parts.map((part) =>
    bare(part.replace(/^(?:either|only|exactly|just|the words?|the labels?)\s+/i, '')),
  );
  if (items.length < 2) return [];
  items[items.length - 1] = (items.at(-1) ?? '').replace(
    /\s+(?:based|by|for|in|with|according|depending|given|using|to|of|the|and|from|this|that|as|toward|towards|on)\b.*$/i,
    '',
  );
  if (items.slice(1).every((item) => !item.includes(' '))) items[0] = afterSubject(items[0] ?? '');
  const usable = items.every((item) => item.split(/\s+/).length <= 3 && isLabel(item));
  return usable ? distinct(items) : [];
}

/** `the following review positive` is the label `positive` behind what it is said of. */
function afterSubject(item: string): string {
  const words = item.split(/\s+/);
  const hasSubject = words.length > 3 || /^(?:the|this|that|its|their|a|an|it)$/i.test(words[0] ?? '');
  return hasSubject ? (words.at(-1) ?? '') : item;
}

function isLabel(name: string): boolean {
  return (
    name.length <= 30 && /^[\p{L}\p{N}]/u.test(name) && !notLabels.test(name) && !/[<>{}[\]"“”]/.test(name)
  );
}

function bare(name: string): string {
  return name.replace(/^[\s"'“”‘’`*]+|[\s"'“”‘’`*]+$/g, '');
}

function distinct(names: readonly string[]): string[] {
  return names.filter(
    (name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === index,
  );
}
