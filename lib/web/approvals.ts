import type { Approval } from '../agent/tool.ts';
import type { AskVisitor } from './answerer.ts';
import { describeInput } from './turn-view.ts';

/** A tool call that the visitor is to decide on; `asked`: it is decided, or nobody waits for it any more. */
export type ApprovalEvent =
  | { readonly type: 'ask'; readonly id: string; readonly input: string }
  | { readonly type: 'asked'; readonly id: string };

/** What waits for a visitor's decision. */
export interface Approvals {
  /** Whom the tools of one turn ask: the visitor who reads this session. */
  askerFor(sessionId: string, tell: (event: ApprovalEvent) => void): AskVisitor;
  /** The visitor has decided. `false` when nothing waits for it any more. */
  decide(sessionId: string, toolUseId: string, isAllowed: boolean): boolean;
}

/**
 * Keeps the questions that are open. A call whose visitor does not decide within `timeoutMs` is refused;
 * when the turn ends before, so does the question, and nothing has run.
 */
export function createApprovals(timeoutMs: number): Approvals {
  const open = new Map<string, (approval: Approval) => void>();
  return {
    askerFor:
      (sessionId, tell) =>
      async (input, { toolUseId, signal }) => {
        signal.throwIfAborted();
        const place = placeOf(sessionId, toolUseId);
        let timer: NodeJS.Timeout | undefined;
        try {
          return await new Promise<Approval>((resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
            timer = setTimeout(() => resolve('Nobody answered in time.'), timeoutMs);
            open.set(place, resolve);
            tell({ type: 'ask', id: toolUseId, input: describeInput(input) });
          });
        } finally {
          clearTimeout(timer);
          open.delete(place);
          tell({ type: 'asked', id: toolUseId });
        }
      },
    decide(sessionId, toolUseId, isAllowed) {
      const resolve = open.get(placeOf(sessionId, toolUseId));
      resolve?.(isAllowed || 'The visitor refused.');
      return resolve !== undefined;
    },
  };
}

function placeOf(sessionId: string, toolUseId: string): string {
  return `${sessionId} ${toolUseId}`;
}
