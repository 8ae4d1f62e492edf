import { hostname } from 'node:os';
import type { Postgres, Query } from '../postgres/postgres.ts';

/** This history as the others see it: alive as long as it says so. */
export interface LivingOwner {
  readonly id: string;
  /** Says that it is alive, in the caller's transaction, and goes on saying so until it has nothing any more. */
  register(query: Query): Promise<void>;
  /** What it has, by any name: a claim, a session with an open turn. */
  hold(name: string): void;
  letGo(name: string): void;
  /** Takes back a claim, now or as soon as the database can be reached again. */
  drop(claim: string): Promise<void>;
  /** Gives up all that it has: the next reader repairs its open turns. */
  end(query: Query): Promise<void>;
}

/**
 * The time is that of the database, whatever the clocks of the machines say. An owner that has not been heard of for
 * `abandonedAfterMs` has lost everything, also when it comes back: others may have gone on.
 */
export function createOwner(postgres: Postgres, id: string, abandonedAfterMs: number): LivingOwner {
  const { schema } = postgres;
  const held = new Set<string>();
  const toDrop = new Set<string>();
  const lifetime = `clock_timestamp() + make_interval(secs => ${abandonedAfterMs / 1000})`;
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;

  async function register(query: Query): Promise<void> {
    // What it had when it was last heard of is lost, if that is too long ago.
    await query(
      `DELETE FROM ${schema}.owner WHERE alive_until < clock_timestamp() - interval '1 day'
      OR (id = $1 AND alive_until < clock_timestamp())`,
      [id],
    );
    await query(
      `INSERT INTO ${schema}.owner (id, host, pid, alive_until) VALUES ($1, $2, $3, ${lifetime})
       ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until`,
      [id, hostname(), process.pid],
    );
    if (isEnded || timer !== undefined) return;
    timer = setInterval(() => void beat(), Math.max(50, abandonedAfterMs / 3));
    timer.unref();
  }

  /** What cannot be said now is said the next time; when that is too late, others have gone on. */
  async function beat(): Promise<void> {
    if (held.size === 0 && toDrop.size === 0) return stop();
    try {
      await postgres.write(async (query) => {
        await query(
          `UPDATE ${schema}.owner SET alive_until = ${lifetime} WHERE id = $1 AND alive_until > clock_timestamp()`,
          [id],
        );
        await query(`DELETE FROM ${schema}.claim WHERE id = ANY ($1::uuid[])`, [[...toDrop]]);
      });
      toDrop.clear();
    } catch {}
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    id,
    register,
    hold: (name) => void held.add(name),
    letGo: (name) => void held.delete(name),
    async drop(claim) {
      held.delete(claim);
      try {
        await postgres.write((query) => query(`DELETE FROM ${schema}.claim WHERE id = $1`, [claim]));
      } catch {
        toDrop.add(claim);
      }
    },
    async end(query) {
      isEnded = true;
      stop();
      await query(`DELETE FROM ${schema}.owner WHERE id = $1`, [id]);
    },
  };
}

export async function forgetAllBut(query: Query, schema: string, ids: readonly string[]): Promise<void> {
  await query(`DELETE FROM ${schema}.owner WHERE NOT id = ANY ($1::uuid[])`, [ids]);
}
