import { createHash, randomUUID } from 'node:crypto';
import type { Approval } from '../agent/tool.ts';
import type { AskVisitor } from './answerer.ts';
import { describeInput, showName } from './shown-text.ts';

/** A tool call that the visitor is to decide on; `asked`: it is decided, or nobody waits for it any more. */
export type ApprovalEvent =
  | {
      readonly type: 'ask';
      /** Of the call. */
      readonly id: string;
      /** Of the question: the page's own, so that no call can be taken for another. */
      readonly question: string;
      /** The tool that will run, and what it will be given, as they are shown. */
      readonly name: string;
      readonly input: string;
      /** Of `name` and `input`: the decision carries it. */
      readonly digest: string;
    }
  | { readonly type: 'asked'; readonly id: string; readonly question: string };

/** What a visitor has decided, and on what. */
export interface Decision {
  readonly question: unknown;
  readonly digest: unknown;
  readonly isAllowed: boolean;
}

/** What waits for a visitor's decision. */
export interface Approvals {
  /** Whom the tools of one turn ask: the visitor who reads this session. */
  askerFor(sessionId: string, tell: (event: ApprovalEvent) => void): AskVisitor;
  /**
   * The visitor has decided. `gone`: nothing waits for it any more. `changed`: what would run is not what was decided
   * on, and is refused.
   */
  decide(sessionId: string, decision: Decision): 'decided' | 'changed' | 'gone';
}

const changed = 'What was to be done had changed by the time the visitor decided.';

/**
 * Keeps the questions that are open. A call whose visitor does not decide within `timeoutMs` is refused;
 * when the turn ends before, so does the question, and nothing has run.
 */
export function createApprovals(timeoutMs: number): Approvals {
  const open = new Map<string, (decision: Decision) => boolean>();
  return {
    askerFor:
      (sessionId, tell) =>
      async (input, { toolUseId: id, name, signal }) => {
        signal.throwIfAborted();
        const question = randomUUID();
        const call = () => ({ name: showName(String(name)), input: describeInput(input) });
        const asked = call();
        const digest = digestOf(asked);
        const place = `${sessionId} ${question}`;
        let timer: NodeJS.Timeout | undefined;
        try {
          return await new Promise<Approval>((resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
            timer = setTimeout(() => resolve('Nobody answered in time.'), timeoutMs);
            open.set(place, (decision) => {
              if (!decision.isAllowed) resolve('The visitor refused.');
              else if (decision.digest === digest && digestOf(call()) === digest) resolve(true);
              else {
                resolve(changed);
                return false;
              }
              return true;
            });
            tell({ type: 'ask', id, question, ...asked, digest });
          });
        } finally {
          clearTimeout(timer);
          open.delete(place);
          tell({ type: 'asked', id, question });
        }
      },
    decide(sessionId, decision) {
      const settle = open.get(`${sessionId} ${decision.question}`);
      if (settle === undefined) return 'gone';
      return settle(decision) ? 'decided' : 'changed';
    },
  };
}

function digestOf({ name, input }: { readonly name: string; readonly input: string }): string {
  return createHash('sha256')
    .update(JSON.stringify([name, input]))
    .digest('hex');
}
