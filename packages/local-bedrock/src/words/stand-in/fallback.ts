import type { Question } from './question.ts';
import { sentencesOf } from './words.ts';

/** The answer to everything no other skill knows: what this can do, and how to put a real model behind it. */
export function fallback({ prompt }: Question): string {
  return `This is the local stand-in, not a language model: it does sums, labels, ratings, summaries, JSON, tool calls and questions about a text, and has no answer to ${quoteStart(prompt)}; start with --model to put a real model behind it, or use Amazon Bedrock.`;
}

/** How a text begins, in quotation marks. Pure. */
export function quoteStart(text: string): string {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const start = words.slice(0, 12).join(' ').slice(0, 120);
  return start === '' ? 'nothing in words' : `"${start}${words.length > 12 ? ' …' : ''}"`;
}

const echoes = [
  /^(?:please )?(?:repeat(?: after me| exactly)?|(?:reply|respond|answer)(?: only)? with exactly|echo|say(?: exactly)?)(?::\s{0,9}["“]?|\s{1,9}["“])([^"”]{1,400})["”]?[.!]?$/i,
  /^(?:please )?(?:reply|respond|answer)(?: only)? with (?:only |just |exactly )?(?:the (?:single |one )?word )?["“']?([\p{L}\d]{1,20})["”']?(?: only| and nothing else)?[.!]?$/iu,
];

/** The words that a prompt wants said, and nothing else: `Reply with the word OK only.` */
export function echo({ prompt }: Question): string | undefined {
  const asked = prompt.trim();
  return echoes.map((pattern) => pattern.exec(asked)?.[1]?.trim()).find((words) => words !== undefined);
}

const counted = /^(?:please )?count (?:up )?(?:from (\d{1,4}) )?to (\d{1,4})\b.{0,40}$/i;

/** `Count from 1 to 5.` */
export function counting({ prompt }: Question): string | undefined {
  const [from, to] = (counted.exec(prompt.trim()) ?? []).slice(1).map((number = '1') => Number(number));
  if (from === undefined || to === undefined) return undefined;
  const step = Math.sign(to - from) || 1;
  return Array.from({ length: (to - from) * step + 1 }, (_, index) => from + index * step).join(', ');
}

const greeting = /^(?:hi|hello|hey|good (?:morning|afternoon|evening))\b[^.!?]{0,20}[.!,]*\s*/i;
const aboutSelf =
  /^(?:also,? |and |please remember(?: that)?:? |remember(?: that)? |note that )?(?:my [\p{L}' ]{2,40} (?:is|are|was)\b|I(?:'m| am| live| like| love| prefer| hate| have| work| study| speak| want to (?!know)| need to | come from| moved| was born| bought| went)\b|call me\b|we (?:decided|agreed|plan|are)\b|the (?:deadline|meeting|budget|code ?word|password|project|team)\b[^?]{0,60}\bis\b)/iu;

/** The statements of a prompt that only tells something of the user, or of what they decided; else none. Pure. */
function statementsOfSelf(prompt: string): string[] {
  const sentences = sentencesOf(prompt.replace(greeting, '').replaceAll('’', "'"));
  const isShort = prompt.length <= 500 && sentences.length > 0;
  return isShort && sentences.every((sentence) => aboutSelf.test(sentence) && !sentence.includes('?'))
    ? sentences
    : [];
}

const named = /\b(?:my name is|my name's|call me)\s+(\p{Lu}[\p{L}'-]*)/iu;
/** What introduces the user by name, up to what else the sentence says. */
const naming =
  /^(?:please )?(?:my name is|my name's|call me)\s+\p{Lu}[\p{L}' -]*?(?:[.!]?$|,?\s+and\s+|,\s*)/iu;

/** Says back what the user told of themselves: `Hello, Ada. Noted: you live in Toronto.` Nothing else is claimed. */
export function acknowledgement({ prompt }: Question): string | undefined {
  const statements = statementsOfSelf(prompt);
  if (statements.length === 0) return undefined;
  const name = named.exec(prompt)?.[1];
  const hello = name === undefined ? '' : `Hello, ${name}.`;
  const rest =
    name === undefined ? statements : statements.map((one) => one.replace(naming, '')).filter(Boolean);
  if (rest.length === 0) return hello;
  return `${hello} Noted: "${rest.join(' ')}"`.trim();
}
