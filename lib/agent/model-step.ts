import { isLibError, withDetails } from '../base/errors.ts';
import type { Delta } from '../converse/delta.ts';
import type { Reply } from '../converse/reply.ts';
import { type Step, type StepSettings, takeStep } from '../converse/step.ts';
import { type Check, firstObjection, type Objection } from './guard.ts';

/** An answer, and what the checks object to in it. */
export interface CheckedReply {
  readonly reply: Reply;
  readonly objection: Objection | undefined;
}

/**
 * One answer of the model. With checks nothing of it is given away, neither to `onDelta` nor in an error, before they
 * have let it pass.
 *
 * @throws LibError as `takeStep` does
 */
export async function checkedStep(
  settings: StepSettings,
  step: Step,
  checks: readonly Check[] = [],
): Promise<CheckedReply> {
  if (checks.length === 0) return { reply: await takeStep(settings, step), objection: undefined };
  const { onDelta, ...rest } = step;
  const held: Delta[] = [];
  try {
    const reply = await takeStep(settings, {
      ...rest,
      ...(onDelta && { onDelta: (delta: Delta) => void held.push(delta) }),
    });
    const objection = await firstObjection(checks, reply.text);
    if (objection === undefined) for (const delta of held) onDelta?.(delta);
    return { reply, objection };
  } catch (error) {
    if (!isLibError(error) || error.partialText === undefined) throw error;
    throw withDetails(error, { partialText: '' });
  }
}
