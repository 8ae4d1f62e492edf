import { describe, expect, it } from 'vitest';
import fc from '../../../../../test/properties.ts';
import {
  acids,
  bases,
  equation,
  findPairs,
  misreact,
  neutralise,
  type Pair,
} from '../../../src/words/stand-in/substances.ts';
import { ask } from './ask.ts';

const pairs: Pair[] = acids.flatMap((acid) => bases.map((base) => ({ acid, base })));

function reactionOf(text: string) {
  const [pair] = findPairs(text);
  if (pair === undefined) throw new Error(`No acid and base in "${text}".`);
  return neutralise(pair);
}

describe('neutralise', () => {
  it.each([
    ['hydrochloric acid and sodium hydroxide', 'HCl + NaOH -> NaCl + H2O', 'sodium chloride'],
    ['sulfuric acid with potassium hydroxide', 'H2SO4 + 2KOH -> K2SO4 + 2H2O', 'potassium sulfate'],
    ['nitric acid + calcium hydroxide', '2HNO3 + Ca(OH)2 -> Ca(NO3)2 + 2H2O', 'calcium nitrate'],
    ['H3PO4 and Ba(OH)2', '2H3PO4 + 3Ba(OH)2 -> Ba3(PO4)2 + 6H2O', 'barium phosphate'],
    ['aluminium hydroxide, sulphuric acid', '3H2SO4 + 2Al(OH)3 -> Al2(SO4)3 + 6H2O', 'aluminium sulfate'],
    ['acetic acid and sodium hydroxide', 'CH3COOH + NaOH -> CH3COONa + H2O', 'sodium acetate'],
    [
      'ethanoic acid and magnesium hydroxide',
      '2CH3COOH + Mg(OH)2 -> (CH3COO)2Mg + 2H2O',
      'magnesium acetate',
    ],
    ['citric acid and lithium hydroxide', 'H3C6H5O7 + 3LiOH -> Li3C6H5O7 + 3H2O', 'lithium citrate'],
    ['ammonia and sulfuric acid', 'H2SO4 + 2NH3 -> (NH4)2SO4', 'ammonium sulfate'],
    ['HBr and Fe(OH)3', '3HBr + Fe(OH)3 -> FeBr3 + 3H2O', 'iron(III) bromide'],
  ])('%s: %s', (substances, expected, salt) => {
    const reaction = reactionOf(substances);
    expect([equation(reaction), reaction.salt.name]).toEqual([expected, salt]);
  });

  it('balances every element of every pair', () => {
    for (const pair of pairs) {
      const [left = '', right = ''] = equation(neutralise(pair)).split(' -> ');
      expect(atoms(left), equation(neutralise(pair))).toEqual(atoms(right));
    }
  });

  it('is never what a small model says', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pairs), fc.nat(), (pair, seed) => {
        const wrong = misreact(pair, seed);
        expect(wrong.salt.name).not.toBe(neutralise(pair).salt.name);
        expect(wrong.water).toBeUndefined();
      }),
    );
  });
});

