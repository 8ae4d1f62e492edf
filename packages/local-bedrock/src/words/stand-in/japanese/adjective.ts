import type { Conjugated } from './conjugate.ts';
import type { Adjective } from './word.ts';

/** The forms of an adjective that are taught here. */
export type AdjectiveForm =
  | 'plain'
  | 'polite'
  | 'negative'
  | 'past'
  | 'past-negative'
  | 'te'
  | 'adverb'
  | 'before-noun';

const iEndings: Readonly<Record<AdjectiveForm, string>> = {
  plain: 'い',
  polite: 'いです',
  negative: 'くないです',
  past: 'かったです',
  'past-negative': 'くなかったです',
  te: 'くて',
  adverb: 'く',
  'before-noun': 'い',
};
const naEndings: Readonly<Record<AdjectiveForm, string>> = {
  plain: 'だ',
  polite: 'です',
  negative: 'じゃないです',
  past: 'でした',
  'past-negative': 'じゃなかったです',
  te: 'で',
  adverb: 'に',
  'before-noun': 'な',
};

/** The form of an adjective, written and read; いい is built on よい but for its own ending. Pure. */
export function inflect(adjective: Adjective, form: AdjectiveForm): Conjugated {
  if (adjective.kind === 'na-adjective') {
    const ending = naEndings[form];
    return { written: adjective.written + ending, reading: adjective.reading + ending };
  }
  const ending = iEndings[form];
  const keepsI = ending.startsWith('い');
  const reading = adjective.reading === 'いい' && !keepsI ? 'よい' : adjective.reading;
  return { written: adjective.written.slice(0, -1) + ending, reading: reading.slice(0, -1) + ending };
}
