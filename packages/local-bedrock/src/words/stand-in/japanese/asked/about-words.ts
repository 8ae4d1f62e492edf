import { particleAnswer, wordAnswer, wordTable } from '../answers/words.ts';
import { findEnglish, wordsAbout, wordsIn } from '../find-word.ts';
import type { Style } from '../style.ts';

/** Asks for a word, in either language. */
export const asksForWord =
  /\bwhat (?:does|do|is the meaning of)\b.*\bmean|\bmeaning of\b|\b(?:words?|verbs?|nouns?|adjectives?|kanji) for\b|\bwhat is\b.*\bin japanese|\bhow (?:do|would|can|to) (?:you |i |we |one )?(?:say|write)\b/i;
const asksForList =
  /\b(?:vocabulary|words|verbs|nouns|adjectives)\b.{0,40}\b(?:for|about|of|to do with|related to|on)\b\s+(?:the\s+)?(?:topic\s+)?([a-z]+)|\blist (?:of )?([a-z]+)\b/i;

/** What a particle does, if that is asked. Pure. */
export function aboutParticles(asked: string, style: Style): string | undefined {
  return /\bparticles?\b/i.test(asked) ? particleAnswer(asked, style) : undefined;
}

/** Questions about words: one, several, or those of a topic. Pure. */
export function aboutWords(asked: string, style: Style, isTutor: boolean): string | undefined {
  const topic = asksForList.exec(asked);
  const words =
    topic === null
      ? []
      : [topic[1], topic[2]].flatMap((name) => (name === undefined ? [] : wordsAbout(name)));
  if (words.length > 0) return wordTable(words, style);
  if (!asksForWord.test(asked)) return undefined;
  const japanese = wordsIn(asked);
  if (japanese.length > 0 && /\bmean/i.test(asked))
    return japanese.map((word) => wordAnswer(word, style)).join('\n');
  const subject =
    /["“]([^"”]{2,60})["”]/.exec(asked)?.[1] ??
    /\b(?:say|write|(?:word|verb|noun|adjective|kanji) for)\s+(?:the\s+|a\s+|an\s+|to\s+)?(.+?)(?:\s+in japanese)?\s*[?.]*$/i.exec(
      asked,
    )?.[1] ??
    /\bwhat is\s+(?:the\s+|a\s+|an\s+)?(.+?)\s+in japanese\b/i.exec(asked)?.[1];
  const several = listedWords(asked, style);
  if (several !== undefined) return several;
  const english = subject?.match(/[A-Za-z']+/g) ?? [];
  const match = findEnglish(english, 0, /\bverb\b|\bto \w+/i.test(asked) ? 'verb' : 'noun');
  if (match !== undefined && match.length === english.length) return wordAnswer(match.word, style);
  return isTutor && english.length === 1 ? `My vocabulary does not have "${english[0]}".` : undefined;
}

/** `What are the words for water, tea and coffee?` */
function listedWords(asked: string, style: Style): string | undefined {
  const listed = /\b(?:words?|verbs?|nouns?|adjectives?|kanji) for\s+([^?.!]+)/i.exec(asked)?.[1];
  const names = listed?.split(/\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+/) ?? [];
  if (names.length < 2) return undefined;
  const matches = names.map(
    (name) =>
      findEnglish(
        name.replace(/^(?:the|a|an|to)\s+/i, '').split(' '),
        0,
        /^to\s/.test(name) ? 'verb' : 'noun',
      )?.word,
  );
  const found = matches.filter((word) => word !== undefined);
  const missing = names.filter((_, index) => matches[index] === undefined);
  if (found.length === 0) return undefined;
  const note = missing.length === 0 ? '' : `\n\nMy vocabulary does not have: ${missing.join(', ')}.`;
  return `${wordTable(found, style)}${note}`;
}
