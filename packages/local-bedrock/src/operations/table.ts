import { applyGuardrail } from './apply-guardrail.ts';
import { converse } from './converse.ts';
import { converseStream } from './converse-stream.ts';
import { countTokens } from './count-tokens.ts';
import { createGuardrail } from './create-guardrail.ts';
import { createGuardrailVersion } from './create-guardrail-version.ts';
import { deleteGuardrail } from './delete-guardrail.ts';
import { getFoundationModel } from './get-foundation-model.ts';
import { getFoundationModelAvailability } from './get-foundation-model-availability.ts';
import { getGuardrail } from './get-guardrail.ts';
import { getInferenceProfile } from './get-inference-profile.ts';
import { invokeModel } from './invoke-model.ts';
import { invokeModelWithResponseStream } from './invoke-model-with-response-stream.ts';
import { listFoundationModels } from './list-foundation-models.ts';
import { listGuardrails } from './list-guardrails.ts';
import { listInferenceProfiles } from './list-inference-profiles.ts';
import type { Operation } from './operation.ts';
import { updateGuardrail } from './update-guardrail.ts';

export type { Operation } from './operation.ts';

/** Every operation the endpoint answers; the first whose method and path match is used. */
export const operations: readonly Operation[] = [
  invokeModel,
  invokeModelWithResponseStream,
  converse,
  converseStream,
  countTokens,
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
];
