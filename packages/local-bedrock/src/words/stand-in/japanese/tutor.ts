import type { Question } from '../question.ts';
import { attemptAnswer, clues, conjugationAnswer, translation, wordAnswer, wordTable } from './answers.ts';
import { allEnglish, findEnglish, wordsIn } from './find-word.ts';
import { askedForms } from './forms.ts';
import { hasJapanese } from './kana.ts';
import { readSentence } from './read-sentence.ts';
import { readStyle, type Style } from './style.ts';
import type { Meaning, Verb } from './word.ts';

const persona =
  /\bjapanese\b[^.\n]{0,60}\b(?:teacher|tutor|instructor|sensei|class|lesson|language)|\b(?:teacher|tutor|instructor|coach)\b[^.\n]{0,60}\bjapanese\b|\b(?:teach|learn|translate)\w*\b[^.\n]{0,80}\bjapanese\b|日本語の先生/i;
const direct =
  /\bconjugat\w*|\b(?:in|into|to) japanese\b|\bjapanese (?:word|verb|for)\b|\bform of\b.{0,20}[\p{Script=Han}\p{Script=Hiragana}]/iu;
const otherTask = /\bsummar|\bclassif|\bjson\b|\bextract\b|\brate\b/i;

/**
 * A teacher of Japanese: conjugates verbs by rule, knows a vocabulary, and gives clues to simple
 * sentences, or makes them where the system prompt asks for translations. A small model takes verbs for those of the
 * other group, and translates although it was told to give clues.
 */
export function japaneseTutor(question: Question): string | undefined {
  const { system, prompt, earlier } = question;
  const first = earlier.find(({ role }) => role === 'user')?.text ?? '';
  const instructions = [system, first, prompt].filter((text) => persona.test(text)).join('\n');
  if (instructions === '' && !direct.test(prompt)) return undefined;
  if (otherTask.test(prompt) || prompt.length > 1_500) return undefined;
  const asked = askedOf(prompt);
  if (asked === '') return undefined;
  const style = readStyle(instructions, question);
  const isTutor = instructions !== '';
  return (
    (isTutor ? courtesy(asked, style) : undefined) ??
    aboutForms(asked, question, style, isTutor) ??
    aboutWords(asked, style, isTutor) ??
    aboutSentence(asked, question, style, isTutor)
  );
}

