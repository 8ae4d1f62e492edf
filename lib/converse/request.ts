import type {
  ContentBlock,
  ConverseCommandInput,
  InferenceConfiguration,
  SystemContentBlock,
  ToolConfiguration,
} from '@aws-sdk/client-bedrock-runtime';
import { refuseOldOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import type { Message } from '../base/message.ts';
import { defaultMaxTokens } from '../invoke/family.ts';
import { legalise } from './legalise.ts';
import type { Repair } from './types.ts';

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
  if ('idleTimeout' in options) refuseOldOptions(caller, options, oldNames);
}

const oldNames = { idleTimeout: 'It is named idleTimeoutMs.' };

export interface ConverseRequest {
  readonly input: ConverseCommandInput;
  readonly repairs: readonly Repair[];
}

/**
 * The body of Converse for a transcript, made legal. Pure.
 *
 * @throws LibError of kind `request` when nothing is left to send
 */
export function buildConverseRequest(
  modelId: string,
  messages: readonly Message[],
  options: ConverseOptions,
): ConverseRequest {
  refuseOldNames('converse', options);
  const { system, inference, toolConfig } = options;
  const systemBlocks = systemOf(system);
  const legal = legalise(messages, {
    modelId,
    ...(toolConfig !== undefined && { toolConfig }),
    cachePointsElsewhere: countCachePoints(systemBlocks, toolConfig),
  });
  if (legal.messages.length === 0) {
    throw new LibError('There is nothing to send: no message has any content', {
      kind: 'request',
      hint: 'Pass at least one message with words in it.',
      modelId,
    });
  }
  const passed = passedMembers.flatMap((name) =>
    options[name] === undefined ? [] : [[name, options[name]] as const],
  );
  return {
    input: {
      ...Object.fromEntries(passed),
      modelId,
      messages: legal.messages as { role: Message['role']; content: ContentBlock[] }[],
      ...(systemBlocks.length > 0 && { system: [...systemBlocks] }),
      inferenceConfig: inferenceOf(inference),
      ...(legal.toolConfig && { toolConfig: legal.toolConfig }),
    },
    repairs: legal.repairs,
  };
}

/** The default answer length is set here as well: Converse's own default is the model's longest answer. */
export function maxTokensOf(inference: Inference | undefined): number {
  return inference?.maxTokens ?? defaultMaxTokens;
}

function inferenceOf(inference: Inference = {}): InferenceConfiguration {
  const { temperature, topP, stopSequences } = inference;
  return {
    maxTokens: maxTokensOf(inference),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stopSequences && { stopSequences: [...stopSequences] }),
  };
}

/** System blocks; blank texts are left out, because Bedrock refuses them. */
export function systemOf(system: ConverseOptions['system']): readonly SystemContentBlock[] {
  const blocks = typeof system === 'string' ? [{ text: system }] : (system ?? []);
  return blocks.filter((block) => block.text === undefined || block.text.trim() !== '');
}

function countCachePoints(
  system: readonly SystemContentBlock[],
  toolConfig: ToolConfiguration | undefined,
): number {
  const isCachePoint = (block: object) => 'cachePoint' in block;
  return system.filter(isCachePoint).length + (toolConfig?.tools?.filter(isCachePoint).length ?? 0);
}