describe('a capable model', () => {
  it('fills the tags a prompt names, with the names it asks for', () => {
    const prompt = `<acid>sulfuric acid</acid>
<base>potassium hydroxide</base>

Complete the neutralisation of this acid with this base. Put the name of the salt that forms into <salt></salt> tags and the balanced equation into <equation></equation> tags. Answer with the two tags and nothing else.`;
    expect(ask('capable', prompt)).toBe(
      '<salt>potassium sulfate</salt>\n<equation>H2SO4 + 2KOH -> K2SO4 + 2H2O</equation>',
    );
  });

  it('fills braces, one line for each pair', () => {
    const prompt = `Complete: hydrochloric acid and sodium hydroxide; phosphoric acid and calcium hydroxide.
{{acid}} + {{base}} -> {{salt}} + {{water}}`;
    expect(ask('capable', prompt)).toBe('HCl + NaOH -> NaCl + H2O\n2H3PO4 + 3Ca(OH)2 -> Ca3(PO4)2 + 6H2O');
  });

  it('fills braces with names when asked to', () => {
    const prompt = `Complete the neutralisation of sulfuric acid with potassium hydroxide, with a name in place of each pair of braces:

{{chemical1}} + {{chemical2}} -> {{salt}} + {{water}}`;
    expect(ask('capable', prompt)).toBe('sulfuric acid + potassium hydroxide -> potassium sulfate + water');
  });

  it.each([
    ['{{chemical1}} + {{chemical2}} -> {{chemical3}}', 'HCl + NaOH -> NaCl + H2O'],
    ['{{chemical1}} + {{chemical2}} -> {{chemical3}} + {{chemical4}}', 'HCl + NaOH -> NaCl + H2O'],
    ['{{reactant1}} + {{reactant2}} -> {{product1}} + {{product2}}', 'HCl + NaOH -> NaCl + H2O'],
    ['{{ equation }}', 'HCl + NaOH -> NaCl + H2O'],
    ['Salt: {{salt}}', 'Salt: sodium chloride (NaCl)'],
    ['HCl + NaOH -> {{products}}', 'HCl + NaOH -> NaCl + H2O'],
  ])('knows what to put into %s', (form, expected) => {
    expect(ask('capable', `Complete the reaction of hydrochloric acid with sodium hydroxide.\n${form}`)).toBe(
      expected,
    );
  });

  it.each([
    ['H2SO4 + NaOH', 'H2SO4 + 2NaOH -> Na2SO4 + 2H2O'],
    ['HCl + NH3', 'HCl + NH3 -> NH4Cl'],
  ])('balances reactants the prompt wrote as formulas: %s', (reactants, equation) => {
    const prompt = `${reactants} -> {{salt}} + {{water}}\nComplete the equation.`;
    expect(ask('capable', prompt)).toBe(equation);
  });

  it('makes up one example when the prompt names no substances, always the same', () => {
    const prompt =
      'Give an example of an acid-base neutralization: {{acid}} + {{base}} -> {{salt}} + {{water}}';
    const answer = ask('capable', prompt);
    expect(equation(reactionOf(answer))).toBe(answer);
    expect(ask('capable', prompt)).toBe(answer);
    const others = [1, 2, 3, 4].map((number) => ask('capable', `${number}. ${prompt}`));
    expect(new Set([answer, ...others]).size).toBeGreaterThan(1);
  });

  it('does not take a worked example for the question', () => {
    const prompt = `<example>hydrochloric acid and sodium hydroxide: <salt>sodium chloride</salt></example>
Now complete the reaction of nitric acid and lithium hydroxide. Answer in <salt></salt>.`;
    expect(ask('capable', prompt)).toBe('<salt>lithium nitrate (LiNO3)</salt>');
  });

  it('keeps the form in a follow-up question', () => {
    const answer = ask('capable', [
      {
        role: 'user',
        text: 'Complete the neutralisation of nitric acid with sodium hydroxide: {{acid}} + {{base}} -> {{salt}} + {{water}}',
      },
      { role: 'assistant', text: 'HNO3 + NaOH -> NaNO3 + H2O' },
      { role: 'user', text: 'Now complete it for hydrobromic acid and barium hydroxide.' },
    ]);
    expect(answer).toBe('2HBr + Ba(OH)2 -> BaBr2 + 2H2O');
  });

  it('answers in words when nothing is left blank', () => {
    expect(ask('capable', 'What happens when acetic acid reacts with ammonia?')).toBe(
      'CH3COOH + NH3 -> CH3COONH4\n\nThe hydrogen ions of acetic acid combine with ammonia, which leaves ammonium acetate.',
    );
  });
});

describe('a small model', () => {
  const prompt = `Complete the neutralisation of sulfuric acid with potassium hydroxide:
{{chemical1}} + {{chemical2}} -> {{salt}} + {{water}}`;

  it('is wrong, copies half of the braces and repeats itself until it is cut', () => {
    const answer = ask('small', prompt, { maxTokens: 128 });
    const [first = '', second = ''] = answer.split('\n');
    expect(first).toMatch(/^H2SO4 \+ \{\{KOH\}\} -> K(?:Cl|NO3|PO4)$/);
    expect(second).toMatch(/^The balanced equation is H2SO4 \+ KOH -> K\w+\.$/);
    expect(answer.split(first).length - 1).toBeGreaterThanOrEqual(3);
    expect(answer).not.toContain('K2SO4');
    expect(answer.endsWith('.')).toBe(false);
  });

  it('does not loop for ever', () => {
    expect(ask('small', prompt, { maxTokens: 8_000 }).length).toBeLessThan(2_500);
  });
});

/** Counts the atoms of one side of an equation. */
function atoms(side: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const term of side.split(' + ')) {
    const [, coefficient = '', formula = ''] = /^(\d*)(.+)$/.exec(term) ?? [];
    const flat = formula.replace(/\(([^)]+)\)(\d+)/g, (_, group: string, times: string) =>
      group.repeat(Number(times)),
    );
    for (const [, element = '', count = ''] of flat.matchAll(/([A-Z][a-z]?)(\d*)/g)) {
      counts[element] = (counts[element] ?? 0) + Number(coefficient || 1) * Number(count || 1);
    }
  }
  return counts;
}
