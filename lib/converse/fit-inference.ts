import type {
  ConverseCommandInput,
  InferenceConfiguration,
  ToolConfiguration,
} from '@aws-sdk/client-bedrock-runtime';
import { findFamily, findModel, isPrompt, type ModelFamily, thinkingWaysOf } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import { defaultMaxTokens } from '../invoke/family.ts';
import type { Inference } from './options.ts';
import type { NoteRepair } from './types.ts';

type Fields = ConverseCommandInput['additionalModelRequestFields'];
type Members = Readonly<Record<string, unknown>>;

/** What a request says of how to answer, as it was asked for. */
export interface AskedInference {
  readonly inference: Inference | undefined;
  readonly fields: Fields;
  readonly toolConfig: ToolConfiguration | undefined;
  /** What is sent of the conversation. */
  readonly messages: readonly Message[];
}

export interface FittedInference {
  /** `undefined`: none is sent. */
  readonly inferenceConfig: InferenceConfiguration | undefined;
  readonly fields: Fields;
}

/** The least that Claude can be told to think, in tokens. */
const leastBudget = 1_024;

/**
 * How the model is to answer, in the form that it takes: a temperature only where it may be given, thinking only where
 * it goes together with the rest, and an answer that is longer than the thinking within it. Pure.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 */
export function fitInference(asked: AskedInference, modelId: string, note: NoteRepair): FittedInference {
  if (isPrompt(modelId)) {
    if (asked.inference !== undefined || asked.fields !== undefined)
      note('inference-left-out', 'The prompt of Prompt management brings its own settings.');
    return { inferenceConfig: undefined, fields: undefined };
  }
  const family = findFamily(modelId);
  const refuses = findModel(modelId)?.refuses ?? [];
  const { inference = {} } = asked;
  let { temperature, topP, maxTokens = defaultMaxTokens } = inference as Inference & { maxTokens?: number };
  const stops = stopSequencesOf(
    inference.stopSequences ?? [],
    family,
    refuses.includes('stop-sequences'),
    note,
  );
  const leaveOut = (name: string, why: string) => note('inference-left-out', `${name} was left out: ${why}.`);

  let fields = topKOf(asked.fields, family, refuses.includes('temperature'), note);
  fields = withWayToThink(fields, modelId, note);
  const thinking = readThinking(fields, family);
  if (thinking !== undefined) {
    const conflict = thinkingConflict(thinking, asked);
    if (conflict !== undefined) {
      note('thinking-changed', `Thinking was left out: ${conflict}.`);
      fields = withoutMembers(fields, [thinking.member]);
    } else {
      if (temperature !== undefined && temperature !== 1) {
        leaveOut('temperature', 'a model that thinks takes none');
        temperature = undefined;
      }
      if (topP !== undefined && topP < 0.95) {
        leaveOut('topP', 'a model that thinks takes none below 0.95');
        topP = undefined;
      }
      if (isMembers(fields) && 'top_k' in fields) {
        leaveOut('top_k', 'a model that thinks takes none');
        fields = withoutMembers(fields, ['top_k']);
      }
      const fitted = fitBudget(thinking.budget, maxTokens, asked, fields, modelId);
      if (fitted !== undefined && (fitted.maxTokens !== maxTokens || fitted.budget !== thinking.budget)) {
        note(
          'thinking-changed',
          `The answer may have ${fitted.maxTokens} tokens, of which ${fitted.budget} for thinking: it has to be longer than the thinking within it.`,
        );
        maxTokens = fitted.maxTokens;
        const config = (fields as Members)[thinking.member] as Members;
        fields = {
          ...(fields as Members),
          [thinking.member]: { ...config, budget_tokens: fitted.budget },
        } as Fields;
      }
    }
  }
  if (refuses.includes('temperature') && temperature !== undefined) {
    leaveOut('temperature', 'this model chooses its words by itself');
    temperature = undefined;
  }
  if (refuses.includes('top-p') && topP !== undefined) {
    leaveOut('topP', 'this model chooses its words by itself');
    topP = undefined;
  }
  if (refuses.includes('temperature-with-top-p') && temperature !== undefined && topP !== undefined) {
    leaveOut('topP', 'this model takes it, or temperature, and not both');
    topP = undefined;
  }
  if (thinksHard(fields, family)) {
    if (temperature !== undefined || topP !== undefined || inference.maxTokens !== undefined)
      leaveOut('inference', 'with the highest effort Nova takes no settings');
    return { inferenceConfig: stops && { stopSequences: stops }, fields };
  }
  return {
    inferenceConfig: {
      maxTokens,
      ...(temperature !== undefined && { temperature }),
      ...(topP !== undefined && { topP }),
      ...(stops && { stopSequences: stops }),
    },
    fields,
  };
}

