import { acids, type Ion, type Pair } from './substances.ts';

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
    acid: { name: acid.name, formula: acid.formula, count: anions },
    base: { name: base.name, formula: base.formula, count: cations },
    salt: {
      name: `${base.ion.name} ${acid.ion.name}`,
      formula: saltFormula(base.ion, cations, acid.ion, anions),
      count: 1,
    },
    ...(base.dry ? {} : { water: { name: 'water', formula: 'H2O', count: total } }),
  };
}

/**
 * The same reaction as a small model gets it wrong: charges ignored, one of everything; the salt takes the anion of
 * another acid; no water comes out. `seed` chooses the acid.
 */
export function misreact({ acid, base }: Pair, seed: number): Reaction {
  const others = acids.slice(0, 4).filter((other) => other.ion.name !== acid.ion.name);
  const anion = (others[seed % others.length] ?? acid).ion;
  return {
    acid: { name: acid.name, formula: acid.formula, count: 1 },
    base: { name: base.name, formula: base.formula, count: 1 },
    salt: { name: `${base.ion.name} ${anion.name}`, formula: saltFormula(base.ion, 1, anion, 1), count: 1 },
  };
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

function saltFormula(cation: Ion, cations: number, anion: Ion, anions: number): string {
  const parts = [several(cation.formula, cations), several(anion.formula, anions)];
  return (anion.goesFirst ? parts.reverse() : parts).join('');
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
