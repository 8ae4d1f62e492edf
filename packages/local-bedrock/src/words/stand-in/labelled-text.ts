import { fencedExamples, lastFenced, withoutFenced } from './answer-form.ts';
import { type Question, saidBy } from './question.ts';
import { wordsOf } from './words.ts';

/** A text with the label, or the number, that the prompt itself gave it. */
export interface Example {
  readonly text: string;
  readonly label: string;
}

/** A prompt that shows a text and asks for one word or number about it, taken apart. */
interface LabelledText {
  /** What is asked: system prompt and prompt, without the text and the examples. */
  readonly instruction: string;
  /** The text the question is about. */
  readonly text: string;
  readonly examples: readonly Example[];
}

const textNames =
  /^(?:the )?(?:customer |user |support |product |movie )?(?:tweet|text|review|ticket|message|email|e-mail|mail|comment|input|sentence|feedback|post|utterance|document|subject|complaint|note|description|statement|headline|article|content|quote|question|request|query|transcript|issue)$/;
const answerNames =
  /^(?:the )?(?:sentiment|label|category|class|classification|answer|output|topic|intent|emotion|mood|tone|rating|score|stars?|priority|urgency|minutes|hours|department|team|queue|result|number|response|type)$/;

const asking =
  /classif|categor|label|one of|answer with|reply|choose|options|rate\b|how (?:many|likely)|sentiment/i;

/** Of more examples than this, the last ones count. */
const mostExamples = 200;

/** What a caller says of an answer that could not be used; it is no text to judge. */
const earlierAnswer = /<answer>[\s\S]*?<\/answer>/gi;
const exampleBlock = /<(examples?)\b[^>]{0,80}>[\s\S]*?<\/\1>/gi;
const quotes = /^[\s"'“”‘’`*]+|[\s"'“”‘’`*]+$/g;
const quotedText = /["“]([^"“”\n]{3,600})["”]/g;

const alreadyRead = new WeakMap<Question, LabelledText>();

/** Finds the text to judge and the worked examples in a prompt. Read once, however many skills ask. */
export function readLabelledText(question: Question): LabelledText {
  const read = alreadyRead.get(question) ?? readOnce(question);
  alreadyRead.set(question, read);
  return read;
}

function readOnce({ system, prompt: given, earlier }: Question): LabelledText {
  const prompt = given.replace(earlierAnswer, ' ');
  const data = lastFenced(prompt);
  const shown = data === undefined ? [] : fencedExamples(prompt, data);
  const frame = withoutFenced(prompt);
  const own = frame.replace(exampleBlock, '');
  const whole = [...saidBy('user', earlier), shown.length > 0 ? own : frame].join('\n\n');
  const { open, examples: found } = takeApart(whole);
  const examples = [...answeredTurns(earlier), ...found, ...shown].slice(-mostExamples);
  const text = data?.text ?? readFields(own).text ?? lastQuoted(own) ?? unmarkedText(own, system);
  const known = data === undefined ? [...examples, { text, label: '' }] : examples;
  return { instruction: withoutTexts(`${system}\n${open}`, known), text, examples };
}

/** The examples of a prompt, and what is left of it without the blocks that hold them. */
function takeApart(whole: string): { open: string; examples: Example[] } {
  const blocks = [...whole.matchAll(exampleBlock)].map(([block]) => block.replace(/<[^>]{0,80}>/g, '\n'));
  const open = whole.replace(exampleBlock, '');
  return { open, examples: [...blocks, open].flatMap((part) => readFields(part).examples) };
}

function withoutTexts(source: string, examples: readonly Example[]): string {
  const isLong = (text: string) => /\s/.test(text.trim());
  const rest = examples.reduce(
    (left, { text }) => (isLong(text) ? left.split(text).join(' ') : left),
    source,
  );
  return rest.split('\n').map(withoutTalkOfTags).join('\n');
}

/** A line up to the sentence that says that its tags hold data: that is no offer of labels. */
function withoutTalkOfTags(line: string): string {
  const sentences = line.split('.');
  const at = sentences.findIndex((sentence) => {
    const tag = sentence.search(/\btags?\b/i);
    return tag >= 0 && /\bdata\b/i.test(sentence.slice(tag));
  });
  return at < 0 ? line : `${sentences.slice(0, at).join('.')}. `;
}

/** Turns the assistant answered with a word or two are examples. */
function answeredTurns(earlier: Question['earlier']): Example[] {
  return earlier.flatMap(({ role, text }, index) => {
    const question = earlier[index - 1];
    const isShort = role === 'assistant' && text.trim() !== '' && wordsOf(text).length <= 3;
    return isShort && question?.role === 'user'
      ? [{ text: question.text, label: text.replace(/<[^>]{0,60}>/g, '').replace(quotes, '') }]
      : [];
  });
}

/**
 * Reads `Tweet: "…"` and `Sentiment: Positive` lines, whatever the two are called. A text that is followed by no label,
 * or by an empty one, is the text to judge; the last such text counts.
 */
function readFields(source: string): { examples: Example[]; text: string | undefined } {
  const examples: Example[] = [];
  let text: string | undefined;
  let isOpen = false;
  for (const line of source.split('\n')) {
    const field = fieldIn(line);
    if (field !== null && isNameOf('text', field[1])) {
      text = field[2] ?? '';
      isOpen = true;
    } else if (field !== null && isNameOf('answer', field[1])) {
      const label = unquoted(field[2] ?? '').replace(/[.]$/, '');
      if (label !== '' && label.length <= 40 && text !== undefined) {
        examples.push({ text: unquoted(text), label });
        text = undefined;
      }
      isOpen = false;
    } else if (line.trim() === '') {
      isOpen = isOpen && text?.trim() === '';
    } else if (isOpen) {
      text = `${text}\n${line}`;
    }
  }
  const words = unquoted(text ?? '');
  return { examples, text: words === '' ? undefined : words };
}

/** `Name: value`, with or without quotes around the name, or a sentence that ends in `name: "value"`. */
function fieldIn(line: string): RegExpExecArray | null {
  const whole = /^\s*(?:\d+[.)]\s*)?["'“*]*([A-Za-z][A-Za-z -]{0,24}?)["'”*]*\s*:["'”*]*(.*)$/.exec(line);
  if (isNameOf('text', whole?.[1]) || isNameOf('answer', whole?.[1])) return whole;
  return /\b([A-Za-z]+)["'”*]*\s*:\s*(["“][^"”]+["”])\s*$/.exec(line) ?? whole;
}

