/** A model that calls tools, within limits, and what guards it. */

export type { TurnStep } from '../converse/turn.ts';
export { Agent, type AgentInput, type AgentOptions, type RunOptions } from './agent.ts';
export type {
  AgentEvent,
  AgentResult,
  AgentStep,
  Answered as AgentAnswered,
  AtLimit,
  Blocked,
  ToolEvent,
  Unfinished,
  Waiting,
} from './agent-result.ts';
export type { Decision, Decisions, PendingCall } from './decisions.ts';
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
export {
  type Approval,
  askLater,
  type Tool,
  type ToolCallContext,
  type ToolChoice,
  type ToolDefinition,
  type ToolInput,
  type ToolSchema,
  tool,
} from './tool.ts';
export type { ToolFailure, ToolOutcome } from './tool-result.ts';
