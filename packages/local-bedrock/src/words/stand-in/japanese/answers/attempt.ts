import { findJapanese } from '../find-word.ts';
import type { Meaning } from '../meaning.ts';
import type { Style } from '../style.ts';
import { glossOf } from '../word.ts';
import { piecesOf, writeSentence } from '../write-sentence.ts';
import { wordTable } from './words.ts';

const signs = /[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/gu;

/** What is right and what is missing in a sentence the student wrote, or else its words. Pure. */
export function attemptAnswer(
  attempt: string,
  meaning: Meaning | undefined,
  style: Style,
): string | undefined {
  const words = findJapanese(attempt);
  if (meaning === undefined) {
    return words.length === 0
      ? undefined
      : `I read these words in your sentence:\n\n${wordTable(words, style)}`;
  }
  const pieces = piecesOf(meaning, style.isCasual);
  const { written, reading } = writeSentence(
    pieces,
    { ...style, furigana: undefined, kanaOnly: false },
    meaning.isQuestion,
  );
  const plain = attempt.replace(signs, '');
  if (plain === written.replace(signs, '') || plain === reading.replace(signs, '')) {
    return 'Correct: that is the sentence. Shall we change it to the past, or to a question?';
  }
  const missing = pieces.filter((piece) => !plain.includes(piece.written) && !plain.includes(piece.reading));
  const advice = missing.map((piece) => {
    if (piece.kind === 'particle')
      return '- Look at your particles again: one that this sentence needs is missing.';
    if (piece.kind === 'predicate')
      return '- The form of the last word is not the one this sentence asks for.';
    const word = meaning.words.find(({ written: known }) => known === piece.written);
    return `- A word is missing${word === undefined ? '' : `: ${glossOf(word)}`}.`;
  });
  if (advice.length === 0) return 'All the pieces are there. Check their order: the verb comes last.';
  return `Not yet. ${[...new Set(advice)].length === 1 ? 'One thing is' : 'These things are'} left to do:\n\n${[...new Set(advice)].join('\n')}`;
}
