import type { GuardrailConfiguration } from '@aws-sdk/client-bedrock-runtime';

/** What a check objects to. */
export interface Objection {
  /** The check's name, such as `personal data`. */
  readonly check: string;
  /** What it has found, as a sentence. It never repeats the words that are to be kept back. */
  readonly reason: string;
}

/** Looks at a text before it goes on: `undefined` when there is nothing to object to. */
export type Check = (text: string) => Objection | undefined | Promise<Objection | undefined>;

/** What a run is guarded by. Checks are asked in their order, and the first that objects decides. */
export interface Guardrails {
  /** A guardrail of Bedrock, which looks at every call. */
  readonly bedrock?: GuardrailConfiguration;
  /** What the user says. When one objects, nothing is sent. */
  readonly input?: readonly Check[];
  /** What the model says. Text of a stream is kept back until they have let it pass. */
  readonly output?: readonly Check[];
  /** What a tool gives, before the model sees it. */
  readonly toolResult?: readonly Check[];
}

/**
 * The first objection. A check that throws objects: what cannot be checked does not pass.
 */
export async function firstObjection(
  checks: readonly Check[] | undefined,
  text: string,
): Promise<Objection | undefined> {
  for (const check of checks ?? []) {
    try {
      const objection = await check(text);
      if (objection !== undefined) return objection;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { check: check.name || 'check', reason: `The check itself failed: ${reason}` };
    }
  }
  return undefined;
}
