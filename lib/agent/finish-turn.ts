import type { Session } from '../converse/session.ts';
import { repairOf } from '../history/repair.ts';

/**
 * Finishes a turn that is open in the log: each tool call without a result gets one that says so, and an answer
 * follows. Gives what was done, as a sentence; `undefined` when no turn was open.
 *
 * @param said stands as the answer, and in the log as the reason. Default: that it was interrupted
 * @throws LibError of kind `conflict` or `file`
 */
export async function finishTurn(session: Session, said?: string): Promise<string | undefined> {
  const repair = repairOf(session.entries);
  if (repair === undefined) return undefined;
  const messages = repair.messages.map((message) =>
    said === undefined || message.role === 'user'
      ? message
      : { ...message, content: [{ text: `(${said})` }] },
  );
  const reason = said ?? repair.repair;
  await session.append({ ...repair, messages, ...(reason === undefined ? {} : { repair: reason }) });
  return reason;
}
