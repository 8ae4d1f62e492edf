import { countTokens } from '../tokens.ts';
import { blankNames, type Form, fillForm, findForm } from './answer-form.ts';
import { type Question, saidBy } from './question.ts';
import {
  acids,
  bases,
  equation,
  findPairs,
  misreact,
  neutralise,
  type Pair,
  products,
  type Reaction,
  type Term,
  write,
} from './substances.ts';

const task = /neutrali[sz]|react|\bsalt\b|equation|complete|fill|product|balance|what (?:forms|happens)/i;
const otherTask = /classif|categor|sentiment|summar|\brate\b|\btranslate\b/i;

/** A looping small model is stopped after this many tokens even where its limit is higher. */
const longestLoop = 400;

/**
 * Neutralisation reactions: fills the blanks a prompt leaves in `{{double braces}}` or in `<tags></tags>`, or says the
 * equation when it leaves none. Where the prompt names no substances, as the workshop's own does not, it makes up an
 * example for the blanks. A small model ignores the charges, takes the wrong anion, loses the water, copies half of the
 * braces and repeats itself.
 */
export function chemistry(question: Question): string | undefined {
  const { strength, system, maxTokens, seed } = question;
  const prompt = withoutExamples(question.prompt);
  if (!task.test(`${system}\n${prompt}`) || otherTask.test(prompt)) return undefined;
  const form = formOf(question, prompt);
  const found = findPairs(prompt);
  const isExampleWanted = /neutrali[sz]/i.test(prompt) && form !== undefined;
  const pairs = found.length > 0 || !isExampleWanted ? found : inventPair(seed());
  if (pairs.length === 0) return undefined;
  const isSmall = strength === 'small';
  const reactions = pairs.map((pair) => (isSmall ? misreact(pair, seed()) : neutralise(pair)));
  const answers = reactions.map((reaction) => answerTo(reaction, form, prompt));
  if (isSmall)
    return loop(form?.kind === 'lines' ? fumbled(answers, reactions) : answers.join('\n'), maxTokens);
  return answers.join(form?.kind === 'lines' ? '\n' : '\n\n');
}

/** An acid and a base of a first chemistry lesson, for a prompt that names none. */
function inventPair(seed: number): Pair[] {
  const acid = acids[seed % 4];
  const base = bases[Math.floor(seed / 4) % 6];
  return acid === undefined || base === undefined ? [] : [{ acid, base }];
}

function withoutExamples(text: string): string {
  return text.replace(/<(examples?)\b[^>]{0,80}>[\s\S]*?<\/\1>/gi, '');
}

/** The prompt's form, or for a follow-up question the form of the turn before. */
function formOf({ system, earlier }: Question, prompt: string): Form | undefined {
  const turns = saidBy('user', earlier).reverse().map(withoutExamples);
  return [prompt, ...turns, system].map(findForm).find((form) => form !== undefined);
}

function answerTo(reaction: Reaction, form: Form | undefined, prompt: string): string {
  if (form !== undefined) return fill(form, reaction, prompt);
  const { acid, base, salt, water } = reaction;
  const outcome = water === undefined ? salt.name : `${salt.name} and water`;
  return `${equation(reaction)}\n\nThe hydrogen ions of ${acid.name} combine with ${base.name}, which leaves ${outcome}.`;
}

function fill(form: Form, reaction: Reaction, prompt: string): string {
  const names = blankNames(form);
  const balanced =
    form.kind === 'lines' ? { ...form, lines: form.lines.map((line) => balanceLeft(line, reaction)) } : form;
  return fillForm(balanced, (name, line) => blankValue(name, reaction, styleFor(line, prompt), names));
}

/** Puts the coefficients in front of reactants that the prompt itself wrote as formulas. */
function balanceLeft(line: string, { acid, base }: Reaction): string {
  const arrow = line.search(/->|→|=/);
  if (arrow < 0) return line;
  const left = line.slice(0, arrow);
  const balanced = left.replace(acid.formula, () => write(acid)).replace(base.formula, () => write(base));
  return balanced + line.slice(arrow);
}

/** How substances are written into blanks. `both` is `sodium chloride (NaCl)`. */
type Style = 'name' | 'formula' | 'both';

/** Equations are written in formulas unless the prompt asks for names; elsewhere a name, with its formula if wanted. */
function styleFor(line: string, prompt: string): Style {
  const wantsNames = /\bnames?\b/i.test(prompt);
  if (/->|→|\+|=/.test(line)) return wantsNames ? 'name' : 'formula';
  return wantsNames ? 'name' : 'both';
}

function fumbled(answers: readonly string[], reactions: readonly Reaction[]): string {
  const equations = reactions.map(equation).join(' and ');
  return [...answers.map(halfCopied), `The balanced equation is ${equations}.`].join('\n');
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

type BlankMeaning = keyof Reaction | 'products' | 'equation';

/** What a blank asks for, told by its words; `chemical1`, `reactant2`, `product1` count along the equation. */
function meaningOf(blank: string, blanks: readonly string[]): BlankMeaning {
  const words = blank.toLowerCase().replace(/[^a-z0-9]+/g, ' ');
  const meaning = meanings.find(([pattern]) => pattern.test(words))?.[1] ?? 'equation';
  const isOnlyProduct = !blanks.some((one) => /water|h2o|salt|[a-z]4$/i.test(one));
  return meaning === 'salt' && /3\b/.test(words) && isOnlyProduct ? 'products' : meaning;
}

const meanings: readonly (readonly [RegExp, BlankMeaning])[] = [
  [/\bsalt|salt\b|(?:product|result|output)s? ?1\b|[a-z] ?3\b/, 'salt'],
  [/water|h2o|(?:product|result|output)s? ?2\b|[a-z] ?4\b/, 'water'],
  [/[a-z] ?1\b/, 'acid'],
  [/[a-z] ?2\b/, 'base'],
  [/equation|reaction|formula/, 'equation'],
  [/product|result|output/, 'products'],
  [/acid/, 'acid'],
  [/base|alkali|hydroxide/, 'base'],
];

/** The words for a blank; empty when there is nothing to put there, such as water where none comes out. */
function blankValue(blank: string, reaction: Reaction, style: Style, blanks: readonly string[]): string {
  const meaning = meaningOf(blank, blanks);
  if (meaning === 'products') return products(reaction);
  if (meaning === 'equation') return equation(reaction);
  const term: Term | undefined = reaction[meaning];
  if (term === undefined) return '';
  if (/name/i.test(blank) || (style === 'name' && !/formula/i.test(blank))) return term.name;
  return style === 'formula' || /formula/i.test(blank) ? write(term) : `${term.name} (${term.formula})`;
}
