/** A part of a regular expression: a kind of character, and how often it comes. */
interface Piece {
  readonly is: RegExp;
  readonly character: string;
  readonly least: number;
  readonly most: number;
}

/** A longer pattern is not read, nor one of a longer text; no more repetitions than this are told apart. */
const longest = 300;

const piece =
  /(\\[dwsDWS\W]|\[(?:\\.|[^\]\\^])(?:\\.|[^\]\\])*\]|[^\\^$*+?()[\]{}|])(?:([?*+])|\{(\d{1,3})(,?)(\d{0,3})\})?/y;

/**
 * A regular expression as a row of characters, each with how often it comes: `^[A-Z]{2}-\d+$`. `undefined` for one that
 * has groups, alternatives or conditions, or is not about the whole text. Such a row can be held against a text in a
 * time that has a bound, which a request's own pattern has not. Pure.
 */
export function readPattern(pattern: unknown): readonly Piece[] | undefined {
  if (typeof pattern !== 'string' || pattern.length > longest) return undefined;
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) return undefined;
  const pieces: Piece[] = [];
  for (let at = 1; at < pattern.length - 1; at = piece.lastIndex) {
    piece.lastIndex = at;
    const match = piece.exec(pattern);
    if (match === null || piece.lastIndex > pattern.length - 1) return undefined;
    const [, character = '', sign, count, comma, limit = ''] = match;
    const least = count === undefined ? (sign === '?' || sign === '*' ? 0 : 1) : Number(count);
    const isOpen = sign === '*' || sign === '+' || (comma === ',' && limit === '');
    const most = isOpen ? longest : count === undefined ? 1 : Number(limit === '' ? count : limit);
    const is = asPattern(`^${character}$`);
    if (is === undefined) return undefined;
    pieces.push({ is, character: characterOf(character), least, most });
  }
  return pieces.reduce((sum, { least }) => sum + least, 0) > longest ? undefined : pieces;
}

/** A text that matches, as short as it can be. Pure. */
export function sampleOf(pieces: readonly Piece[]): string {
  return pieces.map(({ character, least }) => character.repeat(least)).join('');
}

/** Whether the whole text matches; a text of more than 300 characters never does. Pure. */
export function matches(pieces: readonly Piece[], text: string): boolean {
  if (text.length > longest) return false;
  let ends = new Set([0]);
  for (const { is, least, most } of pieces) {
    const next = new Set<number>();
    for (const end of ends) {
      let at = end;
      for (let count = 0; count <= most; count += 1) {
        if (count >= least) next.add(at);
        if (!is.test(text[at] ?? '')) break;
        at += 1;
      }
    }
    ends = next;
  }
  return ends.has(text.length);
}

/** `undefined`: a range such as `z-a` is none. */
function asPattern(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

function characterOf(source: string): string {
  if (source.startsWith('[')) return characterOf(source.slice(1, source[1] === '\\' ? 3 : 2));
  if (source === '.') return 'a';
  if (!source.startsWith('\\')) return source;
  const known: Readonly<Record<string, string>> = { d: '0', w: 'a', s: ' ', D: 'a', W: '-', S: 'a' };
  return known[source[1] ?? ''] ?? source[1] ?? '';
}
