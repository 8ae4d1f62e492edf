import { resolve } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { storeFromHere } from '../../src/setup/cli.mjs';

afterEach(() => vi.unstubAllEnvs());

it.each([
  ['chats.db', resolve('/somewhere/chats.db')],
  ['pglite:data', `pglite:${resolve('/somewhere/data')}`],
  ['pglite::memory:', 'pglite::memory:'],
  [':memory:', ':memory:'],
  ['postgres://localhost/chats', 'postgres://localhost/chats'],
  ['postgresql://localhost/chats', 'postgresql://localhost/chats'],
])('%s is looked for from where a person stands, if it is a place on disk', (named, found) => {
  vi.stubEnv('INIT_CWD', '/somewhere');
  expect(storeFromHere(named)).toBe(found);
});
