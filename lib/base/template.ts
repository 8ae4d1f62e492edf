import { createRequire } from 'node:module';
import { checkInput } from './check-input.ts';
import { isLibError, LibError } from './errors.ts';
import { asText, copyVariables, findUnwritable, isFalse } from './template-values.ts';
import { loadTextFile } from './text-file.ts';

/** What a template's `{{names}}` stand for: texts, numbers, and lists and objects of those for `{{#each}}`. */
export type PromptVariables = Readonly<Record<string, unknown>>;

type Handlebars = typeof import('handlebars');
interface BlockOptions {
  readonly name: string;
  readonly data?: object;
  readonly loc: Place;
  fn(context: unknown, options: object): string;
  inverse(context: unknown): string;
}
interface Place {
  readonly start: { readonly line: number; readonly column: number };
}

/** The block helpers of a template; no variable can have their names. */
const blocks: readonly string[] = ['each', 'if', 'unless', 'with'];

/**
 * Fills in a Handlebars template. A value goes in exactly as it is: no HTML escaping, and never read as a template
 * itself. Every name in the template must have a value: `undefined` and `null` are none, but an empty text, 0, false
 * and an empty list are.
 *
 * @param name what error messages call the template
 * @throws LibError of kind `template` when a value is missing or cannot be written, or the template is malformed
 * @see https://handlebarsjs.com/guide/
 */
export function fillTemplate(
  template: string,
  variables: PromptVariables = {},
  name = 'the template',
): string {
  checkInput(
    'fillTemplate',
    { template, variables, name },
    { template: 'text', variables: 'object', name: 'text' },
  );
  const taken = Object.keys(variables).find((key) => blocks.includes(key));
  if (taken)
    throw fault(`No variable can be named ${taken}`, 'It is a word of the template language. Rename it.');
  const context = copyVariables(variables);
  const filled = fill(template, context, variables, name);
  const unwritable = findUnwritable(filled);
  if (!unwritable) return filled;
  const next = unwritable.isList
    ? 'It is a list: write {{#each}} around it.'
    : 'It is an object: name one of its members.';
  throw fault(`${name} cannot write {{${unwritable.path}}}`, next);
}

function fill(template: string, context: object, variables: PromptVariables, name: string): string {
  const access = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };
  try {
    return compiled(template)(context, access);
  } catch (cause) {
    throw explain(cause as Error, template, variables, name);
  }
}

const templates = new Map<string, HandlebarsTemplateDelegate>();
const mostTemplates = 100;

/** Compiled once: that takes longer than all else that a task does before it asks a model. */
function compiled(template: string): HandlebarsTemplateDelegate {
  const known = templates.get(template);
  if (known) return known;
  const options = { noEscape: true, strict: true, knownHelpers: { log: false, lookup: false } };
  const made = handlebars().compile(template, options);
  if (templates.size >= mostTemplates) templates.clear();
  templates.set(template, made);
  return made;
}

let instance: Handlebars | undefined;

/** Bundlers follow a plain `require`, which only their output has; Node's own modules must make theirs. */
function loadHandlebars(): Handlebars {
  return typeof require === 'function' ? require('handlebars') : createRequire(import.meta.url)('handlebars');
}

/** Loaded at the first template: it takes as long as all the rest of `lib`. */
function handlebars(): Handlebars {
  if (instance) return instance;
  instance = loadHandlebars().create();
  instance.unregisterHelper('log');
  instance.unregisterHelper('lookup');
  const { createFrame } = instance;
  instance.registerHelper('each', function each(this: unknown, list: object, options: BlockOptions) {
    return eachOf(list, options, createFrame) ?? options.inverse(this);
  });
  for (const block of blocks) guard(instance, block);
  instance.registerHelper('blockHelperMissing', (_value: unknown, { name }: BlockOptions) => {
    throw fault(`{{#${name}}} can mean a condition or a list`, `Write {{#if ${name}}} or {{#each ${name}}}.`);
  });
  return instance;
}

