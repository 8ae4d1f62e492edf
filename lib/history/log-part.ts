import { checkOptions } from '../base/check-input.ts';
import type { HistoryEntry, LogPart, Turn } from './history.ts';
import { branchOf, isSummary, wholeTurns } from './transcript.ts';

/** One turn that the conversation has, and those in whose place it stands, oldest first. */
export interface StandingTurn {
  readonly turn: readonly (HistoryEntry & Turn)[];
  readonly earlier: readonly (readonly (HistoryEntry & Turn)[])[];
}

/** The turns that a conversation consists of now, each with those that it replaces. Summaries are for the model only. Pure. */
export function standingTurns(entries: readonly HistoryEntry[]): StandingTurn[] {
  const standing: StandingTurn[] = [];
  for (const turn of wholeTurns(entries.filter((entry): entry is HistoryEntry & Turn => !isSummary(entry)))) {
    const { replaces = Number.POSITIVE_INFINITY } = turn[0] ?? {};
    let replaced: StandingTurn | undefined;
    while ((standing.at(-1)?.turn[0]?.sequence ?? 0) >= replaces) replaced = standing.pop();
    standing.push({ turn, earlier: replaced ? [...replaced.earlier, replaced.turn] : [] });
  }
  return standing;
}

/** The number of the first entry of a turn, and of all that it replaces. Pure. */
export function beginningOf({ turn, earlier }: StandingTurn): number {
  return (earlier[0] ?? turn)[0]?.sequence ?? 1;
}

/**
 * The part of a log that is asked for, from its last entries; `undefined` when these are too few to tell, and more have
 * to be read. For a store of your own, which reads from the end until it has enough. Pure.
 *
 * @param entries the last ones before `part.before`, in order. They are the whole log when they begin with entry 1
 */
export function partOf(entries: readonly HistoryEntry[], part: LogPart): readonly HistoryEntry[] | undefined {
  const { sinceSummary = false } = part;
  const turns = turnsOf(part);
  const isWhole = (entries[0]?.sequence ?? 1) <= 1;
  const standing = standingTurns(entries);
  // What the first one consists of, and replaces, may have begun before these entries.
  if (!isWhole && standing.length <= turns) return undefined;
  const first = standing.at(-turns);
  let from = first === undefined || standing.length <= turns ? 1 : beginningOf(first);
  if (sinceSummary) {
    // Of another answer to the last turn, that turn is not sent.
    const before = entries.filter(({ sequence }) => sequence < from);
    const covered = branchOf(before).findLast(isSummary)?.coversTo;
    if (covered === undefined || covered + 1 < (entries[0]?.sequence ?? 1))
      return isWhole ? entries : undefined;
    from = Math.min(from, covered + 1);
  }
  return entries.filter(({ sequence }) => sequence >= from);
}

/**
 * From which entry on to read: first a few, then more, then all.
 *
 * @param end the number of the entry before which it is read
 */
export function* beginnings(part: LogPart, end: number): Generator<number> {
  for (let count = turnsOf(part) + 8; count < end - 1; count *= 4) yield end - count;
  yield 1;
}

function turnsOf({ turns, sinceSummary }: LogPart): number {
  return turns ?? (sinceSummary ? 1 : Number.POSITIVE_INFINITY);
}

/** @throws LibError of kind `request` when it names no part of a log. Pure */
export function checkPart(part: LogPart): void {
  checkOptions(
    'History.read',
    part,
    { turns: 'count?', before: 'count?', sinceSummary: 'flag?' },
    'the part of the log',
  );
}
