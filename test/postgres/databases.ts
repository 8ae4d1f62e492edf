import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, inject } from 'vitest';

/** Defines the tests for a server and for PGlite; `place` opens as often as is wanted, each schema is a store of its own. */
export function describeEach(define: (location: string, name: string) => void): void {
  const url = inject('postgresUrl');
  describe.skipIf(url === '')('a PostgreSQL server', () => define(url, 'PostgreSQL'));
  describe('PGlite', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pglite-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    define(`pglite:${join(folder, 'data')}`, 'PGlite');
  });
}

let schemas = 0;

/** The name of a schema that nobody else uses. */
export function newSchema(): string {
  return `s${process.pid}_${Date.now()}_${schemas++}`;
}
