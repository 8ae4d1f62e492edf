import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mapAll, openHistory, openVectorStore } from 'lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startJupyterServer } from '../../packages/workshop/src/setup/jupyter-server.ts';
import { openBrowser } from '../../packages/workshop/src/setup/open-browser.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, body: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
const said = (name: string) =>
  expect.poll(() => existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8'));

describe('a key', () => {
  const address = 'http://127.0.0.1:1234/lab?token=THE-KEY&x="1"';

  it('of a page is on no command line: its browser is given a file that nobody else may read', async () => {
    const env = {
      BROWSER: script(
        'browser',
        `echo "$@" > '${folder}/args.tmp'; /bin/mv '${folder}/args.tmp' '${folder}/args'`,
      ),
    };
    expect(openBrowser(address, env)).toBe(true);
    await said('args').toMatch(/^file:\/\/\S+\n$/);
    const args = readFileSync(join(folder, 'args'), 'utf8');
    expect(args).not.toContain('THE-KEY');
    const file = fileURLToPath(args.trim());
    expect(modeOf(file)).toBe('600');
    expect(modeOf(join(file, '..'))).toBe('700');
    expect(readFileSync(file, 'utf8')).toContain(
      'url=http://127.0.0.1:1234/lab?token=THE-KEY&amp;x=&quot;1&quot;',
    );
  });

  it('of Jupyter is neither on its command line nor in the environment that cells see', async () => {
    const jupyter = script(
      'jupyter',
      `{ echo "$@"; /usr/bin/env; echo "mode $(/usr/bin/stat -c %a "$JUPYTER_TOKEN_FILE")"; echo "file $(/bin/cat "$JUPYTER_TOKEN_FILE")"; } > '${folder}/seen.tmp'
/bin/mv '${folder}/seen.tmp' '${folder}/seen'
exec /bin/sleep 600`,
    );
    const server = startJupyterServer({
      command: [jupyter],
      projectRoot: folder,
      port: 1,
      jupyterPath: folder,
      env: { ...process.env, JUPYTER_TOKEN: 'somebody-else' },
      logFile: join(folder, 'log'),
    });
    server.ready.catch(() => undefined);
    await said('seen').toContain('file ');
    await server.stop();
    const seen = readFileSync(join(folder, 'seen'), 'utf8');
    const [before = '', file] = seen.split('\nfile ');
    expect(file?.trim()).toBe(server.token);
    expect(before).not.toContain(server.token);
    expect(before).not.toContain('JUPYTER_TOKEN=');
    expect(before).toMatch(/\nmode 600$/);
    // Nothing of it is left.
    const [, path = ''] = /JUPYTER_TOKEN_FILE=(.+)/.exec(before) ?? [];
    await server.ready.catch(() => undefined);
    expect(existsSync(path)).toBe(false);
  });
});

describe('what people have said', () => {
  it.each(['node', 'sql.js'] as const)(
    'is read by nobody else: a history and a vector store, by %s',
    async (driver) => {
      const umask = process.umask?.(0o022);
      const file = join(folder, 'chats.db');
      const history = await openHistory(file, { driver });
      await history.append('s', { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }, 0);
      expect(modeOf(file)).toBe('600');
      await history.close();
      const store = await openVectorStore(join(folder, 'vectors.db'), { driver });
      await store.close();
      expect(modeOf(join(folder, 'vectors.db'))).toBe('600');
      // One that its owner has opened to others stays so.
      chmodSync(file, 0o644);
      await (await openHistory(file, { driver })).close();
      expect(modeOf(file)).toBe('644');
      if (umask !== undefined) process.umask(umask);
    },
  );

  it('is read by nobody else: a folder of PGlite, and what a job has done', async () => {
    const umask = process.umask?.(0o022);
    const chats = join(folder, 'pglite');
    const history = await openHistory(`pglite:${chats}`);
    await history.close();
    expect(modeOf(chats)).toBe('700');
    const resumeFile = join(folder, 'done.jsonl');
    await mapAll(['a'], async (text) => text, { resumeFile });
    expect(modeOf(resumeFile)).toBe('600');
    if (umask !== undefined) process.umask(umask);
  }, 300_000);
});
