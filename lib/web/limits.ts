import { formatDollars } from 'bedrock-models';
import { CostMeter } from '../call/cost-meter.ts';
import { isSessionHint } from '../call/session-cost.ts';
import type { History } from '../history/history.ts';

/** What one page may be asked for. */
export interface ChatLimits {
  /** Bytes of one message. Default 64 KiB. */
  readonly bodyBytes?: number;
  /** Messages of one visitor a minute; those who keep no cookie count as one. Default 20. */
  readonly turnsPerMinute?: number;
  /** Messages of all visitors together a minute: a new cookie brings no more. Default three times `turnsPerMinute`. */
  readonly turnsPerMinuteOfAll?: number;
  /** Answers that may be under way at once, of all visitors. Default 4. */
  readonly streams?: number;
  /** Milliseconds that a visitor has to decide on a tool before it is refused. Default 5 minutes. */
  readonly approvalMs?: number;
}

/** The limits with what was left out. Pure. */
export function withDefaults({
  bodyBytes = 64 * 1024,
  turnsPerMinute = 20,
  turnsPerMinuteOfAll = 3 * turnsPerMinute,
  streams = 4,
  approvalMs = 5 * 60_000,
}: ChatLimits): Required<ChatLimits> {
  return { bodyBytes, turnsPerMinute, turnsPerMinuteOfAll, streams, approvalMs };
}

/** Whether one more may pass within the last minute, by a clock that nobody sets. */
export function createRate(
  perMinute: number,
  now: () => number = () => performance.now(),
): (visitor: string) => boolean {
  const passed = new Map<string, number[]>();
  return (visitor) => {
    const since = now() - 60_000;
    for (const [name, times] of passed) if ((times.at(-1) ?? 0) <= since) passed.delete(name);
    const recent = (passed.get(visitor) ?? []).filter((time) => time > since);
    if (recent.length >= perMinute) return false;
    passed.set(visitor, [...recent, now()]);
    return true;
  };
}

/** US dollars that a page may spend. */
export interface ChatBudget {
  /** Of one conversation, what is in its history included. */
  readonly conversation?: number;
  /** Of all conversations together in one day, by this machine's calendar; what the history tells of the day included. */
  readonly day?: number;
}

export interface DayBudget {
  /** Today's: what is counted by it is held to the day's limit. `undefined` without a limit. */
  meter(): Promise<CostMeter | undefined>;
  /** What a visitor is told of it, in place of what an option is called; `undefined`: nothing else. */
  visitorWords(trouble: Trouble): { readonly message: string; readonly hint: string } | undefined;
}

/** Holds all conversations of a history to one limit a day. A page that is started anew knows what was spent before. */
export function createDayBudget(
  history: History,
  maxCostUsd: number | undefined,
  now: () => Date = () => new Date(),
): DayBudget {
  let day = '';
  let today: Promise<CostMeter> | undefined;
  return {
    visitorWords: (trouble) => visitorWords(trouble, maxCostUsd),
    async meter() {
      if (maxCostUsd === undefined) return undefined;
      const current = dayOf(now());
      if (today === undefined || current !== day) {
        day = current;
        today = meterOf(history, maxCostUsd, current);
        today.catch(() => {
          today = undefined;
        });
      }
      return await today;
    },
  };
}

function dayOf(time: Date): string {
  return [time.getFullYear(), time.getMonth(), time.getDate()].join('-');
}

async function meterOf(history: History, maxCostUsd: number, day: string): Promise<CostMeter> {
  const meter = new CostMeter({ maxCostUsd });
  for (const { sessionId, updatedAt } of await history.sessions()) {
    if (dayOf(new Date(updatedAt)) !== day) continue;
    for (const entry of (await history.read(sessionId)).entries)
      if (
        dayOf(new Date(entry.createdAt)) === day &&
        entry.costUsd !== undefined &&
        entry.usage &&
        entry.modelId
      )
        meter.count(entry.usage, entry.modelId);
  }
  return meter;
}

/** What went wrong, as `LibError` tells it. */
interface Trouble {
  readonly kind: string;
  readonly message: string;
  readonly hint?: string;
}

/**
 * What a visitor is told, who can neither set an option nor sign in; `undefined`: what the one who runs the page is told
 * is of use to both. Pure.
 *
 * @param dayLimit US dollars of the day's budget
 */
function visitorWords({ kind, message, hint = '' }: Trouble, dayLimit: number | undefined) {
  if (kind === 'too-long')
    return {
      message: 'This is more than the model can read at once.',
      hint: 'Shorten the message, choose another model, or begin a new chat.',
    };
  // Of a page that a notebook started, who reads this can run the cell that the hint names.
  if (kind !== 'limit' || isSessionHint(hint)) return undefined;
  if (/is not known/.test(message))
    return { message: 'What this model costs is not known here.', hint: 'Choose another model.' };
  const isOfDay = dayLimit !== undefined && message.includes(`limit of ${formatDollars(dayLimit)}`);
  return isOfDay
    ? { message: 'What may be spent here today is used up.', hint: 'Come back tomorrow. Nothing was sent.' }
    : {
        message: 'What may be spent on this conversation is used up.',
        hint: 'Begin a new chat: this one stays where it is. Nothing was sent.',
      };
}