function stopSequencesOf(
  asked: readonly string[],
  family: ModelFamily | undefined,
  isRefused: boolean,
  note: NoteRepair,
): string[] | undefined {
  if (asked.length === 0) return undefined;
  const kept = isRefused
    ? []
    : asked.filter((text) => (family === 'claude-messages' ? text.trim() !== '' : text !== ''));
  if (kept.length < asked.length)
    note('inference-left-out', 'Stop sequences were left out that this model does not take.');
  return kept.length === 0 ? undefined : kept;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutMembers(fields: Fields, names: readonly string[]): Fields {
  if (!isMembers(fields)) return fields;
  const rest = Object.entries(fields).filter(([name]) => !names.includes(name));
  return rest.length === 0 ? undefined : (Object.fromEntries(rest) as Fields);
}

/** How a family names the number of words to choose from. The others have no such setting. */
const topKNames: { readonly [family in ModelFamily]?: string } = {
  'claude-messages': 'top_k',
  'claude-text': 'top_k',
  nova: 'inferenceConfig',
  'mistral-text': 'top_k',
  'cohere-command': 'k',
  qwen: 'top_k',
};

/** `top_k`, `topK` or `k` under the name that the family has for it. */
function topKOf(
  fields: Fields,
  family: ModelFamily | undefined,
  isRefused: boolean,
  note: NoteRepair,
): Fields {
  if (!isMembers(fields) || family === undefined) return fields;
  const ofNova = isMembers(fields.inferenceConfig) ? fields.inferenceConfig.topK : undefined;
  const value = ofNova ?? fields.top_k ?? fields.topK ?? fields.k;
  if (typeof value !== 'number') return fields;
  const name = isRefused ? undefined : topKNames[family];
  const isRight =
    name === 'inferenceConfig' ? ofNova !== undefined : name !== undefined && fields[name] === value;
  if (isRight) return fields;
  const { inferenceConfig, ...rest } = fields;
  const others = Object.fromEntries(
    Object.entries(rest).filter(([key]) => !['top_k', 'topK', 'k'].includes(key)),
  );
  const inner = isMembers(inferenceConfig)
    ? withoutMembers(inferenceConfig as Fields, ['topK'])
    : inferenceConfig;
  note(
    'inference-left-out',
    name === undefined
      ? 'The number of words to choose from (top_k) was left out: this model takes none.'
      : `The number of words to choose from is named ${name === 'inferenceConfig' ? 'inferenceConfig.topK' : name} here.`,
  );
  const kept = { ...others, ...(inner !== undefined && { inferenceConfig: inner }) };
  if (name === 'inferenceConfig')
    return { ...kept, inferenceConfig: { ...(isMembers(inner) ? inner : {}), topK: value } } as Fields;
  if (name !== undefined) return { ...kept, [name]: value } as Fields;
  return Object.keys(kept).length === 0 ? undefined : (kept as Fields);
}

interface Thinking {
  /** The member that asks for it. */
  readonly member: string;
  /** Tokens; `undefined` where the model decides. */
  readonly budget: number | undefined;
}

/** Whether Claude is asked to think, by Anthropic's name or Bedrock's. */
function readThinking(fields: Fields, family: ModelFamily | undefined): Thinking | undefined {
  if (!isMembers(fields) || (family !== undefined && family !== 'claude-messages')) return undefined;
  for (const member of ['thinking', 'reasoning_config']) {
    const config = fields[member];
    if (!isMembers(config) || (config.type !== 'enabled' && config.type !== 'adaptive')) continue;
    const budget = config.budget_tokens;
    return { member, budget: typeof budget === 'number' ? budget : undefined };
  }
  return undefined;
}

/** Thinking in a way that the model has: with a budget, of its own accord, or not at all. */
function withWayToThink(fields: Fields, modelId: string, note: NoteRepair): Fields {
  const thinking = readThinking(fields, findFamily(modelId));
  if (thinking === undefined) return fields;
  const { member, budget } = thinking;
  const { type, budget_tokens: _, ...rest } = (fields as Members)[member] as Members;
  const ways = thinkingWaysOf(modelId);
  if (ways.length === 0) {
    note('thinking-changed', 'Thinking was left out: this model has none.');
    return withoutMembers(fields, [member]);
  }
  const isWhole = type === 'adaptive' || budget !== undefined;
  if (isWhole && ways.some((way) => way === type)) return fields;
  const isFree = ways.includes('adaptive');
  note(
    'thinking-changed',
    isFree
      ? 'The budget for thinking was left out: this model decides by itself how much it thinks.'
      : `Thinking has a budget of ${leastBudget} tokens: this model does not decide by itself.`,
  );
  const way = isFree ? { type: 'adaptive' } : { type: 'enabled', budget_tokens: leastBudget };
  return { ...(fields as Members), [member]: { ...rest, ...way } } as Fields;
}

/** Whether thinking is asked for: an answer cannot be begun for the model then. Pure. */
export function asksToThink(fields: Fields, modelId: string): boolean {
  return readThinking(fields, findFamily(modelId)) !== undefined;
}

function thinkingConflict(
  { budget }: Thinking,
  { toolConfig, messages }: AskedInference,
): string | undefined {
  const { any, tool } = toolConfig?.toolChoice ?? {};
  if ((any ?? tool) !== undefined) return 'a tool that must be called does not go with it';
  // Where the model itself decides how much to think, it may also not have thought.
  if (budget === undefined || !messages.at(-1)?.content.some(({ toolResult }) => toolResult !== undefined))
    return undefined;
  const before = messages.at(-2);
  return before?.role === 'assistant' && before.content[0]?.reasoningContent === undefined
    ? 'the turn with its tools was begun without'
    : undefined;
}

/** The answer's length and the budget within it; `undefined` where the budget may be longer, or is none. */
function fitBudget(
  budget: number | undefined,
  maxTokens: number,
  { toolConfig }: AskedInference,
  fields: Fields,
  modelId: string,
) {
  if (budget === undefined) return undefined;
  const betas = isMembers(fields) ? JSON.stringify(fields.anthropic_beta ?? '') : '';
  if (betas.includes('interleaved-thinking') && toolConfig !== undefined) return undefined;
  const least = Math.max(leastBudget, budget);
  if (maxTokens > least) return { maxTokens, budget: least };
  const longest = findModel(modelId)?.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const raised = Math.min(least + maxTokens, longest);
  return { maxTokens: raised, budget: Math.max(leastBudget, Math.min(least, raised - maxTokens)) };
}

/** Nova 2 with the highest effort. @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html */
function thinksHard(fields: Fields, family: ModelFamily | undefined): boolean {
  if (family !== 'nova' || !isMembers(fields) || !isMembers(fields.reasoningConfig)) return false;
  const { type, maxReasoningEffort } = fields.reasoningConfig;
  return type === 'enabled' && maxReasoningEffort === 'high';
}
