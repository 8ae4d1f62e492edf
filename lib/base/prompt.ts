import { checkInput } from './check-input.ts';
import { fillTemplate, type PromptVariables } from './template.ts';
import { loadTextFile } from './text-file.ts';

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
