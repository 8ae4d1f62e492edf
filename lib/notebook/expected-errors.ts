import { toLibError } from '../aws-errors.ts';
import { describeError, type ErrorKind, LibError } from '../errors.ts';

/**
 * Runs something that is meant to fail and prints the error with its next step, so that the lesson can show it
 * and the notebook goes on.
 *
 * @throws LibError when nothing failed: the lesson's claim would be wrong
 */
export async function expectError(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    console.log(describeError(toLibError(error)));
    return;
  }
  throw new LibError('This cell was meant to show an error, but nothing failed', {
    kind: 'unknown',
    hint: 'Look at what changed: the model, the endpoint, or the cell itself.',
  });
}

/** Refusals that depend on the account, the region and the day, and not on the code in the cell. */
const refusals: readonly ErrorKind[] = [
  'model-retired',
  'model-unknown',
  'inference-profile-needed',
  'use-case-form',
  'access-denied',
  'quota',
];

/**
 * Calls a model that may not answer any more. A refusal that is nobody's mistake (retired, no access, another
 * region) is printed with its next step and gives `undefined`; anything else is thrown.
 *
 * @param modelId makes the next step name the model's successor
 */
export async function allowRefusal<T>(modelId: string, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (cause) {
    const error = toLibError(cause, { modelId });
    if (!refusals.includes(error.kind)) throw error;
    console.log(describeError(error));
    return undefined;
  }
}
