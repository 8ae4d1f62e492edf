import { type ErrorContext, toLibError } from '../base/aws-errors.ts';
import { checkInput } from '../base/check-input.ts';
import { describeError, type ErrorKind, LibError } from '../base/errors.ts';

/**
 * Runs something that is meant to fail in one way and prints the error with its next step, so that the lesson can
 * show it and the notebook goes on.
 *
 * @param kind what the lesson is about; any other error is thrown, for it is not the lesson's
 * @param context makes the next step name the model and the region
 * @throws LibError also when nothing failed: the lesson's claim would be wrong. Of an answer that is none, and of one
 *   that is long enough to be stopped, no lesson can be sure: that nothing failed is printed then.
 */
export async function expectError(
  kind: ErrorKind,
  action: () => unknown,
  context: ErrorContext = {},
): Promise<void> {
  checkInput(
    'expectError',
    { kind, action, context },
    { kind: 'text', action: 'function', context: 'object' },
  );
  try {
    await action();
  } catch (cause) {
    const error = toLibError(cause, context);
    if (error.kind !== kind) throw original(cause, error);
    console.log(describeError(error));
    return;
  }
  if (kind === 'answer' || kind === 'aborted') {
    console.log('This cell was meant to show an error, but with the words of this model nothing failed.');
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
  'model-legacy',
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
  checkInput('allowRefusal', { modelId, action }, { modelId: 'text', action: 'function' });
  try {
    return await action();
  } catch (cause) {
    const error = toLibError(cause, { modelId });
    if (!refusals.includes(error.kind)) throw original(cause, error);
    console.log(describeError(error));
    return undefined;
  }
}

/**
 * Asks a model for an answer that a weak one may not give: a label of the list, JSON by a schema. When it does not, the
 * error is printed with its next step, and the notebook goes on with `undefined`; any other error is thrown.
 */
export async function allowNoAnswer<T>(action: () => Promise<T>): Promise<T | undefined> {
  checkInput('allowNoAnswer', { action }, { action: 'function' });
  try {
    return await action();
  } catch (cause) {
    const error = toLibError(cause);
    if (error.kind !== 'answer') throw original(cause, error);
    console.log(describeError(error));
    return undefined;
  }
}

/** A mistake in the cell keeps its own name and stack; what AWS said keeps its next step. */
function original(cause: unknown, error: LibError): unknown {
  return error.kind === 'unknown' ? cause : error;
}
