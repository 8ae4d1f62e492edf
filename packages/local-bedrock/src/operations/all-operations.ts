import {
  createModelInvocationJob,
  getModelInvocationJob,
  listModelInvocationJobs,
  stopModelInvocationJob,
} from './batch-jobs.ts';
import { chatCompletions } from './chat-completions.ts';
import { converse, converseStream } from './converse.ts';
import { countTokens } from './count-tokens.ts';
import {
  getFoundationModel,
  getFoundationModelAvailability,
  listFoundationModels,
} from './foundation-models.ts';
import {
  applyGuardrail,
  createGuardrail,
  createGuardrailVersion,
  deleteGuardrail,
  getGuardrail,
  listGuardrails,
  updateGuardrail,
} from './guardrails.ts';
import { getInferenceProfile, listInferenceProfiles } from './inference-profiles.ts';
import { invokeModel, invokeModelWithResponseStream } from './invoke-model.ts';
import type { Operation } from './operation.ts';

export type { Operation } from './operation.ts';

/** Every operation the endpoint answers; the first whose method and path match is used. */
export const operations: readonly Operation[] = [
  invokeModel,
  invokeModelWithResponseStream,
  converse,
  converseStream,
  countTokens,
  chatCompletions,
  listFoundationModels,
  getFoundationModel,
  getFoundationModelAvailability,
  listInferenceProfiles,
  getInferenceProfile,
  applyGuardrail,
  createGuardrail,
  createGuardrailVersion,
  getGuardrail,
  listGuardrails,
  updateGuardrail,
  deleteGuardrail,
  createModelInvocationJob,
  getModelInvocationJob,
  listModelInvocationJobs,
  stopModelInvocationJob,
];
