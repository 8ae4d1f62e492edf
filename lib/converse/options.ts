import type {
  ConverseCommandInput,
  SystemContentBlock,
  ToolConfiguration,
} from '@aws-sdk/client-bedrock-runtime';
import {
  checkContent,
  checkEach,
  checkInput,
  checkMembers,
  checkOptions,
  type InputRule,
  refuseOldOptions,
  wrongInput,
} from '../base/check-input.ts';
import { withoutUndefined } from '../base/without-undefined.ts';
import type { Meter } from '../call/cost-meter.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import type { NoteRepair } from './types.ts';

/** How the model is to answer: options of every call, wherever one is made. */
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
export const passedMembers = [
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
export interface ConverseOptions extends Passed, Inference {
  /** Instructions that stand above the conversation. */
  readonly system?: string | readonly SystemContentBlock[];
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
  if (Object.keys(oldNames).some((name) => name in options)) refuseOldOptions(caller, options, oldNames);
}

const oldNames = {
  idleTimeout: 'It is named idleTimeoutMs.',
  costMeter: 'It is named meter.',
  inference: 'Its members stand beside the other options: maxTokens, temperature, topP, stopSequences.',
};

/** What is said of how to answer, if anything. Pure. */
export function inferenceOf({
  maxTokens,
  temperature,
  topP,
  stopSequences,
}: Inference): Inference | undefined {
  const said = withoutUndefined({ maxTokens, temperature, topP, stopSequences });
  return Object.keys(said).length === 0 ? undefined : said;
}

/** The options of every call of Converse that a wrong value would otherwise break, or be taken in silence. */
const callRules: Readonly<Record<string, InputRule>> = {
  maxTokens: 'amount?',
  temperature: 'amount?',
  topP: 'amount?',
  stopSequences: 'texts?',
  toolConfig: 'object?',
  signal: 'signal?',
  maxAttempts: 'amount?',
  idleTimeoutMs: 'amount?',
  random: 'function?',
  meter: 'object?',
};

/** @throws LibError of kind `request` that names the argument */
export function checkConverse(
  caller: string,
  given: { readonly client: unknown; readonly messages: unknown; readonly onDelta?: unknown },
  options: unknown,
): void {
  checkInput(caller, given, { client: 'client', messages: 'messages' });
  if ('onDelta' in given) checkInput(caller, given, { onDelta: 'function' });
  checkOptions(caller, options, callRules);
  checkMeter(caller, (options as { meter?: unknown }).meter);
  checkSystem(caller, (options as { system?: unknown }).system);
  checkTools(caller, (options as { toolConfig?: unknown }).toolConfig);
  checkGuardrail(caller, 'guardrailConfig', (options as { guardrailConfig?: unknown }).guardrailConfig);
}

const makingRules: Readonly<Record<string, InputRule>> = {
  ...callRules,
  client: 'client',
  sessionId: 'text?',
  history: 'object?',
  window: 'object?',
  summarize: 'object?',
  maxCostUsd: 'amount?',
};

/**
 * What a conversation or an agent is made with.
 *
 * @throws LibError of kind `request` that names the option
 */
export function checkMaking(caller: string, options: unknown): void {
  checkOptions(caller, options, makingRules);
  const { history, window, summarize, system, modelId, guardrailConfig } = options as Record<string, unknown>;
  modelIdOf(caller, modelId as ModelRef);
  checkSystem(caller, system);
  checkTools(caller, (options as { toolConfig?: unknown }).toolConfig);
  checkGuardrail(caller, 'guardrailConfig', guardrailConfig);
  checkMeter(caller, (options as { meter?: unknown }).meter);
  if (history !== undefined) {
    const { read, append } = history as Record<string, unknown>;
    if (typeof read !== 'function' || typeof append !== 'function')
      throw wrongInput(caller, 'history', 'what openHistory gives', history);
  }
  if (window !== undefined) checkMembers(caller, 'window', window, { turns: 'amount?', tokens: 'amount?' });
  if (summarize !== undefined)
    checkMembers(caller, 'summarize', summarize, {
      afterTokens: 'amount',
      keepTurns: 'amount?',
      modelId: 'text?',
      prompt: 'text?',
      maxTokens: 'amount?',
    });
}

/**
 * The options of a turn or a run; the input is checked where it is read.
 *
 * @throws LibError of kind `request` that names the option
 */
export function checkTurn(caller: string, options: unknown): void {
  checkOptions(caller, options, { signal: 'signal?' });
}

/** @throws LibError of kind `request` */
export function checkMeter(caller: string, meter: unknown): void {
  if (meter === undefined || typeof (meter as { begin?: unknown }).begin === 'function') return;
  throw wrongInput(caller, 'meter', 'a CostMeter', meter);
}

function checkSystem(caller: string, system: unknown): void {
  if (system === undefined || typeof system === 'string') return;
  checkInput(caller, { system }, { system: 'objects' });
  checkContent(caller, 'system', system as readonly object[]);
}

function checkTools(caller: string, toolConfig: unknown): void {
  if (toolConfig === undefined) return;
  checkEach(caller, 'toolConfig', toolConfig as object, { tools: 'objects?', toolChoice: 'object?' });
  const { tools = [] } = toolConfig as { tools?: readonly { toolSpec?: { inputSchema?: object } }[] };
  for (const [index, tool] of tools.entries()) {
    const at = `toolConfig.tools[${index}]`;
    checkEach(caller, at, tool, { toolSpec: 'object?', systemTool: 'object?', cachePoint: 'object?' });
    if (tool.toolSpec === undefined) continue;
    const spec = { name: 'text?', description: 'text?', inputSchema: 'object?' } as const;
    checkEach(caller, `${at}.toolSpec`, tool.toolSpec, spec);
    if (tool.toolSpec.inputSchema !== undefined)
      checkEach(caller, `${at}.toolSpec.inputSchema`, tool.toolSpec.inputSchema, { json: 'object?' });
  }
}

/**
 * A guardrail of Bedrock as a call takes it. One that names nothing would be sent as none, and the call go through.
 *
 * @throws LibError of kind `request`
 */
export function checkGuardrail(caller: string, name: string, config: unknown): void {
  if (config === undefined) return;
  checkMembers(caller, name, config, {
    guardrailIdentifier: 'text?',
    guardrailVersion: 'text?',
    trace: 'text?',
    streamProcessingMode: 'text?',
  });
  const { guardrailIdentifier, trace } = config as { guardrailIdentifier?: unknown; trace?: unknown };
  // A guardrail that the account holds all calls to needs no name.
  if (guardrailIdentifier === undefined && trace === undefined)
    throw wrongInput(caller, `${name}.guardrailIdentifier`, 'a text', guardrailIdentifier);
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
