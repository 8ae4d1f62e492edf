import { checkInput, checkOptions, type InputRule, wrongInput } from '../base/check-input.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';

/** The options of every call of Converse that a wrong value would otherwise break, or be taken in silence. */
const callRules: Readonly<Record<string, InputRule>> = {
  inference: 'object?',
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
  given: { readonly client: unknown; readonly messages: unknown },
  options: unknown,
): void {
  checkInput(caller, given, { client: 'client', messages: 'messages' });
  checkOptions(caller, options, callRules);
  checkMeter(caller, (options as { meter?: unknown }).meter);
  checkSystem(caller, (options as { system?: unknown }).system);
}

/**
 * What a conversation or an agent is made with.
 *
 * @throws LibError of kind `request` that names the option
 */
export function checkMaking(caller: string, options: unknown): void {
  checkOptions(caller, options, {
    ...callRules,
    client: 'client',
    sessionId: 'text?',
    history: 'object?',
    window: 'object?',
    summarize: 'object?',
    maxCostUsd: 'amount?',
  });
  const { history, window, summarize, system, modelId } = options as Record<string, unknown>;
  modelIdOf(caller, modelId as ModelRef);
  checkSystem(caller, system);
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
}

function checkMembers(
  caller: string,
  name: string,
  value: unknown,
  rules: Readonly<Record<string, InputRule>>,
): void {
  const named = (members: object) =>
    Object.fromEntries(Object.entries(members).map(([member, each]) => [`${name}.${member}`, each]));
  checkInput(caller, named(value as object), named(rules) as Readonly<Record<string, InputRule>>);
}
