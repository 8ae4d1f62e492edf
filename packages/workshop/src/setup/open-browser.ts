import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Milliseconds that a browser gets to start and read the file. */
const fileStaysMs = 60_000;

/**
 * Opens the address in the person's browser, by a file that leads there and that nobody else may read: whoever lists
 * the processes of the machine sees the arguments of each, and the address holds a key. Returns false when this machine
 * shows no browser; it never fails.
 */
export function openBrowser(url: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const isWindows = isWindowsSubsystem();
  const command = browserCommand(env, process.platform, isWindows);
  if (command === undefined) return false;
  const [program = '', ...args] = command;
  try {
    // A browser on another machine, or on the Windows around this one, reads no file of this one.
    const place =
      isFarBrowser(env) || isWindows || process.platform === 'win32' ? url : leadingFile(url, env);
    const child = spawn(program, [...args, place], { detached: true, stdio: 'ignore', env });
    child.on('error', () => undefined);
    child.unref();
    return true;
  } catch {
    return false;
  }
}

/** The address of a file of this user only that leads to the address; it is gone after a minute, or with this process. */
function leadingFile(url: string, env: NodeJS.ProcessEnv): string {
  const folder = mkdtempSync(join(env.XDG_RUNTIME_DIR ?? tmpdir(), 'open-'));
  const file = join(folder, 'open.html');
  const address = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">` +
      `<meta http-equiv="refresh" content="0;url=${address}"><a href="${address}">Open</a>\n`,
    { mode: 0o600 },
  );
  const remove = () => rmSync(folder, { recursive: true, force: true });
  setTimeout(remove, fileStaysMs).unref();
  process.once('exit', remove);
  return pathToFileURL(file).href;
}

/** Editors that work on a remote machine, which is the person's own, open the browser on the near one. */
function isFarBrowser(env: NodeJS.ProcessEnv): boolean {
  const isEditor = env.VSCODE_IPC_HOOK_CLI ?? env.REMOTE_CONTAINERS ?? env.CODESPACES;
  return env.BROWSER?.startsWith('/') === true && isEditor !== undefined;
}

/** The command that takes an address and shows it, if there is one. */
export function browserCommand(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  windowsSubsystem: boolean,
): readonly string[] | undefined {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['cmd.exe', '/c', 'start', ''];
  // Editors that work on a remote machine set this to a program that opens the browser on the near one.
  if (env.BROWSER?.startsWith('/')) return [env.BROWSER];
  if (windowsSubsystem) return ['cmd.exe', '/c', 'start', ''];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}

/** Whether this Linux runs inside Windows (WSL). */
function isWindowsSubsystem(): boolean {
  try {
    return /microsoft/i.test(readFileSync('/proc/version', 'utf8'));
  } catch {
    return false;
  }
}
