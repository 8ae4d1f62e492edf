/** The positive part of a base or the negative part of an acid. `charge` without its sign. */
interface Ion {
  readonly name: string;
  readonly formula: string;
  readonly charge: number;
  /** Written before the metal, as in CH3COONa. */
  readonly goesFirst?: true;
}

interface Substance {
  readonly kind: 'acid' | 'base';
  readonly name: string;
  readonly formula: string;
  readonly ion: Ion;
  /** Releases no hydroxide, so its reaction gives no water. */
  readonly dry?: true;
}

function acid(name: string, formula: string, ion: Ion): Substance {
  return { kind: 'acid', name, formula, ion };
}

function base(name: string, formula: string, ion: Ion): Substance {
  return { kind: 'base', name, formula, ion };
}

export const acids: readonly Substance[] = [
  acid('hydrochloric acid', 'HCl', { name: 'chloride', formula: 'Cl', charge: 1 }),
  acid('sulfuric acid', 'H2SO4', { name: 'sulfate', formula: 'SO4', charge: 2 }),
  acid('nitric acid', 'HNO3', { name: 'nitrate', formula: 'NO3', charge: 1 }),
  acid('phosphoric acid', 'H3PO4', { name: 'phosphate', formula: 'PO4', charge: 3 }),
  acid('acetic acid', 'CH3COOH', { name: 'acetate', formula: 'CH3COO', charge: 1, goesFirst: true }),
  acid('hydrobromic acid', 'HBr', { name: 'bromide', formula: 'Br', charge: 1 }),
  acid('hydroiodic acid', 'HI', { name: 'iodide', formula: 'I', charge: 1 }),
  acid('hydrofluoric acid', 'HF', { name: 'fluoride', formula: 'F', charge: 1 }),
  acid('carbonic acid', 'H2CO3', { name: 'carbonate', formula: 'CO3', charge: 2 }),
  acid('sulfurous acid', 'H2SO3', { name: 'sulfite', formula: 'SO3', charge: 2 }),
  acid('perchloric acid', 'HClO4', { name: 'perchlorate', formula: 'ClO4', charge: 1 }),
  acid('formic acid', 'HCOOH', { name: 'formate', formula: 'HCOO', charge: 1, goesFirst: true }),
  acid('citric acid', 'H3C6H5O7', { name: 'citrate', formula: 'C6H5O7', charge: 3 }),
];

export const bases: readonly Substance[] = [
  base('sodium hydroxide', 'NaOH', { name: 'sodium', formula: 'Na', charge: 1 }),
  base('potassium hydroxide', 'KOH', { name: 'potassium', formula: 'K', charge: 1 }),
  base('lithium hydroxide', 'LiOH', { name: 'lithium', formula: 'Li', charge: 1 }),
  base('calcium hydroxide', 'Ca(OH)2', { name: 'calcium', formula: 'Ca', charge: 2 }),
  base('magnesium hydroxide', 'Mg(OH)2', { name: 'magnesium', formula: 'Mg', charge: 2 }),
  base('barium hydroxide', 'Ba(OH)2', { name: 'barium', formula: 'Ba', charge: 2 }),
  base('zinc hydroxide', 'Zn(OH)2', { name: 'zinc', formula: 'Zn', charge: 2 }),
  base('copper(II) hydroxide', 'Cu(OH)2', { name: 'copper(II)', formula: 'Cu', charge: 2 }),
  base('iron(III) hydroxide', 'Fe(OH)3', { name: 'iron(III)', formula: 'Fe', charge: 3 }),
  base('aluminium hydroxide', 'Al(OH)3', { name: 'aluminium', formula: 'Al', charge: 3 }),
  base('aluminum hydroxide', 'Al(OH)3', { name: 'aluminum', formula: 'Al', charge: 3 }),
  { ...base('ammonia', 'NH3', { name: 'ammonium', formula: 'NH4', charge: 1 }), dry: true },
];

/** Acids and bases a fresh example is made of: those of a first chemistry lesson. */
export const familiarAcids = acids.slice(0, 4);
export const familiarBases = bases.slice(0, 6);

/** British spellings and kitchen names. */
const otherNames: Readonly<Record<string, string>> = {
  'sulphuric acid': 'sulfuric acid',
  'sulphurous acid': 'sulfurous acid',
  'ethanoic acid': 'acetic acid',
  'methanoic acid': 'formic acid',
  'caustic soda': 'sodium hydroxide',
  'caustic potash': 'potassium hydroxide',
  'slaked lime': 'calcium hydroxide',
  'copper hydroxide': 'copper(II) hydroxide',
  'iron hydroxide': 'iron(III) hydroxide',
};

const byName = new Map<string, Substance>(
  [...acids, ...bases].map((substance) => [substance.name.toLowerCase(), substance]),
);
const byFormula = new Map<string, Substance>(
  [...bases, ...acids].map((substance) => [substance.formula, substance]),
);
for (const [other, name] of Object.entries(otherNames)) {
  const substance = byName.get(name.toLowerCase());
  if (substance !== undefined) byName.set(other, substance);
}

const anyName = new RegExp(`(?<![A-Za-z])(?:${alternatives(byName.keys())})(?![A-Za-z])`, 'gi');
const anyFormula = new RegExp(`(?<![A-Za-z])(?:${alternatives(byFormula.keys())})(?![A-Za-z0-9(])`, 'g');

/** One acid with one base. */
export interface Pair {
  readonly acid: Substance;
  readonly base: Substance;
}

/** The acid-base pairs a text names, by name or formula and in either order, each acid with the base next to it. */
export function findPairs(text: string): Pair[] {
  const named = [...text.matchAll(anyName)].map((match) => ({
    at: match.index,
    substance: byName.get(match[0].toLowerCase()),
  }));
  const written = [...text.matchAll(anyFormula)].map((match) => ({
    at: match.index,
    substance: byFormula.get(match[0]),
  }));
  const pairs: Pair[] = [];
  let waiting: Substance | undefined;
  for (const { substance } of [...named, ...written].sort((one, other) => one.at - other.at)) {
    if (substance === undefined) continue;
    if (waiting === undefined || waiting.kind === substance.kind) {
      waiting = substance;
      continue;
    }
    const [acid, base] = substance.kind === 'base' ? [waiting, substance] : [substance, waiting];
    pairs.push({ acid, base });
    waiting = undefined;
  }
  return withoutRepeats(pairs);
}

function withoutRepeats(pairs: readonly Pair[]): Pair[] {
  return pairs.filter(
    ({ acid, base }, index) =>
      pairs.findIndex((other) => other.acid === acid && other.base.formula === base.formula) === index,
  );
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
