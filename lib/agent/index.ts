/** A model that calls tools, within limits, and what guards it. */
export { Agent, type AgentOptions } from './agent.ts';
export type {
  AgentResult,
  AgentStep,
  Answered as AgentAnswered,
  AtLimit,
  Blocked,
  Unfinished,
} from './agent-result.ts';
export type { Check, Guardrails, Objection } from './guardrails.ts';
export {
  type ApplyGuardrailOptions,
  applyGuardrail,
  deniedTopic,
  describeFinding,
  findingsOfTrace,
  type GuardrailFinding,
  type GuardrailVerdict,
  personalData,
} from './guardrails.ts';
export type { LimitName, Limits } from './limits.ts';
export type { ToolFailure, ToolOutcome } from './run-tools.ts';
export {
  type Approval,
  type Tool,
  type ToolCallContext,
  type ToolDefinition,
  type ToolInput,
  type ToolSchema,
  tool,
} from './tool.ts';
