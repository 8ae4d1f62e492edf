import table from './cities.json' with { type: 'json' };
import kindsOfThings from './kinds.json' with { type: 'json' };

/** A city: where it is and what its clocks follow. */
interface City {
  readonly name: string;
  readonly country: string;
  /** IANA time zone. */
  readonly timeZone: string;
}

const cityOf = new Map<string, City>(
  table.map(([name = '', country = '', timeZone = '']) => [name.toLowerCase(), { name, country, timeZone }]),
);
export const cityNames: readonly string[] = [...cityOf.values()].map(({ name }) => name);
export const countries: readonly string[] = [...new Set([...cityOf.values()].map(({ country }) => country))];

/** The city of that name, whatever its case; `undefined` when it is not among those known here. */
export function findCity(name: string): City | undefined {
  return cityOf.get(name.trim().toLowerCase());
}

/** The names of a list that stand in a text as words, in the order they stand there, each once. Pure. */
export function namesIn(text: string, names: readonly string[]): string[] {
  const lower = text.toLowerCase();
  return names
    .map((name) => ({ name, at: indexOfWord(lower, name.toLowerCase()) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)
    .map(({ name }) => name);
}

function indexOfWord(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return at;
  }
  return -1;
}

/** Kinds of things that can be asked for by name, each with the words that name the kind. */
const kinds: readonly { readonly names: RegExp; readonly members: readonly string[] }[] = [
  { names: /^(?:city|cities|town|towns)$/, members: cityNames },
  { names: /^(?:country|countries|nation|nations)$/, members: countries },
  { names: /^(?:place|places|location|destination)$/, members: [...cityNames, ...countries] },
  ...kindsOfThings.map(({ names, members }) => ({ names: new RegExp(names), members: members.split(', ') })),
];

/** What a text names of a kind such as `city`, in its order; `undefined` when the kind is not known here. Pure. */
export function namedOfKind(kind: string, text: string): string[] | undefined {
  const found = kinds.find(({ names }) => names.test(kind.toLowerCase()));
  return found === undefined ? undefined : namesIn(text, found.members);
}
