import type { TestProject } from 'vitest/node';
import { startServer } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of a PostgreSQL server with pgvector; empty where none can be had. */
    postgresUrl: string;
  }
}

/** One server for all tests of the project: each works in a schema of its own. */
export default async function start(project: TestProject): Promise<() => Promise<void>> {
  try {
    const { url, stop } = await startServer();
    project.provide('postgresUrl', url);
    return stop;
  } catch (error) {
    // In CI it must be there.
    if (process.env.CI) throw error;
    console.warn(`No PostgreSQL server can be had here, and its tests are skipped: ${error}`);
    project.provide('postgresUrl', '');
    return async () => undefined;
  }
}
