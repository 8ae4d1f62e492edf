import { countTokens } from '../../tokens.ts';
import { blankNames, type Form, fillForm, findForm } from './blanks.ts';
import { equation, misreact, neutralise, type Reaction, write } from './chemistry/reaction.ts';
import { familiarAcids, familiarBases, findPairs, type Pair } from './chemistry/substances.ts';
import { blankValue, explain, type Style } from './chemistry/values.ts';
import type { Question } from './question.ts';

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
      return `${named(before, ['acid', 'base'])}${arrow}${named(after, after.match(/_{2,}/g)?.length === 1 ? ['products'] : ['salt', 'water'])}`;
    })
    .join('\n');
}

function named(text: string, names: readonly string[]): string {
  let index = 0;
  return text.replace(/_{2,}/g, () => `{{${names[index++] ?? 'salt'}}}`);
}
