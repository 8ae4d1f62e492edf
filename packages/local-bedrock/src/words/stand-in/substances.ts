import table from './substances.json' with { type: 'json' };

/** The positive part of a base or the negative part of an acid. `charge` without its sign. */
interface Ion {
  readonly name: string;
  readonly formula: string;
  readonly charge: number;
}

interface Substance {
  readonly kind: 'acid' | 'base';
  readonly name: string;
  readonly formula: string;
  readonly ion: Ion;
}

const ionsInFront = new Set(table['written before the metal']);
/** Release no hydroxide, so that their reactions give no water. */
const dry = new Set(table['gives no water']);

/** A row: the substance's name and formula, and those of the ion that goes into the salt with its charge. */
function substanceOf(kind: Substance['kind'], row: readonly (string | number)[]): Substance {
  const [name, formula, ionName, ionFormula] = row.map(String) as [string, string, string, string];
  return { kind, name, formula, ion: { name: ionName, formula: ionFormula, charge: Number(row[4]) } };
}

export const acids: readonly Substance[] = table.acids.map((row) => substanceOf('acid', row));
export const bases: readonly Substance[] = table.bases.map((row) => substanceOf('base', row));

const all = [...bases, ...acids];
const byName = new Map(all.map((substance) => [substance.name.toLowerCase(), substance]));
for (const [other, name] of Object.entries(table['other names'])) {
  const substance = byName.get(name.toLowerCase());
  if (substance !== undefined) byName.set(other, substance);
}
const byFormula = new Map(all.map((substance) => [substance.formula, substance]));

const anyName = new RegExp(`(?<![A-Za-z])(?:${alternatives(byName.keys())})(?![A-Za-z])`, 'gi');
const anyFormula = new RegExp(`(?<![A-Za-z])(?:${alternatives(byFormula.keys())})(?![A-Za-z0-9(])`, 'g');

/** One acid with one base. */
export interface Pair {
  readonly acid: Substance;
  readonly base: Substance;
}

/** The acid-base pairs a text names, by name or formula and in either order, each acid with the base next to it. */
export function findPairs(text: string): Pair[] {
  const named = [...text.matchAll(anyName)].map(({ 0: name, index }) => ({ name, index }));
  const written = [...text.matchAll(anyFormula)].map(({ 0: name, index }) => ({ name, index }));
  const pairs: Pair[] = [];
  let waiting: Substance | undefined;
  for (const { name } of [...named, ...written].sort((one, other) => one.index - other.index)) {
    const substance = byName.get(name.toLowerCase()) ?? byFormula.get(name);
    if (substance === undefined) continue;
    if (waiting === undefined || waiting.kind === substance.kind) {
      waiting = substance;
      continue;
    }
    const [acid, base] = substance.kind === 'base' ? [waiting, substance] : [substance, waiting];
    const isNew = pairs.every((pair) => pair.acid !== acid || pair.base.formula !== base.formula);
    if (isNew) pairs.push({ acid, base });
    waiting = undefined;
  }
  return pairs;
}

function alternatives(words: Iterable<string>): string {
  return [...words]
    .sort((one, other) => other.length - one.length)
    .map((word) => word.replace(/[()]/g, '\\$&').replaceAll(' ', '\\s+'))
    .join('|');
}

/** A substance in an equation, and how many of it. */
export interface Term {
  readonly name: string;
  readonly formula: string;
  readonly count: number;
}

export interface Reaction {
  readonly acid: Term;
  readonly base: Term;
  readonly salt: Term;
  /** Absent where a reaction gives none. */
  readonly water?: Term;
}

/**
 * The neutralisation of an acid with a base, balanced from the ions' charges: as many of each ion as make the charges
 * cancel (their least common multiple), and one water for every hydrogen that meets a hydroxide.
 */
export function neutralise({ acid, base }: Pair): Reaction {
  const total = leastCommonMultiple(acid.ion.charge, base.ion.charge);
  const cations = total / base.ion.charge;
  const anions = total / acid.ion.charge;
  return {
    acid: termOf(acid, anions),
    base: termOf(base, cations),
    salt: saltOf(base.ion, cations, acid.ion, anions),
    ...(dry.has(base.name) ? {} : { water: { name: 'water', formula: 'H2O', count: total } }),
  };
}

/**
 * The same reaction as a small model gets it wrong: charges ignored, one of everything; the salt takes the anion of
 * another acid; no water comes out. `seed` chooses the acid.
 */
export function misreact({ acid, base }: Pair, seed: number): Reaction {
  const others = acids.slice(0, 4).filter((other) => other.ion.name !== acid.ion.name);
  const anion = (others[seed % others.length] ?? acid).ion;
  return { acid: termOf(acid, 1), base: termOf(base, 1), salt: saltOf(base.ion, 1, anion, 1) };
}

/** The reaction as one line: `H2SO4 + 2NaOH -> Na2SO4 + 2H2O`. */
export function equation(reaction: Reaction): string {
  return `${write(reaction.acid)} + ${write(reaction.base)} -> ${products(reaction)}`;
}

/** What comes out, in formulas. */
export function products({ salt, water }: Reaction): string {
  return water === undefined ? write(salt) : `${write(salt)} + ${write(water)}`;
}

/** A term's formula with its coefficient, which is left out when it is one. */
export function write({ count, formula }: Term): string {
  return count === 1 ? formula : `${count}${formula}`;
}

function termOf({ name, formula }: Substance, count: number): Term {
  return { name, formula, count };
}

function saltOf(cation: Ion, cations: number, anion: Ion, anions: number): Term {
  const parts = [several(cation.formula, cations), several(anion.formula, anions)];
  const formula = (ionsInFront.has(anion.name) ? parts.reverse() : parts).join('');
  return { name: `${cation.name} ${anion.name}`, formula, count: 1 };
}

function several(ion: string, count: number): string {
  if (count === 1) return ion;
  return /^[A-Z][a-z]?$/.test(ion) ? `${ion}${count}` : `(${ion})${count}`;
}

function leastCommonMultiple(one: number, other: number): number {
  let multiple = one;
  while (multiple % other !== 0) multiple += one;
  return multiple;
}
