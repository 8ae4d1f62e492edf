import { isObject } from '../../schema.ts';

/** With this beta the budget spans the turn's tool calls, and may be more than one answer takes. */
const interleaved = 'interleaved-thinking-2025-05-14';

/** What Claude says of a budget for thinking that cannot be used; `undefined`: nothing. Texts as users of Bedrock quote them. */
export function thinkingViolation(
  { thinking, anthropic_beta: betas }: { readonly thinking?: unknown; readonly anthropic_beta?: unknown },
  maxTokens: number,
): string | undefined {
  const budget = isObject(thinking) && thinking.type === 'enabled' ? thinking.budget_tokens : undefined;
  if (typeof budget !== 'number') return undefined;
  if (budget < 1024) return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
  if (budget < maxTokens || (Array.isArray(betas) && betas.includes(interleaved))) return undefined;
  return '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size';
}
