import { isDeepStrictEqual } from 'node:util';
import type { ToolUseBlock } from '@aws-sdk/client-bedrock-runtime';
import { checkInput, wrongInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { type Session, waitingCalls } from '../converse/session.ts';

/** A tool call that waits for a person's decision. Plain JSON: it may be stored, and shown somewhere else. */
export interface PendingCall {
  readonly toolUseId: string;
  readonly name: string;
  /** As the model gave it. */
  readonly input: unknown;
}

/** What a person has decided, with the call that was shown to them. */
export interface Decision extends PendingCall {
  /** `true`: it may run. `false`, or the reason as a sentence: it may not, and the model is told. */
  readonly approval: boolean | string;
}

/** The input of a run that goes on with one that waits. Calls without a decision go on waiting. */
export interface Decisions {
  readonly decisions: readonly Decision[];
}

/** What waits, as it is shown to a person. Pure. */
export function pendingCallsOf(calls: readonly ToolUseBlock[]): readonly PendingCall[] {
  return calls.map(({ toolUseId = '', name = '', input }) => structuredClone({ toolUseId, name, input }));
}

/** @throws LibError of kind `request` that names what is no decision. Pure */
export function checkDecisions({ decisions }: Decisions): void {
  checkInput('run', { decisions }, { decisions: 'objects' });
  if (decisions.length === 0) throw wrongInput('run', 'decisions', 'one decision or more', decisions);
  for (const { toolUseId, name, approval } of decisions) {
    checkInput('run', { toolUseId, name }, { toolUseId: 'text', name: 'text' });
    if (typeof approval !== 'boolean' && typeof approval !== 'string')
      throw wrongInput('run', 'approval', 'true, false or a reason', approval);
  }
}

/**
 * The decisions by the id of their call, each of which must be the one that was decided on.
 *
 * @throws LibError of kind `conflict` when nothing waits any more, or another call than the one that was shown
 */
export function decisionsFor(
  session: Session,
  { decisions }: Decisions,
): ReadonlyMap<string, boolean | string> {
  const pending = new Map(
    pendingCallsOf(waitingCalls(session.entries)).map((call) => [call.toolUseId, call]),
  );
  const given = new Map<string, boolean | string>();
  for (const { toolUseId, name, input, approval } of decisions) {
    const call = pending.get(toolUseId);
    const hint = 'Look at what waits now (agent.pendingCalls()), and ask again. Nothing was run.';
    if (call === undefined || given.has(toolUseId)) {
      const problem = given.has(toolUseId)
        ? `There are two decisions on the call ${toolUseId}`
        : `The call ${toolUseId} of ${name} does not wait for a decision in session "${session.sessionId}"`;
      throw new LibError(problem, { kind: 'conflict', hint });
    }
    if (call.name !== name || !isDeepStrictEqual(asJson(call.input), asJson(input))) {
      const problem = `The decision on ${name} was made on something else than the call ${toolUseId}, which waits`;
      throw new LibError(problem, { kind: 'conflict', hint });
    }
    given.set(toolUseId, approval);
  }
  return given;
}

/** As it is after a way through JSON, which a decision may have gone. */
function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value) ?? 'null');
}
