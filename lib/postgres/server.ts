import { notInstalled } from '../base/not-installed.ts';
import type { PostgresDriver, PostgresRow, Query } from './postgres.ts';

/** A server's database through the driver `pg`, whose pool keeps connections, and whose timeouts and TLS they have. */
export async function openServer(
  location: string,
  options: Readonly<Record<string, unknown>>,
): Promise<PostgresDriver> {
  const { default: pg } = await import('pg').catch(notInstalled('pg', 'PostgreSQL'));
  const pool = new pg.Pool({
    connectionString: location,
    // A program that has forgotten to close it ends all the same.
    allowExitOnIdle: true,
    application_name: 'lib',
    ...options,
  });
  // A connection that breaks while nobody uses it is replaced when it is needed.
  pool.on('error', () => undefined);
  const queryOf = (client: Pick<typeof pool, 'query'>): Query => {
    return async (sql, values = []) => (await client.query(sql, [...values])).rows as PostgresRow[];
  };

  return {
    query: queryOf(pool),
    async transaction(begin, work) {
      const client = await pool.connect();
      // What breaks in the middle of a statement is thrown by the statement; beside it, nobody would hear it.
      const ignore = () => undefined;
      client.on('error', ignore);
      let broken: Error | undefined;
      try {
        await client.query(begin);
        const result = await work(queryOf(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((failure: Error) => {
          broken = failure;
        });
        throw error;
      } finally {
        client.off('error', ignore);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}
