import type { Model } from 'bedrock-models';
import { wasAccepted, wasRefused } from '../models/evidence.ts';
import { isObject } from '../shapes/body-schema.ts';
import type { SeenTurn, Wrong } from './claude-checks.ts';
import { shortName, thinkingOf } from './model-features.ts';

/** With this beta the budget spans the turn's tool calls, and may be more than one answer takes. */
const interleaved = 'interleaved-thinking-2025-05-14';

/** What a request asks besides thinking. */
interface BesideThinking {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: unknown;
  readonly maxTokens: number;
  /** It names a tool that must be called, or asks for any. */
  readonly forcesTool: boolean;
  readonly turns: readonly SeenTurn[];
}

/**
 * Thinking that Claude cannot do: in a way that the model does not have, with too small a budget, with a tool that must be
 * called, with other settings, or in a turn that goes on without the thought that it began with (pydantic-ai#2453, Sonnet
 * 4, 2025; anomalyco/opencode#3077, Sonnet 4.5; RooCodeInc/Roo-Code PR 11238, Opus 4.5, 2026). Of a temperature and the
 * like by Anthropic's documentation.
 *
 * @param fields the body of InvokeModel, or Converse's `additionalModelRequestFields`
 */
export function thinkingViolation(
  fields: Readonly<Record<string, unknown>>,
  { temperature = 1, topP = 1, topK, maxTokens, forcesTool, turns }: BesideThinking,
  model: Model,
): Wrong {
  const thinking = thinkingOf(fields);
  if (thinking === undefined) return undefined;
  const ofForm = formViolation(thinking, model);
  if (ofForm !== undefined || !isObject(thinking) || thinking.type === 'disabled') return ofForm;
  const isAdaptive = thinking.type === 'adaptive';
  if (forcesTool && !(isAdaptive && wasAccepted('forced-tool-beside-thinking', model))) {
    return 'Thinking may not be enabled when tool_choice forces tool use.';
  }
  if (temperature !== 1) return '`temperature` may only be set to 1 when thinking is enabled.';
  if (topP < 0.95) return '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.';
  if (topK !== undefined) return '`top_k` must be unset when thinking is enabled.';
  if (isAdaptive) return undefined;
  const { budget_tokens: budget } = thinking;
  if (typeof budget === 'number' && budget < 1024)
    return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
  const { anthropic_beta: betas } = fields;
  if (Number(budget) >= maxTokens && !(Array.isArray(betas) && betas.includes(interleaved))) {
    return '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size';
  }
  return lostThought(turns);
}

/**
 * Which ways to think there are, and what each has to say, follows the model. What is said of a form that no model has is
 * in the words in which Claude's validator names other members and tags: of thinking it was not seen.
 */
function formViolation(thinking: unknown, model: Model): Wrong {
  if (!isObject(thinking)) return 'thinking: Input should be a valid dictionary';
  const { type, budget_tokens: budget } = thinking;
  const isOlder = wasRefused('thinking', model);
  const hasAdaptive = !isOlder && !wasRefused('adaptive-thinking', model);
  if (type === undefined) return 'thinking.type: Field required';
  if (type !== 'enabled' && type !== 'adaptive' && type !== 'disabled') {
    const tags = [...(hasAdaptive ? ["'adaptive'"] : []), "'disabled'", "'enabled'"].join(', ');
    return `thinking: Input tag '${type}' found using 'type' does not match any of the expected tags: ${tags}`;
  }
  if (type === 'disabled') {
    return wasRefused('no-thinking', model)
      ? '"thinking.type.disabled" is not supported for this model.'
      : undefined;
  }
  if (isOlder) {
    return `'${shortName(model)}' does not support thinking.`;
  }
  if (type === 'adaptive') {
    return hasAdaptive ? undefined : 'adaptive thinking is not supported on this model';
  }
  if (wasRefused('budgeted-thinking', model)) {
    return '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.';
  }
  if (budget === undefined) return 'thinking.enabled.budget_tokens: Field required';
  return Number.isInteger(budget)
    ? undefined
    : 'thinking.enabled.budget_tokens: Input should be a valid integer';
}

/** The turn that a tool's result belongs to, or that is begun for Claude, begins with a thought. */
function lostThought(turns: readonly SeenTurn[]): Wrong {
  const last = turns.at(-1);
  const goesOn = last?.role === 'assistant' || last?.blocks.some(({ type }) => type === 'tool_result');
  const index = turns.findLastIndex(({ role }) => role === 'assistant');
  const found = turns[index]?.blocks[0]?.type;
  if (!goesOn || found === undefined || found === 'thinking' || found === 'redacted_thinking')
    return undefined;
  return `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking`;
}
