import { countTokens } from '../tokens.ts';
import { blankNames, type Form, fillForm, findForm } from './answer-form.ts';
import type { Question } from './question.ts';
import {
  equation,
  familiarAcids,
  familiarBases,
  findPairs,
  misreact,
  neutralise,
  type Pair,
  products,
  type Reaction,
  type Term,
  write,
} from './substances.ts';

const topic = /neutrali[sz]|\bacids?\b|\bbases?\b|alkali|chemical reaction|\bequation\b/i;
const task = /neutrali[sz]|react|\bsalt\b|equation|complete|fill|product|balance|what (?:forms|happens)/i;
const otherTask = /classif|categor|sentiment|summar|\brate\b|\btranslate\b/i;

/** A looping small model is stopped after this many tokens even where its limit is higher. */
const longestLoop = 400;

/**
 * Neutralisation reactions: fills the blanks a prompt leaves in `{{double braces}}` or in `<tags></tags>`, or says the
 * equation when it leaves none. Without substances in the prompt it makes up an example. A small model ignores the
 * charges, takes the wrong anion, loses the water, copies half of the braces and repeats itself.
 */
export function chemistry(question: Question): string | undefined {
  const prompt = withoutExamples(question.prompt);
  const isTask = task.test(`${question.system}\n${prompt}`);
  if (!(isTask || /acid/i.test(prompt)) || otherTask.test(prompt)) return undefined;
  const pairs = findPairs(prompt);
  if (pairs.length === 0 ? !asksForExample(question, prompt) : !isTask) return undefined;
  const form = formOf(question, prompt);
  const wanted = pairs.length > 0 ? pairs : [inventPair(question.seed())];
  return question.strength === 'capable'
    ? join(
        answerAll(wanted, form, prompt, (pair) => neutralise(pair)),
        form,
      )
    : loop(fumbleAll(wanted, form, prompt, question.seed()), question.maxTokens);
}

/** The prompt's form, or for a follow-up question the form of the turn before. */
function formOf(question: Question, prompt: string): Form | undefined {
  const turns = question.earlier
    .filter(({ role }) => role === 'user')
    .map(({ text }) => withoutExamples(text));
  const form = [prompt, ...turns.reverse()]
    .map(withUnderscoresNamed)
    .map(findForm)
    .find((found) => found !== undefined);
  return form ?? findForm(question.system);
}

function asksForExample(question: Question, prompt: string): boolean {
  return (
    /neutrali[sz]\w* (?:reaction|equation|of an acid)|example of (?:a |an )?(?:acid|neutrali[sz])/i.test(
      prompt,
    ) ||
    (topic.test(prompt) && /acid/i.test(prompt) && formOf(question, prompt) !== undefined)
  );
}

function inventPair(seed: number): Pair {
  const acid = familiarAcids[seed % familiarAcids.length];
  const base = familiarBases[Math.floor(seed / familiarAcids.length) % familiarBases.length];
  if (acid === undefined || base === undefined)
    throw new RangeError('There are no substances to choose from.');
  return { acid, base };
}

function answerAll(
  pairs: readonly Pair[],
  form: Form | undefined,
  prompt: string,
  react: (pair: Pair) => Reaction,
): string[] {
  if (form === undefined) return pairs.map((pair) => inASentence(react(pair)));
  if (
    form.kind === 'lines' &&
    form.lines.length > 1 &&
    form.lines.every((line) => findPairs(line).length === 1)
  ) {
    return form.lines.flatMap((line) =>
      findPairs(line).map((pair) => fill({ kind: 'lines', lines: [line] }, react(pair), prompt)),
    );
  }
  return pairs.map((pair) => fill(form, react(pair), prompt));
}

function fill(form: Form, reaction: Reaction, prompt: string): string {
  const names = blankNames(form);
  const balanced =
    form.kind === 'lines' ? { ...form, lines: form.lines.map((line) => balanceLeft(line, reaction)) } : form;
  return fillForm(balanced, (name, line) => blankValue(name, reaction, styleFor(name, line, prompt), names));
}

/** Puts the coefficients in front of reactants that the prompt itself wrote as formulas. */
function balanceLeft(line: string, { acid, base }: Reaction): string {
  const arrow = line.search(/->|→|=/);
  if (arrow < 0) return line;
  const left = [acid, base].reduce(
    (text, term) => text.replace(term.formula, () => write(term)),
    line.slice(0, arrow),
  );
  return left + line.slice(arrow);
}

/** Equations are written in formulas unless the prompt asks for names; elsewhere a name, with its formula if wanted. */
function styleFor(blank: string, line: string, prompt: string): Style {
  const wantsNames = /\bnames?\b/i.test(prompt);
  if (/->|→|\+|=/.test(line))
    return wantsNames || findPairs(line).some(({ acid }) => line.includes(acid.name)) ? 'name' : 'formula';
  if (new RegExp(`formula[^.\\n]{0,20}\\b${blank}\\b`, 'i').test(prompt)) return 'formula';
  return wantsNames ? 'name' : 'both';
}

function inASentence(reaction: Reaction): string {
  return `${equation(reaction)}\n\n${explain(reaction)}`;
}

function join(answers: readonly string[], form: Form | undefined): string {
  return answers.join(form?.kind === 'lines' ? '\n' : '\n\n');
}

function fumbleAll(pairs: readonly Pair[], form: Form | undefined, prompt: string, seed: number): string {
  const answers = answerAll(pairs, form, prompt, (pair) => misreact(pair, seed));
  if (form?.kind !== 'lines') return answers.join('\n');
  const reactions = pairs.map((pair) => equation(misreact(pair, seed)));
  return [...answers.map(halfCopied), `The balanced equation is ${reactions.join(' and ')}.`].join('\n');
}

/** Keeps the braces around every second term, as if the form had been only half understood. */
function halfCopied(line: string): string {
  let position = 0;
  return line.replace(/[^+\->→:\n]+(?=\s*(?:\+|->|→|$))/g, (term) => {
    position += 1;
    return position % 2 === 0 ? term.replace(/\S(?:.*\S)?/, (words) => `{{${words}}}`) : term;
  });
}

/** The same words again and again, a little past where the answer will be cut. */
function loop(words: string, maxTokens: number): string {
  const enough = Math.min(maxTokens, longestLoop);
  const once = `${words}\n\n`;
  return once.repeat(Math.ceil((enough + 1) / countTokens(once))).trimEnd();
}

function withoutExamples(text: string): string {
  return text.replace(/<(examples?)\b[^>]{0,80}>[\s\S]*?<\/\1>/gi, '');
}

/** `A + B -> ____ + ____` as the same line with named blanks. */
function withUnderscoresNamed(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const [before, arrow, after] = line.split(/(->|→|=)/);
      if (before === undefined || arrow === undefined || after === undefined || !/_{2,}/.test(line))
        return line;
      return `${nameBlanks(before, ['acid', 'base'])}${arrow}${nameBlanks(after, after.match(/_{2,}/g)?.length === 1 ? ['products'] : ['salt', 'water'])}`;
    })
    .join('\n');
}

function nameBlanks(text: string, names: readonly string[]): string {
  let index = 0;
  return text.replace(/_{2,}/g, () => `{{${names[index++] ?? 'salt'}}}`);
}

/** How substances are written into blanks. `both` is `sodium chloride (NaCl)`. */
type Style = 'name' | 'formula' | 'both';

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
function blankValue(blank: string, reaction: Reaction, style: Style, allBlanks: readonly string[]): string {
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
function explain({ acid, base, salt, water }: Reaction): string {
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