/** `{{#each}}` whose @index, @first and @last are texts like every other value; `undefined` for an empty list. */
function eachOf(
  list: object,
  options: BlockOptions,
  createFrame: (data: object) => object,
): string | undefined {
  const items = Object.entries(list);
  const filled = items.map(([key, value], index) => {
    const isLast = index === items.length - 1;
    const place = { key, index: asText(index), first: asText(index === 0), last: asText(isLast) };
    const data = Object.assign(createFrame(options.data ?? {}), place);
    return options.fn(value, { data, blockParams: [value, place.index] });
  });
  return items.length > 0 ? filled.join('') : undefined;
}

/** Handlebars' own strict mode does not look at what `{{#each}}`, `{{#if}}` and their like are given. */
function guard(environment: Handlebars, block: string): void {
  const helper = environment.helpers[block];
  environment.registerHelper(block, function guarded(this: unknown, ...args: unknown[]) {
    const [value] = args;
    const options = args.at(-1) as BlockOptions;
    if (args.length !== 2 || value === undefined) throw new WrongArgument('missing', options.loc);
    if (block === 'each' && (typeof value !== 'object' || isFalse(value)))
      throw new WrongArgument('no list', options.loc);
    return helper?.apply(this, [isFalse(value) ? false : value, options as never]);
  });
}

class WrongArgument extends Error {
  readonly place: Place;
  constructor(message: 'missing' | 'no list', place: Place) {
    super(message);
    this.place = place;
  }
}

function explain(cause: Error, template: string, variables: PromptVariables, name: string): LibError {
  if (isLibError(cause)) return cause;
  if (cause instanceof WrongArgument) {
    const argument = argumentAt(template, cause.place);
    if (cause.message === 'missing') return missing(argument, variables, name, cause);
    return fault(`${name} needs a list for {{#each ${argument}}}`, 'Pass an array.', cause);
  }
  const lost =
    /^"(.+?)" not defined/.exec(cause.message)?.[1] ?? /^Missing helper: "(.+?)"/.exec(cause.message)?.[1];
  if (lost !== undefined) return missing(lost, variables, name, cause);
  if (/partial/i.test(cause.message))
    return fault(`${name} uses a partial`, 'Put its text in its place.', cause);
  const hint = 'Check its {{braces}}; write \\{{name}} for braces that the model should see.';
  return fault(`${name} is not a valid template: ${cause.message}`, hint, cause);
}

/** The first argument of the block that starts at this place. */
function argumentAt(template: string, { start }: Place): string {
  const [first = '', ...rest] = template.split('\n').slice(start.line - 1);
  const block = [first.slice(start.column), ...rest].join('\n');
  return /^\{\{~?[#^]?\s*\w+\s+([^\s}~]+)/.exec(block)?.[1] ?? '…';
}

function missing(variable: string, variables: PromptVariables, name: string, cause: Error): LibError {
  const message = `${name} needs a value for {{${variable}}}`;
  const outside = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
  if (outside !== undefined && outside !== null) {
    return fault(message, `Inside a block, a variable from outside is {{../${variable}}}.`, cause);
  }
  const given = Object.keys(variables);
  const list = given.length > 0 ? `Given were: ${given.join(', ')}.` : 'No variables were given.';
  const braces = `If the model should see the braces, write \\{{${variable}}} in the template.`;
  return fault(message, `Pass ${variable}; in a list, each item needs it. ${list} ${braces}`, cause);
}

function fault(message: string, hint: string, cause?: Error): LibError {
  return new LibError(message, { kind: 'template', hint, cause });
}

/**
 * Loads a Handlebars template and fills it in, as `fillTemplate` does.
 *
 * @param path of the template, as for `loadTextFile`
 * @throws LibError of kind `file` when it cannot be read, of kind `template` when it cannot be filled in
 */
export function renderPrompt(path: string, variables: PromptVariables = {}): string {
  checkInput('renderPrompt', { path, variables }, { path: 'text', variables: 'object' });
  return fillTemplate(loadTextFile(path), variables, path);
}
