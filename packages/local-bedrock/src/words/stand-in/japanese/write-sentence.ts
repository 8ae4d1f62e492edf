import { type Conjugated, conjugate, inflect } from './conjugate.ts';
import { toRomaji } from './kana.ts';
import { romajiOf, type Style, spell } from './style.ts';
import type { Meaning, Phrase, Verb } from './word.ts';

/** A piece of a Japanese sentence. A gap for the student may stand in place of particles and predicates. */
export interface Piece extends Conjugated {
  readonly kind: 'phrase' | 'particle' | 'predicate';
}

const particleSounds: Readonly<Record<string, string>> = { は: 'wa', を: 'o', へ: 'e' };

/** The Japanese sentence, piece by piece: time, topic, the other parts, and the predicate last. Pure. */
export function piecesOf(meaning: Meaning, isCasual: boolean): Piece[] {
  const { subject, parts: allParts } = meaning;
  const isOwn = subject === undefined || subject.nouns[0]?.noun.english === 'I';
  const parts = isOwn ? allParts.map(withoutOwnOwner) : allParts;
  const bare = parts.filter(({ particle }) => particle === '');
  const times = bare.filter(({ phrase }) => phrase.nouns[0]?.noun.kind === 'time');
  const asked = bare.filter((part) => !times.includes(part));
  const rest = parts.filter(({ particle }) => particle !== '');
  const order = ['から', 'まで', 'で', 'と', 'に', 'について', 'が', 'を'];
  const sorted = [...rest].sort((one, other) => rank(one, order) - rank(other, order));
  const topic =
    subject === undefined || isSelfEvident(meaning) ? [] : [...phrasePieces(subject), particle('は')];
  return [
    ...times.flatMap(({ phrase }) => phrasePieces(phrase)),
    ...topic,
    ...asked.flatMap(({ phrase }) => askedPieces(phrase, meaning)),
    ...sorted.flatMap((part) => [...phrasePieces(part.phrase), particle(part.particle)]),
    ...predicate(meaning, isCasual),
  ];
}

/** `I meet my friend` is 友達に会います: what belongs to the speaker needs no 私の. */
function withoutOwnOwner(part: Meaning['parts'][number]): Meaning['parts'][number] {
  const nouns = part.phrase.nouns.map(({ owner, ...noun }) =>
    owner === undefined || owner.english === 'I' ? noun : { ...noun, owner },
  );
  return { ...part, phrase: { nouns } };
}

/** Moments come first, the object last. */
function rank({ phrase, particle: mark }: Meaning['parts'][number], order: readonly string[]): number {
  return phrase.nouns[0]?.noun.topic === 'moment' ? -1 : order.indexOf(mark);
}

/** `Let's`, requests and wishes of `I` leave the subject out. */
function isSelfEvident({ pattern, subject, isQuestion }: Meaning): boolean {
  const who = subject?.nouns[0]?.noun.english;
  if (pattern === 'lets' || pattern === 'shall-we' || pattern === 'please' || pattern === 'may') return true;
  return who === 'you' && isQuestion;
}

/** `what` as an object takes を, `where` takes the particle its verb asks for. */
function askedPieces(phrase: Phrase, { verb, predicate: isNamed }: Meaning): Piece[] {
  const word = phrase.nouns[0]?.noun;
  if (word === undefined) return [];
  if (word.english === 'what')
    return isNamed !== undefined
      ? [piece('何', 'なん')]
      : [piece('何', 'なに'), particle(verb?.particle ?? 'を')];
  if (word.english === 'where' && verb !== undefined) {
    return [
      piece(word.written, word.reading),
      particle(['行く', '来る', '帰る', '住む', 'いる', 'ある'].includes(verb.written) ? 'に' : 'で'),
    ];
  }
  if (word.english === 'who' && verb !== undefined)
    return [piece(word.written, word.reading), particle('が')];
  return [piece(word.written, word.reading)];
}

