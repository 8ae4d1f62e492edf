import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-ports.ts';

const projectRoot = join(import.meta.dirname, '..', '..');

/** Runs what `npm start` runs, without a browser, and waits for the address it prints. */
export async function startCommand(
  ...args: string[]
): Promise<{ url: string; stop: () => Promise<number | null> }> {
  const port = await freePort();
  // A workspace of its own: JupyterLab opens again what the person who runs the tests had open last.
  const workspaces = mkdtempSync(join(tmpdir(), 'workspaces-'));
  const child = spawn(
    process.execPath,
    [join(projectRoot, 'packages/workshop/src/start.ts'), '--no-browser', '--port', String(port), ...args],
    {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, JUPYTERLAB_WORKSPACES_DIR: workspaces },
    },
  );
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (text: string) => {
      printed += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\/lab\S*/.exec(printed);
      if (found) resolve(found[0]);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.on('exit', (code) =>
      reject(new Error(`It ended with code ${code} before it was ready:\n${printed}`)),
    );
  });
  return {
    url,
    stop: async () => {
      const exited = once(child, 'exit');
      if (child.exitCode === null) {
        child.kill('SIGINT');
        await exited;
      }
      rmSync(workspaces, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}
