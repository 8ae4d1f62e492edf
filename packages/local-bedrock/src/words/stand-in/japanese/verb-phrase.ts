import { type Conjugated, conjugate } from './conjugate.ts';
import type { Meaning } from './meaning.ts';
import type { Verb } from './word.ts';

/** The verb with what the pattern adds to it: たい, てください, なければなりません and so on. Pure. */
export function verbPhrase(meaning: Meaning, verb: Verb, isCasual: boolean): Conjugated {
  const { pattern, isPast, isNegative } = meaning;
  const on = (form: Parameters<typeof conjugate>[1], cut: number, ending: string): Conjugated => {
    const { written, reading } = conjugate(verb, form);
    return {
      written: written.slice(0, written.length - cut) + ending,
      reading: reading.slice(0, reading.length - cut) + ending,
    };
  };
  switch (pattern) {
    case 'lets':
    case 'shall-we':
      if (isNegative) return on('nai', 0, isCasual ? 'でおこう' : 'でおきましょう');
      return isCasual ? on('volitional', 0, pattern === 'shall-we' ? 'か' : '') : on('mashou', 0, '');
    case 'want':
      return on('tai', 1, wish(isPast, isNegative, isCasual));
    case 'can':
      return on('potential', 1, tense(isPast, isNegative, isCasual));
    case 'please':
      return isNegative
        ? on('nai', 0, isCasual ? 'で' : 'でください')
        : on('te', 0, isCasual ? '' : 'ください');
    case 'must':
      return isNegative
        ? on('nai', 1, isCasual ? 'くてもいい' : 'くてもいいです')
        : on('nai', 1, isCasual ? 'ければならない' : 'ければなりません');
    case 'should':
      return isNegative
        ? on('nai', 0, isCasual ? 'ほうがいい' : 'ほうがいいです')
        : on('ta', 0, isCasual ? 'ほうがいい' : 'ほうがいいです');
    case 'may':
      return on('te', 0, isCasual ? 'もいい' : 'もいいです');
    case 'progressive':
      return on('te', 0, `い${tense(isPast, isNegative, isCasual)}`);
    case 'like-doing':
      return liked(conjugate(verb, 'dictionary'), isPast, isNegative, isCasual);
    default:
      if (isCasual)
        return conjugate(verb, isNegative ? (isPast ? 'nakatta' : 'nai') : isPast ? 'ta' : 'dictionary');
      return conjugate(verb, isNegative ? (isPast ? 'masendeshita' : 'masen') : isPast ? 'mashita' : 'masu');
  }
}

/** `のが好き`: what one likes to do. */
function liked(doing: Conjugated, isPast: boolean, isNegative: boolean, isCasual: boolean): Conjugated {
  const plain = isNegative ? (isPast ? 'じゃなかった' : 'じゃない') : isPast && isCasual ? 'だった' : '';
  const ending = isCasual ? plain : isPast && !isNegative ? 'でした' : `${plain}です`;
  return { written: `${doing.written}のが好き${ending}`, reading: `${doing.reading}のがすき${ending}` };
}

/** Endings of an ichidan verb, which potentials and ている are. */
function tense(isPast: boolean, isNegative: boolean, isCasual: boolean): string {
  if (isCasual) return isNegative ? (isPast ? 'なかった' : 'ない') : isPast ? 'た' : 'る';
  return isNegative ? (isPast ? 'ませんでした' : 'ません') : isPast ? 'ました' : 'ます';
}

function wish(isPast: boolean, isNegative: boolean, isCasual: boolean): string {
  const ending = isNegative ? (isPast ? 'くなかった' : 'くない') : isPast ? 'かった' : 'い';
  return isCasual ? ending : `${ending}です`;
}
