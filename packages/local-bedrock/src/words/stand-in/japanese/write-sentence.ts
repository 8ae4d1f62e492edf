import { type Conjugated, endSentence, inflect } from './conjugate.ts';
import grammar from './grammar.json' with { type: 'json' };
import { toRomaji } from './kana.ts';
import { romajiOf } from './style.ts';
import type { Meaning, Part, Phrase } from './word.ts';

/** A piece of a Japanese sentence. A gap for the student may stand in place of particles and predicates. */
export interface Piece extends Conjugated {
  readonly kind: 'phrase' | 'particle' | 'predicate';
}

/** The Japanese sentence, piece by piece: time, topic, the other parts, and the predicate last. Pure. */
export function piecesOf(meaning: Meaning): Piece[] {
  const { subject, parts: allParts } = meaning;
  const isOwn = subject === undefined || subject.nouns[0]?.noun.english === 'I';
  const parts = isOwn ? allParts.map(withoutOwnOwner) : allParts;
  const bare = parts.filter(({ particle }) => particle === '');
  const times = bare.filter(({ phrase }) => phrase.nouns[0]?.noun.kind === 'time');
  const asked = bare.filter((part) => !times.includes(part));
  const sorted = parts
    .filter(({ particle }) => particle !== '')
    .sort((one, other) => rank(one) - rank(other));
  const topic =
    subject === undefined || isSelfEvident(meaning) ? [] : [...phrasePieces(subject), particle('は')];
  return [
    ...times.flatMap(({ phrase }) => phrasePieces(phrase)),
    ...topic,
    ...asked.flatMap(({ phrase }) => askedPieces(phrase, meaning)),
    ...sorted.flatMap((part) => [...phrasePieces(part.phrase), particle(part.particle)]),
    ...predicate(meaning),
  ];
}

/** `I meet my friend` is 友達に会います: what belongs to the speaker needs no 私の. */
function withoutOwnOwner(part: Part): Part {
  const nouns = part.phrase.nouns.map(({ owner, ...noun }) =>
    owner === undefined || owner.english === 'I' ? noun : { ...noun, owner },
  );
  return { ...part, phrase: { nouns } };
}

const order = ['から', 'まで', 'で', 'と', 'に', 'について', 'が', 'を'];

/** Moments come first, the object last. */
function rank({ phrase, particle: mark }: Part): number {
  return phrase.nouns[0]?.noun.topic === 'moment' ? -1 : order.indexOf(mark);
}

/** `Let's` and requests leave the subject out, and so does a question to `you`. */
function isSelfEvident({ pattern, subject, isQuestion }: Meaning): boolean {
  if (/^(?:lets|shall-we|please|may)$/.test(pattern)) return true;
  return subject?.nouns[0]?.noun.english === 'you' && isQuestion;
}

const whither = /^(?:行く|来る|帰る|住む|いる|ある)$/;

/** `what` as an object takes を, `where` takes the particle its verb asks for. */
function askedPieces(phrase: Phrase, { verb, predicate: isNamed }: Meaning): Piece[] {
  const [asked, ...others] = phrasePieces(phrase);
  const word = phrase.nouns[0]?.noun.english;
  if (asked === undefined) return [];
  if (word === 'what' && isNamed !== undefined) return [{ ...asked, reading: 'なん' }];
  if (word === 'what') return [asked, particle(verb?.particle ?? 'を')];
  if (word === 'where' && verb !== undefined) {
    return [asked, particle(whither.test(verb.written) ? 'に' : 'で')];
  }
  return word === 'who' && verb !== undefined ? [asked, particle('が')] : [asked, ...others];
}

function phrasePieces(phrase: Phrase): Piece[] {
  return phrase.nouns.flatMap(({ noun, owner, adjectives }, index) => [
    ...(index > 0 ? [particle('と')] : []),
    ...(owner === undefined ? [] : [piece(owner), particle('の')]),
    ...adjectives.map((adjective) => piece(inflect(adjective, 'before a noun'))),
    piece(noun),
  ]);
}

function predicate(meaning: Meaning): Piece[] {
  const { verb, predicate: is, isPast, isNegative, isQuestion, pattern } = meaning;
  const asks = (isQuestion || pattern === 'shall-we') && (verb === undefined || pattern !== 'please');
  const end = ({ written, reading }: Conjugated): Piece => {
    const ending = asks ? 'か' : '';
    return { kind: 'predicate', written: written + ending, reading: reading + ending };
  };
  if (verb !== undefined) return [end(endSentence(verb, pattern, meaning))];
  if (is !== undefined && 'adjective' in is) {
    const form = isNegative ? (isPast ? 'past negative' : 'negative') : isPast ? 'past' : 'polite';
    const very = is.isVery ? [piece({ written: 'とても', reading: 'とても' })] : [];
    return [...very, end(inflect(is.adjective, form))];
  }
  const copula = grammar.copula[(isPast ? 2 : 0) + (isNegative ? 1 : 0)] ?? '';
  const named = is === undefined ? [] : phrasePieces(is.phrase);
  const fixed = named.map((one) => (one.written === '何' ? { ...one, reading: 'なん' } : one));
  return [...fixed, end({ written: copula, reading: copula })];
}

function piece({ written, reading }: Conjugated): Piece {
  return { kind: 'phrase', written, reading };
}

function particle(mark: string): Piece {
  return { kind: 'particle', written: mark, reading: mark };
}

const particleSounds: Readonly<Record<string, string>> = { は: 'wa', を: 'o', へ: 'e' };

/** The sentence as it is written, in kana with spaces, and in romaji. Pure. */
export function writeSentence(pieces: readonly Piece[]): Conjugated & { readonly romaji: string } {
  const sounds = pieces.map(({ kind, reading }) =>
    kind === 'particle' ? (particleSounds[reading] ?? toRomaji(reading)) : spaced(romajiOf(reading)),
  );
  const romaji = sounds.join(' ').trim();
  const kana = pieces.map(({ reading }) => reading).join(' ');
  return {
    written: `${pieces.map(({ written }) => written).join('')}。`,
    reading: `${kana.trim()}。`,
    romaji: `${romaji.charAt(0).toUpperCase()}${romaji.slice(1)}.`,
  };
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
