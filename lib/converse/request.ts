import type {
  ContentBlock,
  ConverseCommandInput,
  SystemContentBlock,
  ToolConfiguration,
} from '@aws-sdk/client-bedrock-runtime';
import { findModel, isPrompt } from 'bedrock-models';
import { refuseOldOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import type { Message } from '../base/message.ts';
import { wellFormed } from '../base/well-formed.ts';
import type { Meter } from '../call/cost-meter.ts';
import { defaultMaxTokens } from '../invoke/family.ts';
import { noCachePoints, placeCachePoints } from './cache-points.ts';
import { asksToThink, fitInference } from './fit-inference.ts';
import { fitTools } from './fit-tools.ts';
import { completeToolConfig } from './legal-tools.ts';
import { halfCharacters, legaliseMessages } from './legalise.ts';
import type { NoteRepair, Repair } from './types.ts';

/** How the model is to answer. */
export interface Inference {
  /** Longest answer, in tokens. Default 512: enough for a lesson, and a limit on the bill. */
  readonly maxTokens?: number;
  /** 0 (always the likeliest word) to 1. Default: the model's own. */
  readonly temperature?: number;
  /** Share of the probability mass to choose from, above 0 and up to 1. */
  readonly topP?: number;
  /** The answer ends before any of these. */
  readonly stopSequences?: readonly string[];
}

/** Members of Converse's request that are passed on as they are. */
const passedMembers = [
  'guardrailConfig',
  'additionalModelRequestFields',
  'additionalModelResponseFieldPaths',
  'outputConfig',
  'performanceConfig',
  'promptVariables',
  'requestMetadata',
  'serviceTier',
] as const;
type Passed = Pick<ConverseCommandInput, (typeof passedMembers)[number]>;

/** Everything that one call of Converse takes beside the model and the messages. */
export interface ConverseOptions extends Passed {
  /** Instructions that stand above the conversation. */
  readonly system?: string | readonly SystemContentBlock[];
  readonly inference?: Inference;
  /** The tools that the model may call. */
  readonly toolConfig?: ToolConfiguration;
  /** Counts what the call costs, and refuses it before it is made when it could pass the meter's limit. */
  readonly meter?: Meter;
  /** Aborts the call. */
  readonly signal?: AbortSignal;
  /** How many times the call is made at most. Default: the client's `maxAttempts`, which is 3 by default. */
  readonly maxAttempts?: number;
  /** Milliseconds that may pass before a streamed answer begins, and between two of its events. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** Gives a number from 0 up to 1, for the length of the waiting before a retry. Default `Math.random`. */
  readonly random?: () => number;
}

/** @throws LibError of kind `request` for an option by the name that it had before */
export function refuseOldNames(caller: string, options: object): void {
  if ('idleTimeout' in options || 'costMeter' in options) refuseOldOptions(caller, options, oldNames);
}

const oldNames = { idleTimeout: 'It is named idleTimeoutMs.', costMeter: 'It is named meter.' };

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
  const { inference, additionalModelRequestFields: fields } = options;

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

/** The longest answer, in tokens, as it was asked for. */
export function maxTokensOf(inference: Inference | undefined): number {
  return inference?.maxTokens ?? defaultMaxTokens;
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

/** System blocks; blank texts are left out, because Bedrock refuses them. */
export function systemOf(
  system: ConverseOptions['system'],
  note?: NoteRepair,
): readonly SystemContentBlock[] {
  const blocks = typeof system === 'string' ? [{ text: system }] : (system ?? []);
  const filled = blocks.filter((block) => block.text === undefined || block.text.trim() !== '');
  if (filled.length < blocks.length) note?.('blank-text-dropped', 'A blank system prompt was left out.');
  return filled;
}
