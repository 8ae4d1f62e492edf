import { invalid } from '../../refusal.ts';
import { isObject } from '../../schema.ts';
import type { Rule } from './rule.ts';
import { checkObject } from './tool-turns.ts';

/** Tools have names of their own and schemas of objects; a tool that must be called is one of them. */
export const tools: Rule = ({ toolConfig }) => {
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
  const chosen = toolConfig.toolChoice?.tool?.name;
  if (chosen !== undefined && !names.has(chosen)) {
    // Not backed by a recording.
    throw invalid(
      `The tool ${chosen} at toolConfig.toolChoice.tool.name is not defined in toolConfig.tools. Define the tool or choose another, and try again.`,
    );
  }
};
