import { invalid, Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { GuardrailStore, StoredGuardrail } from './store.ts';

/** The endpoint's guardrails. */
export function guardrailsOf({ guardrails }: Service): GuardrailStore {
  if (guardrails === undefined) throw new Error('This endpoint was made without a store of guardrails.');
  return guardrails;
}

/**
 * The guardrail that an inference call names. Refuses with a 400 one that does not exist; that text is quoted from users
 * of Converse. The text for a missing version is not backed by a recording.
 */
export function guardrailForInference(
  identifier: string,
  version: string | undefined,
  service: Service,
): StoredGuardrail {
  if (version === undefined || version === '') {
    throw invalid(
      'A guardrail version is required with a guardrail identifier. Add the version and try again.',
    );
  }
  try {
    return guardrailsOf(service).get(identifier, version);
  } catch (error) {
    if (error instanceof Refusal) throw invalid('The provided guardrail identifier is invalid.');
    throw error;
  }
}
