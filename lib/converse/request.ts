import type { ContentBlock, ConverseCommandInput, SystemContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { findModel, isPrompt } from 'bedrock-models';
import { LibError } from '../base/errors.ts';
import { type Message, wellFormed } from '../base/message.ts';
import { asksToThink, fitInference } from './fit-inference.ts';
import { fitTools } from './fit-tools.ts';
import {
  completeToolConfig,
  halfCharacters,
  legaliseMessages,
  noCachePoints,
  placeCachePoints,
} from './legalise.ts';
import { type ConverseOptions, inferenceOf, passedMembers, refuseOldNames, systemOf } from './options.ts';
import type { NoteRepair, Repair } from './types.ts';

export interface ConverseRequest {
  readonly input: ConverseCommandInput;
  readonly repairs: readonly Repair[];
}

/**
 * The body of Converse, all of it fitted to the model: messages, system prompt, tools, cache points, settings and text.
 * Pure.
 *
 * @throws LibError of kind `request` when nothing is left to send
 */
export function buildConverseRequest(
  modelId: string,
  messages: readonly Message[],
  options: ConverseOptions,
): ConverseRequest {
  refuseOldNames('converse', options);
  const repairs: Repair[] = [];
  const note: NoteRepair = (kind, detail) => repairs.push({ kind, detail });
  const isOfPrompt = isPrompt(modelId);
  const { additionalModelRequestFields: fields } = options;
  const inference = inferenceOf(options);

  const tools = isOfPrompt || !options.toolConfig ? undefined : fitTools(options.toolConfig, modelId, note);
  const inTools = placeCachePoints([tools?.tools ?? []], 'tools', modelId, noCachePoints, note);
  const toolConfig = tools && { ...tools, tools: [...(inTools.lists[0] ?? [])] };
  const inSystem = placeCachePoints([systemOf(options.system, note)], 'system', modelId, inTools.after, note);
  const system = isOfPrompt ? [] : (inSystem.lists[0] ?? []);
  if (isOfPrompt && (options.system ?? options.toolConfig) !== undefined)
    note(
      'prompt-overrides-dropped',
      'The prompt of Prompt management brings its own system prompt and tools.',
    );

  let legal = legaliseMessages(
    messages,
    modelId,
    { before: inSystem.after, isThinking: asksToThink(fields, modelId) },
    note,
  );
  if (legal.length === 0 && !isOfPrompt) {
    throw new LibError('There is nothing to send: no message has any content', {
      kind: 'request',
      hint: 'Pass at least one message with words in it.',
      modelId,
    });
  }
  const takesSystem = findModel(modelId)?.refuses?.includes('system') !== true;
  if (!takesSystem) legal = systemInFront(legal, system, note);
  const fitted = fitInference({ inference, fields, toolConfig, messages: legal }, modelId, note);
  const passed = passedMembers.flatMap((name) =>
    name === 'additionalModelRequestFields' || options[name] === undefined
      ? []
      : [[name, options[name]] as const],
  );
  const offered = isOfPrompt ? undefined : completeToolConfig(legal, toolConfig, note);
  const asked = {
    ...Object.fromEntries(passed),
    ...(fitted.fields !== undefined && { additionalModelRequestFields: fitted.fields }),
    ...(takesSystem && system.length > 0 && { system: [...system] }),
    ...(fitted.inferenceConfig && { inferenceConfig: fitted.inferenceConfig }),
    ...(offered && { toolConfig: offered }),
  };
  // The messages are mended already.
  const mended = wellFormed(asked);
  if (mended !== asked) note('text-mended', halfCharacters);
  return {
    input: {
      ...mended,
      modelId,
      ...(legal.length > 0 && { messages: legal as { role: Message['role']; content: ContentBlock[] }[] }),
    },
    repairs,
  };
}

/** For a model that takes no system prompt: its words stand in front of what the user says first. */
function systemInFront(
  messages: readonly Message[],
  system: readonly SystemContentBlock[],
  note: NoteRepair,
): readonly Message[] {
  const text = system.map((block) => block.text ?? block.guardContent?.text?.text ?? '').join('\n\n');
  const [first, ...rest] = messages;
  if (text.trim() === '' || first === undefined) return messages;
  note('system-moved', 'The system prompt was put in front of the first message: this model takes none.');
  return [{ role: 'user', content: [{ text }, ...first.content] }, ...rest];
}
