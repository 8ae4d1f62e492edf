import type { Content } from './wire-message.ts';

/** A cell that has run, with what its last statement came to. */
interface Entry {
  readonly line: number;
  readonly input: string;
  readonly output: string | null;
}

export interface History {
  add(line: number, input: string, output?: string): void;
  /** The content of Jupyter's `history_reply`. */
  answer(request: Content): { readonly history: readonly (readonly [number, number, unknown])[] };
}

/** There is no file of former sessions, so this is the first. */
const session = 1;

/** Cells that are kept; those before are of no use to somebody who presses the arrow key. */
const mostKept = 10_000;

/**
 * What was run on this kernel. Consoles ask for it when they start.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#history
 */
export function createHistory(): History {
  const entries: Entry[] = [];
  return {
    add: (line, input, output = undefined) => {
      entries.push({ line, input, output: output ?? null });
      if (entries.length > mostKept) entries.shift();
    },
    answer: (request) => ({
      history: find(entries, request).map(({ line, input, output }) => [
        session,
        line,
        request.output === true ? [input, output] : input,
      ]),
    }),
  };
}

function find(entries: readonly Entry[], request: Content): readonly Entry[] {
  const { hist_access_type: type, session: asked = 0, start = 0, stop, pattern = '*', unique } = request;
  const last = (found: readonly Entry[]) =>
    typeof request.n === 'number' ? found.slice(Math.max(0, found.length - request.n)) : found;
  switch (type) {
    case 'tail':
      return last(entries);
    case 'range': {
      // 0 is the session that runs, -1 the one before it.
      if (asked !== 0 && asked !== session) return [];
      const end = typeof stop === 'number' ? stop : Number.POSITIVE_INFINITY;
      return entries.filter(({ line }) => line >= Number(start) && line < end);
    }
    case 'search': {
      const matches = globOf(String(pattern));
      const found = entries.filter(({ input }) => matches.test(input));
      if (unique !== true) return last(found);
      const newest = new Map(found.map((entry) => [entry.input, entry]));
      return last(found.filter((entry) => newest.get(entry.input) === entry));
    }
    default:
      return [];
  }
}

/** `*` is any text, `?` any character, and `[…]` one of those in it; the whole input has to match. */
function globOf(pattern: string): RegExp {
  const source = pattern.replace(/\[\^?\]?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length === 1) return part.replace(/[.+^${}()|[\]\\/]/, '\\$&');
    const isNegated = part[1] === '^';
    return `[${isNegated ? '^' : ''}${part.slice(isNegated ? 2 : 1, -1).replace(/[[\]\\^]/g, '\\$&')}]`;
  });
  return new RegExp(`^${source}$`, 's');
}
