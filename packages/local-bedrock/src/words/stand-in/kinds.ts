import { cities, countries, namesIn } from './places.ts';

const list = (words: string): readonly string[] => words.trim().split(/\s*,\s*/);

/** Kinds of things that can be asked for by name, each with the words that name the kind. */
const kinds: readonly { readonly names: RegExp; readonly members: readonly string[] }[] = [
  { names: /^(?:city|cities|town|towns)$/, members: cities.map(({ name }) => name) },
  { names: /^(?:country|countries|nation|nations)$/, members: countries },
  {
    names: /^(?:place|places|location|destination)$/,
    members: [...cities.map(({ name }) => name), ...countries],
  },
  {
    names: /^colou?rs?$/,
    members: list(
      'red, orange, yellow, green, blue, purple, violet, pink, brown, black, white, grey, gray, turquoise',
    ),
  },
  {
    names: /^(?:animals?|pets?)$/,
    members: list(
      'dog, cat, rabbit, hamster, parrot, horse, cow, pig, goat, sheep, fox, bear, lion, tiger, elephant, owl, turtle, goldfish, bee',
    ),
  },
  {
    names: /^fruits?$/,
    members: list(
      'apple, apples, banana, bananas, orange, oranges, pear, pears, grapes, mango, mangoes, cherry, cherries, peach, strawberries, melon, lemon, kiwi',
    ),
  },
  {
    names: /^(?:food|foods|dish|dishes|meal)$/,
    members: list(
      'sushi, ramen, pizza, pasta, curry, tempura, udon, soba, salad, soup, rice, bread, tofu, miso, burger, steak, tacos, noodles',
    ),
  },
  {
    names: /^(?:day|days|weekday)$/,
    members: list('Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, today, tomorrow'),
  },
  {
    names: /^months?$/,
    members: list(
      'January, February, March, April, May, June, July, August, September, October, November, December',
    ),
  },
  { names: /^seasons?$/, members: list('spring, summer, autumn, winter') },
  {
    names: /^languages?$/,
    members: list(
      'Japanese, English, French, German, Spanish, Italian, Portuguese, Dutch, Korean, Mandarin, Chinese, Arabic, Hindi, TypeScript, JavaScript, Python, Rust, Go, Java',
    ),
  },
  {
    names: /^(?:instruments?)$/,
    members: list('piano, guitar, violin, cello, flute, drums, trumpet, saxophone, clarinet, harp'),
  },
  {
    names: /^(?:sports?)$/,
    members: list(
      'tennis, football, soccer, basketball, hockey, swimming, running, cycling, chess, golf, judo, karate, skiing',
    ),
  },
];

/** What a text names of a kind such as `city`, in its order; `undefined` when the kind is not known here. Pure. */
export function namedOfKind(kind: string, text: string): string[] | undefined {
  const found = kinds.find(({ names }) => names.test(kind.toLowerCase()));
  return found === undefined ? undefined : namesIn(text, found.members);
}
