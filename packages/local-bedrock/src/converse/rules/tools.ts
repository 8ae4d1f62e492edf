import type { ModelFamily } from 'bedrock-models';
import { invalid } from '../../refusal.ts';
import { isObject } from '../../schema.ts';
import type { ToolConfig } from '../request.ts';
import type { Rule } from './rule.ts';
import { checkObject } from './tool-turns.ts';

/** Families that cannot be made to call one certain tool, or any, as users report. */
const refusedChoices: Readonly<Record<'tool' | 'any', readonly ModelFamily[]>> = {
  tool: ['llama', 'mistral-text', 'mistral-chat', 'jamba', 'gpt-oss'],
  any: ['llama'],
};

/** Tools have names of their own and schemas of objects; a tool that must be called is one of them. */
export const tools: Rule = ({ toolConfig }, model) => {
  if (toolConfig === undefined) return;
  const names = new Set<string>();
  toolConfig.tools.forEach(({ toolSpec, systemTool }, index) => {
    const name = toolSpec?.name ?? systemTool?.name;
    if (name !== undefined) {
      if (names.has(name)) throw invalid(`The tool ${name} is already defined at toolConfig.tools.${index}.`);
      names.add(name);
    }
    if (toolSpec === undefined) return;
    const path = `toolConfig.tools.${index}.toolSpec.inputSchema.json`;
    const schema = toolSpec.inputSchema.json;
    checkObject(schema, path);
    if (isObject(schema) && schema.type !== 'object') {
      throw invalid(`The value at ${path}.type must be one of the following: object.`);
    }
  });
  if (toolConfig.toolChoice !== undefined) checkChoice(toolConfig.toolChoice, names, model.family);
};

function checkChoice(
  choice: NonNullable<ToolConfig['toolChoice']>,
  names: ReadonlySet<string>,
  family: ModelFamily,
): void {
  for (const kind of ['tool', 'any'] as const) {
    if (choice[kind] === undefined || !refusedChoices[kind].includes(family)) continue;
    const field = `toolConfig.toolChoice.${kind}`;
    throw invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
  }
  const chosen = choice.tool?.name;
  if (chosen !== undefined && !names.has(chosen)) {
    // Not backed by a recording.
    throw invalid(
      `The tool ${chosen} at toolConfig.toolChoice.tool.name is not defined in toolConfig.tools. Define the tool or choose another, and try again.`,
    );
  }
}
