import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Opens the address in the person's browser. Returns false when this machine shows none; it never fails. */
export function openBrowser(url: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const command = browserCommand(env, process.platform, isWindowsSubsystem());
  if (command === undefined) return false;
  const [program = '', ...args] = command;
  const child = spawn(program, [...args, url], { detached: true, stdio: 'ignore', env });
  child.on('error', () => undefined);
  child.unref();
  return true;
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
