import type { Question } from '../../question.ts';
import { attemptAnswer } from '../answers/attempt.ts';
import { clues, translation } from '../answers/sentence.ts';
import { wordTable } from '../answers/words.ts';
import { findEnglish } from '../find-word.ts';
import { hasJapanese } from '../kana.ts';
import type { Meaning } from '../meaning.ts';
import { readSentence } from '../read-sentence.ts';
import type { Style } from '../style.ts';
import type { Word } from '../word.ts';

/** A sentence in English, an attempt in Japanese, or a wish for help with the sentence before. Pure. */
export function aboutSentence(
  asked: string,
  question: Question,
  style: Style,
  isTutor: boolean,
): string | undefined {
  if (hasJapanese(asked)) {
    return isTutor ? attemptAnswer(asked, lastSentence(question), style) : undefined;
  }
  const quoted = /["“]([^"”]{3,})["”]/.exec(asked)?.[1];
  const told = /\b(?:translate|say|write)\b[^:"“]{0,40}:\s*(.+)$/is.exec(asked)?.[1];
  const source =
    quoted ??
    told ??
    asked
      .replace(
        /^(?:please )?(?:how (?:do|would|can) (?:i|you|we) (?:say|write)|translate(?: the sentence)?|how to say)\s*[:,]?\s*/i,
        '',
      )
      .replace(/\s*(?:in|into|to) japanese\b[?.!]*\s*$/i, '');
  const asks =
    /^\s*(?:do|does|did|is|are|was|were|can|could|will|shall|may|must|should|what|where|when|who|why)\b/i.test(
      source,
    );
  const sentence = source === asked || asks ? source : source.replace(/\?\s*$/, '');
  const meaning = readSentence(sentence) ?? wanted(asked, question);
  if (meaning === undefined || !isUseful(meaning)) return isTutor ? fallback(source, style) : undefined;
  const isTold = style.givesClues && question.strength === 'capable';
  return isTold ? clues(meaning, style) : translation(meaning, style, question.strength);
}

/** A sentence of mostly unknown words would be made up. */
function isUseful({ words, unknown, verb }: Meaning): boolean {
  const known = words.filter(({ kind }) => kind !== 'pronoun').length;
  return words.length > 0 && (verb === undefined ? unknown.length === 0 : unknown.length <= known);
}

/** `Give me another hint`, `what is the answer?` are about the sentence before. */
function wanted(asked: string, question: Question): Meaning | undefined {
  return /\b(?:hint|clue|answer|help|stuck|don't know|do not know|translation|solution)\b/i.test(asked)
    ? lastSentence(question)
    : undefined;
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
  const english = source.match(/[A-Za-z']+/g) ?? [];
  const found: Word[] = [];
  for (let at = 0; at < english.length; ) {
    const match = findEnglish(english, at, 'noun');
    if (match !== undefined && match.word.kind !== 'pronoun' && !found.includes(match.word))
      found.push(match.word);
    at += match?.length ?? 1;
  }
  if (found.length === 0) return undefined;
  return `I cannot take this sentence apart: I know simple sentences with one verb. These of its words are in my vocabulary:\n\n${wordTable(found, style)}`;
}