/** What the student says: the quoted words where a persona and the words share one prompt, else all. */
function askedOf(prompt: string): string {
  if (!persona.test(prompt)) return prompt;
  const quoted = [...prompt.matchAll(/["“]([^"”\n]{3,})["”]/g)].at(-1)?.[1];
  const [, labelled] =
    /\b(?:student|user|sentence|input|question|text)\b[^:\n]{0,30}:\s*([^\n]+)\s*$/i.exec(prompt) ?? [];
  return quoted ?? labelled ?? (prompt.split(/\n\s*\n/).at(-1) ?? '').trim();
}

/** Greetings, thanks, and a student who introduces themselves. */
function courtesy(asked: string, style: Style): string | undefined {
  const name = /\b(?:my name is|my name's|call me|I am called)\s+(\p{Lu}[\p{L}'-]*)/iu.exec(asked)?.[1];
  if (name !== undefined && !asksForWord.test(asked) && !/["“?]/.test(asked))
    return `Nice to meet you, ${name}. Tell me a sentence in English, or ask me for the forms of a verb.`;
  const words = asked.match(/[A-Za-z']+/g) ?? [];
  const phrase = findEnglish(words, 0, 'noun');
  if (phrase?.word.kind !== 'phrase' || phrase.length < words.length - 2 || words.length > 5)
    return undefined;
  return `${wordAnswer(phrase.word, style)} What would you like to say in Japanese?`;
}

const conjugating =
  /\bconjugat\w*|\b(?:te|masu|nai|ta|ba|tai|dictionary|potential|volitional|passive|causative|imperative|conditional|polite|plain|negative|past)[- ]?(?:form|tense)?\b(?! and then)|\bform(?:s)? of\b|\bhow (?:do|would|can) (?:i|you) (?:change|inflect)/i;
const continuing =
  /^(?:and|what about|how about|now|then|ok(?:ay)?[,.]? (?:and|what))\b|\b(?:it|that|this verb|the verb|same verb)\b/i;

/** Questions about the forms of a word: named here, or the one that the turns before were about. Pure. */
function aboutForms(asked: string, question: Question, style: Style, isTutor: boolean): string | undefined {
  const own = wordsIn(asked);
  const forms = askedForms(asked, false);
  const named = /\bconjugat|\bforms?\b|\btense\b/i.test(asked) && conjugating.test(asked);
  const isShort = asked.length < 120 && (forms.length > 0 || /\bconjugat/i.test(asked));
  const goesOn = isShort && continuing.test(asked) && own.every(({ kind }) => kind !== 'verb');
  if (!named && !goesOn) return undefined;
  const word = own.find((one) => one.kind === 'verb') ?? englishVerb(asked) ?? fromEarlier(question);
  if (word === undefined && !isTutor) return undefined;
  if (word === undefined)
    return 'Which verb shall we conjugate? Name it in its dictionary form, such as 食べる.';
  return conjugationAnswer(word, asked, style, question.strength);
}

const notAskedAbout = /^(?:conjugat\w*|do|does|did|form|change|make|use|say|write|show|tell|teach|explain)$/;

/** `conjugate "to eat"`. */
function englishVerb(asked: string): Verb | undefined {
  const verbs = allEnglish(asked, 'verb').flatMap(({ word, form }) =>
    word.kind === 'verb' && form === 'base' && !notAskedAbout.test(word.english) ? [word] : [],
  );
  return verbs[0];
}

/** The verb the conversation was about: of the latest turn that has one. */
function fromEarlier({ earlier }: Question): Verb | undefined {
  const verbs = earlier.map(
    ({ text }) => wordsIn(text).find(({ kind }) => kind === 'verb') ?? readSentence(text)?.verb,
  );
  return verbs.findLast((verb) => verb?.kind === 'verb');
}

const askingForJapanese =
  /^(?:please )?(?:how (?:do|would|can) (?:i|you|we) (?:say|write)|translate(?: the sentence)?|how to say)\s*[:,]?\s*/i;
const inJapanese = /\s*(?:in|into|to) japanese\b[?.!]*\s*$/i;
const asksSomething =
  /^\s*(?:do|does|did|is|are|was|were|can|could|will|shall|may|must|should|what|where|when|who|why)\b/i;

/** A sentence in English, or an attempt in Japanese at the sentence before. Pure. */
function aboutSentence(
  asked: string,
  question: Question,
  style: Style,
  isTutor: boolean,
): string | undefined {
  if (hasJapanese(asked)) {
    const before = isTutor ? lastSentence(question) : undefined;
    return before === undefined ? undefined : attemptAnswer(asked, before);
  }
  const quoted = /["“]([^"”]{3,})["”]/.exec(asked)?.[1];
  const told = /\b(?:translate|say|write)\b[^:"“]{0,40}:\s*(.+)$/is.exec(asked)?.[1];
  const source = quoted ?? told ?? asked.replace(askingForJapanese, '').replace(inJapanese, '');
  const asks = asksSomething.test(source);
  const sentence = source === asked || asks ? source : source.replace(/\?\s*$/, '');
  const meaning = readSentence(sentence);
  if (meaning === undefined || !isUseful(meaning)) return isTutor ? fallback(source, style) : undefined;
  const isTold = style.givesClues && question.strength === 'capable';
  return isTold ? clues(meaning, style) : translation(meaning, style, question.strength);
}

/** A sentence of mostly unknown words would be made up. */
function isUseful({ words, unknown, verb }: Meaning): boolean {
  const known = words.filter(({ kind }) => kind !== 'pronoun').length;
  return words.length > 0 && (verb === undefined ? unknown.length === 0 : unknown.length <= known);
}

function lastSentence({ earlier }: Question): Meaning | undefined {
  for (const { role, text } of earlier.toReversed()) {
    const meaning = role === 'user' && !hasJapanese(text) ? readSentence(text) : undefined;
    if (meaning !== undefined && isUseful(meaning)) return meaning;
  }
  return undefined;
}

/** The known words of a sentence that is not understood as a whole. */
function fallback(source: string, style: Style): string | undefined {
  if (/^\s*(?:please )?(?:write|tell|explain|describe|give|create|list|who|what|why|how)\b/i.test(source))
    return undefined;
  const found = new Set(allEnglish(source, 'noun').map(({ word }) => word));
  const known = [...found].filter(({ kind }) => kind !== 'pronoun');
  if (known.length === 0) return undefined;
  return `I cannot take this sentence apart: I know simple sentences with one verb. These of its words are in my vocabulary:\n\n${wordTable(known, style)}`;
}

/** Asks for a word, in either language. */
const asksForWord =
  /\bwhat (?:does|do|is the meaning of)\b.*\bmean|\bmeaning of\b|\b(?:words?|verbs?|nouns?|adjectives?|kanji) for\b|\bwhat is\b.*\bin japanese|\bhow (?:do|would|can|to) (?:you |i |we |one )?(?:say|write)\b/i;
/** Questions about words. Pure. */
function aboutWords(asked: string, style: Style, isTutor: boolean): string | undefined {
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
  const english = subject?.match(/[A-Za-z']+/g) ?? [];
  const match = findEnglish(english, 0, /\bverb\b|\bto \w+/i.test(asked) ? 'verb' : 'noun');
  if (match !== undefined && match.length === english.length) return wordAnswer(match.word, style);
  return isTutor && english.length === 1 ? `My vocabulary does not have "${english[0]}".` : undefined;
}
