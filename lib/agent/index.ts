/** A model that calls tools, within limits, and what guards it. */
export { Agent, type AgentOptions } from './agent.ts';
export type {
  AgentResult,
  AgentStep,
  Answered as AgentAnswered,
  AtLimit,
  Blocked,
} from './agent-result.ts';
export { deniedTopic, personalData } from './checks.ts';
export type { Check, Guardrails, Objection } from './guard.ts';
export {
  type ApplyGuardrailOptions,
  applyGuardrail,
  describeFinding,
  findingsOfTrace,
  type GuardrailFinding,
  type GuardrailVerdict,
} from './guardrail-findings.ts';
export type { LimitName, Limits } from './limits.ts';
export {
  type Approval,
  type Tool,
  type ToolCallContext,
  type ToolDefinition,
  type ToolInput,
  type ToolSchema,
  tool,
} from './tool.ts';
export type { ToolFailure, ToolOutcome } from './tool-outcome.ts';
