import { createRequire } from 'node:module';
import { LibError } from './errors.ts';
import { loadTextFile } from './text-file.ts';

/** Loaded at the first template: it takes as long as all the rest of `lib`. */
function handlebars(): typeof import('handlebars') {
  return createRequire(import.meta.url)('handlebars');
}

/** What a template's `{{names}}` stand for. */
export type PromptVariables = Readonly<Record<string, unknown>>;

/**
 * Loads a Handlebars template and fills it in.
 *
 * A value goes in exactly as it is: no HTML escaping, and never read as a template itself. Braces that the model
 * should see are written `\{{like this}}` in the template.
 *
 * @param path of the template, as for `loadTextFile`
 * @throws LibError of kind `file` when it cannot be read, of kind `template` when a variable is missing or the
 *   template is malformed
 * @see https://handlebarsjs.com/guide/
 */
export function renderPrompt(path: string, variables: PromptVariables = {}): string {
  return fillTemplate(loadTextFile(path), variables, path);
}

/**
 * The same for a template that is already in hand.
 *
 * @param name what error messages call the template
 */
export function fillTemplate(
  template: string,
  variables: PromptVariables = {},
  name = 'the template',
): string {
  try {
    // Without a prototype, a forgotten {{constructor}} or {{toString}} is missing like any other name.
    // Handlebars puts the context into its message, hence the conversion.
    const context = Object.assign(Object.create(null), variables, {
      [Symbol.toPrimitive]: () => 'variables',
    });
    return handlebars().compile(template, { noEscape: true, strict: true })(context);
  } catch (cause) {
    throw templateError(cause as Error, variables, name);
  }
}

function templateError(cause: Error, variables: PromptVariables, name: string): LibError {
  const missing = /^"(.+?)" not defined/.exec(cause.message)?.[1];
  if (missing === undefined) {
    return new LibError(`${name} is not a valid template: ${cause.message}`, {
      kind: 'template',
      hint: 'Check its {{braces}}; write \\{{name}} for braces that the model should see.',
      cause,
    });
  }
  const given = Object.keys(variables);
  return new LibError(`${name} needs a value for {{${missing}}}`, {
    kind: 'template',
    hint: `Pass it: renderPrompt(path, { ${missing}: … }). ${
      given.length > 0 ? `Given were: ${given.join(', ')}.` : 'No variables were given.'
    } If the model should see the braces, write \\{{${missing}}} in the template.`,
    cause,
  });
}
