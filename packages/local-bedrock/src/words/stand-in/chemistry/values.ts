import { equation, products, type Reaction, type Term, write } from './reaction.ts';

/** How substances are written into blanks. `both` is `sodium chloride (NaCl)`. */
export type Style = 'name' | 'formula' | 'both';

/** What a blank asks for, told from its name. */
type Meaning = 'acid' | 'base' | 'salt' | 'water' | 'products' | 'reactants' | 'equation' | 'explanation';

/** The name of a blank, told by its words; `chemical1`, `reactant2`, `product1` count along the equation. */
function meaningOf(blank: string, allBlanks: readonly string[]): Meaning {
  const words = blank.toLowerCase().replace(/[^a-z0-9]+/g, ' ');
  if (/\bsalt|salt\b/.test(words)) return 'salt';
  if (/water|h2o/.test(words)) return 'water';
  if (/explan|reason|why|because|think/.test(words)) return 'explanation';
  const place =
    /(chemical|compound|substance|reactant|reagent|product|result|input|output)s? ?([1-4])\b/.exec(words);
  if (place !== null) return meaningByPlace(place[1] ?? '', Number(place[2]), allBlanks);
  if (/equation|reaction|formula/.test(words)) return 'equation';
  if (/product|result|output/.test(words)) return 'products';
  if (/reactant|reagent/.test(words)) return 'reactants';
  if (/acid/.test(words)) return 'acid';
  if (/base|alkali|hydroxide/.test(words)) return 'base';
  return 'equation';
}

function meaningByPlace(word: string, place: number, allBlanks: readonly string[]): Meaning {
  const hasWater = allBlanks.some((blank) => /water|h2o|salt|[a-z]4$/i.test(blank));
  if (/product|result|output/.test(word)) return place === 1 ? 'salt' : 'water';
  const meanings: Meaning[] = ['acid', 'base', hasWater ? 'salt' : 'products', 'water'];
  return meanings[place - 1] ?? 'products';
}

/** The words for a blank; empty when there is nothing to put there, such as water where none comes out. */
export function blankValue(
  blank: string,
  reaction: Reaction,
  style: Style,
  allBlanks: readonly string[],
): string {
  const meaning = meaningOf(blank, allBlanks);
  const ownStyle = /formula/i.test(blank) ? 'formula' : /name/i.test(blank) ? 'name' : style;
  const term = (value: Term) => inStyle(value, ownStyle);
  switch (meaning) {
    case 'acid':
    case 'base':
    case 'salt':
      return term(reaction[meaning]);
    case 'water':
      return reaction.water === undefined ? '' : term(reaction.water);
    case 'products':
      return ownStyle === 'name' ? named([reaction.salt, reaction.water], ' + ') : products(reaction);
    case 'reactants':
      return ownStyle === 'name'
        ? named([reaction.acid, reaction.base], ' + ')
        : `${write(reaction.acid)} + ${write(reaction.base)}`;
    case 'equation':
      return equation(reaction);
    case 'explanation':
      return explain(reaction);
  }
}

/** One sentence on why these products form. */
export function explain({ acid, base, salt, water }: Reaction): string {
  const outcome = named([salt, water], ' and ');
  return `The hydrogen ions of ${acid.name} combine with ${base.name}, which leaves ${outcome}.`;
}

function inStyle(term: Term, style: Style): string {
  if (style === 'name') return term.name;
  return style === 'formula' ? write(term) : `${term.name} (${term.formula})`;
}

function named(terms: readonly (Term | undefined)[], joint: string): string {
  return terms.flatMap((term) => (term === undefined ? [] : [term.name])).join(joint);
}
