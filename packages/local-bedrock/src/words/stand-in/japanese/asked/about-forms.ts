import type { Question } from '../../question.ts';
import { adjectiveAnswer, conjugationAnswer } from '../answers/conjugation.ts';
import { findEnglish, guessVerb, wordsIn } from '../find-word.ts';
import { askedForms } from '../forms.ts';
import { readSentence } from '../read-sentence.ts';
import type { Style } from '../style.ts';
import type { Adjective, Verb, Word } from '../word.ts';

const conjugating =
  /\bconjugat\w*|\b(?:te|masu|nai|ta|ba|tai|dictionary|potential|volitional|passive|causative|imperative|conditional|polite|plain|negative|past)[- ]?(?:form|tense)?\b(?! and then)|\bform(?:s)? of\b|\bhow (?:do|would|can) (?:i|you) (?:change|inflect)/i;
const continuing =
  /^(?:and|what about|how about|now|then|ok(?:ay)?[,.]? (?:and|what))\b|\b(?:it|that|this verb|the verb|same verb)\b/i;

/** Questions about the forms of a word: named here, or the one that the turns before were about. Pure. */
export function aboutForms(
  asked: string,
  question: Question,
  style: Style,
  isTutor: boolean,
): string | undefined {
  const own = wordsIn(asked);
  const forms = askedForms(asked, false);
  const isAbout =
    conjugating.test(asked) &&
    (/\bconjugat/i.test(asked) || /\bforms?\b|\btense\b|\bof\b/i.test(asked) || own.length > 0);
  const goesOn =
    own.every(({ kind }) => kind !== 'verb') &&
    continuing.test(asked) &&
    (forms.length > 0 || /\bconjugat/i.test(asked)) &&
    asked.length < 120;
  if (!isAbout && !goesOn) return undefined;
  if (!/\bconjugat|\bforms?\b|\btense\b/i.test(asked) && !goesOn) return undefined;
  const word = own.find(isChanging) ?? englishVerb(asked) ?? unknownVerb(asked) ?? fromEarlier(question);
  if (word === undefined && !isTutor) return undefined;
  if (word === undefined)
    return 'Which verb shall we conjugate? Name it in its dictionary form, such as 食べる.';
  return word.kind === 'verb'
    ? conjugationAnswer(word, asked, style, question.strength)
    : adjectiveAnswer(word, style);
}

function isChanging(word: Word): word is Verb | Adjective {
  return word.kind === 'verb' || word.kind === 'i-adjective' || word.kind === 'na-adjective';
}

/** `conjugate "to eat"`. */
function englishVerb(asked: string): Verb | undefined {
  const words = asked.toLowerCase().match(/[a-z']+/g) ?? [];
  for (let at = 0; at < words.length; at += 1) {
    if (
      /^(?:conjugat\w*|do|does|did|form|change|make|use|say|write|show|tell|teach|explain)$/.test(
        words[at] ?? '',
      )
    )
      continue;
    const match = findEnglish(words, at);
    if (match?.word.kind === 'verb' && match.form === 'base') return match.word;
  }
  return undefined;
}

function unknownVerb(asked: string): Verb | undefined {
  const quoted = /["“「']([^"”」']{2,20})["”」']/.exec(asked)?.[1];
  const named = /\b(?:conjugate|verb|of)\s+([a-zōū]{3,16})\b(?!\s+(?:verb|form))/i.exec(asked)?.[1];
  const kana = /[\p{Script=Hiragana}\p{Script=Han}]{2,12}/u.exec(asked)?.[0];
  for (const candidate of [quoted, kana, named]) {
    const verb = candidate === undefined ? undefined : guessVerb(candidate);
    if (verb !== undefined) return verb;
  }
  return undefined;
}

/** The verb the conversation was about: of the latest turn that has one. */
function fromEarlier({ earlier }: Question): Verb | Adjective | undefined {
  for (const { text } of earlier.toReversed()) {
    const word =
      wordsIn(text).find(({ kind }) => kind === 'verb') ??
      readSentence(text)?.verb ??
      wordsIn(text).find(isChanging);
    if (word !== undefined && isChanging(word)) return word;
  }
  return undefined;
}
