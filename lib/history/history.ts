import type { TokenUsage } from 'bedrock-models';
import type { Message } from '../base/message.ts';

/** What one turn says: the user's message, the answer, and the tool calls and results between them. */
export interface Turn {
  readonly messages: readonly Message[];
  readonly modelId?: string;
  readonly stopReason?: string;
  readonly usage?: TokenUsage;
  /** US dollars; absent when unknown. */
  readonly costUsd?: number;
  /**
   * The turn is not finished: tools are still to be run, or the answer is still to come. The next turn that is
   * appended goes on with it, and finishes it unless it is open as well.
   */
  readonly open?: true;
  /**
   * Present when the turn waits for a person's decision on the tool calls in it that have no result. It belongs to
   * nobody until then: whoever appends next goes on with it, in this program or in another.
   */
  readonly waiting?: true;
  /**
   * Present when the turn is in the log and is never sent again: why, as a sentence. A guardrail or a filter has blocked
   * it, or it ended in no answer. What tools have done in it before is still sent, but not the results that a guardrail
   * has blocked.
   */
  readonly notSent?: string;
  /**
   * Present when the turn stands in the place of those from this entry on: they stay in the log, and are neither sent
   * nor shown as part of the conversation.
   */
  readonly replaces?: number;
  /** Present when this was added to finish a turn that a crash had left open: what was wrong, as a sentence. */
  readonly repair?: string;
}

/** A text that stands for all entries up to and including one. The entries stay. */
export interface Summary {
  readonly summary: string;
  /** The sequence number of the last entry it covers. */
  readonly coversTo: number;
  readonly modelId?: string;
  readonly usage?: TokenUsage;
  readonly costUsd?: number;
}

/** One entry of a session, as it was stored. Nothing changes or removes an entry but `delete` of the session. */
export type HistoryEntry = (Turn | Summary) & {
  /** 1, 2, 3, … without gaps within a session. */
  readonly sequence: number;
  /** When it was stored: ISO 8601, UTC. */
  readonly createdAt: string;
};

export interface SessionLog {
  readonly entries: readonly HistoryEntry[];
  /** The last entry's sequence number; 0 for a session that does not exist. What `append` expects. */
  readonly sequence: number;
  /**
   * What a crash had left behind and this read repaired; empty when nothing. The repair is the last entry, on disk as
   * well; only where nothing may be written is it for this reader alone, and `sequence` stays that of the disk.
   */
  readonly repairs: readonly string[];
  /** Who is in the middle of the last turn, when that is a program that still runs. `append` will be a conflict. */
  readonly openElsewhere?: string;
}

/** Which end of a session's log is read, so that a long conversation takes no longer than a short one. */
export interface LogPart {
  /** At least the last so many turns that the conversation has now, whole, with those that they replace. */
  readonly turns?: number;
  /** As if the log ended before the entry with this number. Nothing is repaired then. */
  readonly before?: number;
  /**
   * What the next question is sent with, or another answer to the last turn: all that the last summary does not cover,
   * and it.
   */
  readonly sinceSummary?: boolean;
}

/** A session that is this program's own for a while. */
export interface Claim {
  /** The session's last sequence number: whoever knows an earlier one reads the log again. */
  readonly sequence: number;
  /** Lets the next one go on with the session. May be called again, and never throws. */
  release(): Promise<void>;
}

export interface SessionInfo {
  readonly sessionId: string;
  /** Those that others have taken the place of included. */
  readonly turns: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The beginning of the first thing the user said, at most 80 characters. */
  readonly title: string;
}

/**
 * Where conversations are kept: a log of entries for each session, to which entries are only ever appended.
 * `testHistory` of `lib/history/testing` holds a store of your own to all of this; `lib/history` has what it is made of:
 * `toJson` and `fromJson` (bytes in JSON), `checkEntry`, `partOf`, `repairOf`, `titleOf`, `ownerHere` and `isAlive`.
 *
 * **A turn that is open belongs to the history that began it.** Until that history finishes it, is closed, or its
 * process is no more, every other one leaves it alone: a reader is told `openElsewhere` and repairs nothing, and whoever
 * appends gets a conflict. A store that several machines share cannot ask whether a process still runs: it lets what
 * the history has run out some time after its last sign of life instead (`abandonedAfterMs`).
 */
export interface History {
  /**
   * Stores a turn or a summary in one transaction, and gives its sequence number. When it has returned, the entry is
   * on disk.
   *
   * @param expectedSequence the sequence number of the last entry the caller knows of, 0 for a new session
   * @throws LibError of kind `conflict` when somebody else has appended to the session in between, or is in the middle
   *   of a turn; of kind `file` when it cannot be written; of kind `request` when it is not a turn or a summary.
   *   Nothing is stored then
   */
  append(sessionId: string, entry: Turn | Summary, expectedSequence: number): Promise<number>;
  /**
   * All entries of a session. A turn that a crash has left open is finished first, by an entry that says so; of several
   * readers one does it. A turn that another history has open is not touched.
   *
   * @param part less than all, at the end of the log. A store may give more than that
   * @throws LibError of kind `corrupt` when an entry is not what was stored
   */
  read(sessionId: string, part?: LogPart): Promise<SessionLog>;
  /**
   * Makes a session this caller's own for one turn, before the turn costs anything: nobody else can claim it or append
   * to it until it is released. Claims are granted in the order in which they were made. That of a program that is no
   * more runs out. Conversations and agents claim their session where the history can; appending needs no claim.
   *
   * @throws LibError of kind `conflict` when somebody else has the session: at once with `onConflict: 'fail'`, else
   *   when it has not become free after 5 minutes; of kind `aborted`
   */
  claim?(sessionId: string, options?: { readonly signal?: AbortSignal }): Promise<Claim>;
  /** The sessions, the one used last first. */
  sessions(): Promise<readonly SessionInfo[]>;
  /** Removes a session with all its entries; `false` when there was none. */
  delete(sessionId: string): Promise<boolean>;
  /**
   * Waits for what is under way, and gives up the turns that this history has open: the next reader repairs them. Used
   * after it, every other function throws a LibError of kind `file`. May be called again.
   */
  close(): Promise<void>;
}