function phrasePieces(phrase: Phrase): Piece[] {
  return phrase.nouns.flatMap(({ noun, owner, adjectives }, index) => [
    ...(index > 0 ? [particle('と')] : []),
    ...(owner === undefined ? [] : [piece(owner.written, owner.reading), particle('の')]),
    ...adjectives.map((adjective) => {
      const form = inflect(adjective, 'before-noun');
      return piece(form.written, form.reading);
    }),
    piece(noun.written, noun.reading),
  ]);
}

function predicate(meaning: Meaning, isCasual: boolean): Piece[] {
  const { verb, predicate: is, isPast, isNegative, isQuestion, pattern } = meaning;
  const question = isQuestion || pattern === 'shall-we';
  if (verb !== undefined) {
    const form = verbPhrase(meaning, verb, isCasual);
    const ending = question && !isCasual && pattern !== 'please' ? 'か' : '';
    return [{ kind: 'predicate', written: form.written + ending, reading: form.reading + ending }];
  }
  const end = question && !isCasual ? 'か' : '';
  if (is !== undefined && 'adjective' in is) {
    const form = inflect(
      is.adjective,
      isNegative ? (isPast ? 'past-negative' : 'negative') : isPast ? 'past' : 'polite',
    );
    const plain = isCasual ? casualAdjective(form) : form;
    return [
      ...(is.isVery ? [piece('とても', 'とても')] : []),
      { kind: 'predicate', written: plain.written + end, reading: plain.reading + end },
    ];
  }
  const copula = isCasual
    ? isNegative
      ? isPast
        ? 'じゃなかった'
        : 'じゃない'
      : isPast
        ? 'だった'
        : question
          ? ''
          : 'だ'
    : isNegative
      ? isPast
        ? 'じゃありませんでした'
        : 'じゃありません'
      : isPast
        ? 'でした'
        : 'です';
  const named = is === undefined ? [] : phrasePieces(is.phrase);
  const fixed = named.map((one) => (one.written === '何' ? piece('何', 'なん') : one));
  return [...fixed, { kind: 'predicate', written: copula + end, reading: copula + end }];
}

function casualAdjective({ written, reading }: Conjugated): Conjugated {
  const plain = (text: string) => text.replace(/でした$/, 'だった').replace(/です$/, '');
  return { written: plain(written), reading: plain(reading) };
}

/** Romaji with the spaces that are usual inside a predicate. */
function spaced(romaji: string): string {
  return romaji
    .replace(/(?<=[\p{L}])(?=(?:desu|deshita)(?:ka)?$)/u, ' ')
    .replace(/(?<=[td]e)(?=kudasai|(?:i)(?:masu|mashita|masen)|mo ?ii)/, ' ')
    .replace(/moii/, 'mo ii')
    .replace(/nakereba(?=nar)/, 'nakereba ')
    .replace(/nogasuki/, ' no ga suki')
    .replace(/(?<=masu|masen|mashita|mashou|desu|deshita)ka$/, ' ka');
}

function piece(written: string, reading: string): Piece {
  return { kind: 'phrase', written, reading };
}

function particle(mark: string): Piece {
  return { kind: 'particle', written: mark, reading: mark };
}

/** The sentence as it is written, in kana with spaces, and in romaji. Pure. */
export function writeSentence(
  pieces: readonly Piece[],
  style: Style,
  isQuestion: boolean,
): { written: string; reading: string; romaji: string } {
  const stop = isQuestion && style.isCasual ? '？' : '。';
  const romaji = pieces
    .map(({ kind, reading }) =>
      kind === 'particle' ? (particleSounds[reading] ?? toRomaji(reading)) : spaced(romajiOf(reading)),
    )
    .join(' ')
    .trim();
  return {
    written: pieces.map((one) => spell(one, style)).join('') + stop,
    reading:
      pieces
        .map(({ reading }) => reading)
        .join(' ')
        .trim() + stop,
    romaji: `${romaji.charAt(0).toUpperCase()}${romaji.slice(1)}${isQuestion && style.isCasual ? '?' : '.'}`,
  };
}

/** The verb with what the pattern adds to it: たい, てください, なければなりません and so on. Pure. */
function verbPhrase(meaning: Meaning, verb: Verb, isCasual: boolean): Conjugated {
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
