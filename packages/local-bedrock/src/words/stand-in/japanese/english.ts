/** Which form of an English verb a word is. */
export type EnglishForm = 'base' | 'third-person' | 'past' | 'ing';

/** All forms of an English verb, the first word of several inflected: `listens to`. Pure. */
export function englishForms(base: string, past: string): ReadonlyMap<string, EnglishForm> {
  const [first = '', ...others] = base.split(' ');
  const rest = others.length === 0 ? '' : ` ${others.join(' ')}`;
  return new Map([
    [past, 'past'],
    [thirdPerson(first) + rest, 'third-person'],
    [ing(first) + rest, 'ing'],
    [base, 'base'],
  ]);
}

function thirdPerson(verb: string): string {
  if (/[^aeiou]y$/.test(verb)) return verb.replace(/y$/, 'ies');
  return /(?:s|sh|ch|x|o)$/.test(verb) ? `${verb}es` : `${verb}s`;
}

function ing(verb: string): string {
  if (verb === 'die') return 'dying';
  if (/[^aeiouy]e$/.test(verb)) return verb.replace(/e$/, 'ing');
  if (/^[^aeiou]+[aeiou][bdgmnpt]$/.test(verb) || verb === 'begin' || verb === 'forget') {
    return `${verb}${verb.at(-1)}ing`;
  }
  return `${verb}ing`;
}

/** A plural noun without its ending: `dogs`, `cherries`, `dishes`. Other words stay. Pure. */
export function singular(noun: string): string {
  if (noun === 'children') return 'child';
  if (noun === 'people') return 'person';
  if (/ies$/.test(noun)) return noun.replace(/ies$/, 'y');
  if (/(?:sh|ch|x|s)es$/.test(noun)) return noun.replace(/es$/, '');
  return noun.length > 3 && /[^s]s$/.test(noun) ? noun.slice(0, -1) : noun;
}
