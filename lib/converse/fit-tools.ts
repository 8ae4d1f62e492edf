import type { Tool, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { toolChoicesOf } from 'bedrock-models';
import { fitSchema } from './fit-schema.ts';
import type { NoteRepair } from './types.ts';

/**
 * The tools that a call offers, in the form that the model takes: their descriptions, their schemas, and how the model
 * is made to call one. Pure.
 */
export function fitTools(given: ToolConfiguration, modelId: string, note: NoteRepair): ToolConfiguration {
  const { tools = [], toolChoice } = given;
  const fitted = tools.map((tool) => fitTool(tool, modelId, note));
  const isSame = fitted.every((tool, index) => tool === tools[index]);
  const changed = fitChoice({ ...given, tools: isSame ? tools : fitted }, modelId, note);
  return isSame && changed.toolChoice === toolChoice && changed.tools === tools ? given : changed;
}

function fitTool(tool: Tool, modelId: string, note: NoteRepair): Tool {
  const { toolSpec } = tool;
  if (toolSpec === undefined) return tool;
  const { name = '', description, inputSchema, ...rest } = toolSpec;
  const { schema, changes, remarks } = fitSchema(inputSchema?.json, modelId);
  const isBlank = description !== undefined && description.trim() === '';
  if (changes.length === 0 && remarks.length === 0 && !isBlank && schema === inputSchema?.json) return tool;
  if (changes.length > 0)
    note(
      'tool-schema-fitted',
      `The schema of the tool ${name} was fitted to the model: ${changes.join('; ')}.`,
    );
  if (isBlank) note('blank-text-dropped', `The blank description of the tool ${name} was left out.`);
  const words = [...(isBlank || description === undefined ? [] : [description]), ...remarks].join('\n');
  return {
    toolSpec: {
      name,
      ...rest,
      ...(words !== '' && { description: words }),
      inputSchema: { json: schema as NonNullable<typeof inputSchema>['json'] & object },
    },
  };
}

/** A choice that the model cannot be given becomes the nearest one: that tool alone, or any. */
function fitChoice(config: ToolConfiguration, modelId: string, note: NoteRepair): ToolConfiguration {
  const { toolChoice, tools = [] } = config;
  const kinds = toolChoicesOf(modelId);
  const { toolChoice: _, ...free } = config;
  if (toolChoice?.tool !== undefined && !kinds.includes('tool')) {
    const { name } = toolChoice.tool;
    note('tool-choice-changed', `This model cannot be made to call one tool; only ${name} was offered.`);
    const only = tools.filter(({ toolSpec, systemTool }) => (toolSpec ?? systemTool)?.name === name);
    return {
      ...free,
      tools: only.length > 0 ? only : tools,
      ...(kinds.includes('any') && { toolChoice: { any: {} } }),
    };
  }
  if (toolChoice?.any !== undefined && !kinds.includes('any')) {
    note('tool-choice-changed', 'This model cannot be made to call a tool; it may choose.');
    return free;
  }
  return config;
}