function isNameOf(kind: 'text' | 'answer', name: string | undefined): boolean {
  return (kind === 'text' ? textNames : answerNames).test((name ?? '').trim().toLowerCase());
}

/** Without the white space and quotation marks around it. */
function unquoted(value: string): string {
  return value.replace(quotes, '');
}

function lastQuoted(prompt: string): string | undefined {
  const found = [...prompt.matchAll(quotedText)].map(([, text = '']) => text);
  return found.findLast((text) => wordsOf(text).length > 1);
}

/** Without any mark, the text is what follows the last colon, or the last paragraph that asks for nothing, or everything. */
function unmarkedText(prompt: string, system: string): string {
  const colon = prompt.lastIndexOf(':');
  const heading = prompt.slice(prompt.lastIndexOf('\n', colon) + 1, Math.max(0, colon));
  const afterColon = colon < 0 ? '' : prompt.slice(colon + 1).trim();
  if (wordsOf(afterColon).length > 2 && !asking.test(heading) && !asking.test(afterColon)) return afterColon;
  const paragraphs = prompt.split(/\n\s*\n/);
  if (paragraphs.length < 2) return system === '' ? '' : prompt;
  return (paragraphs.findLast((one) => !asking.test(one) && one.trim() !== '') ?? '').trim();
}

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
  const clean = unquoted(name);
  return clean.split(/\s+/).length <= 4 && isLabel(clean) ? { name: clean, description } : undefined;
}

/** The longest list that any cue in the text leads to; the first of those that are equally long. */
function inlineLabels(instruction: string): Label[] | undefined {
  let best: string[] = [];
  for (const match of instruction.matchAll(inlineCue)) {
    const from = match.index + match[0].length;
    const list = readList(instruction.slice(from, from + 400));
    if (list.length > best.length) best = list;
  }
  return best.length < 2 ? undefined : best.map((name) => ({ name, description: '' }));
}

/** `Positive, Negative or Neutral` at the start of a text, as its items; empty when no such list starts there. */
function readList(text: string): string[] {
  const sentence = text.split(/[.?!;:)\]\n]/)[0] ?? '';
  const parts = sentence.split(/\s*,\s*(?:or|and)\s+|\s+(?:or|and)\s+|\s*[,/|]\s*/);
  const items = parts.map((part) =>
    unquoted(part.replace(/^(?:either|only|exactly|just|the words?|the labels?)\s+/i, '')),
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

function distinct(names: readonly string[]): string[] {
  const lower = names.map((name) => name.toLowerCase());
  return names.filter((_, index) => lower.indexOf(lower[index] ?? '') === index);
}
