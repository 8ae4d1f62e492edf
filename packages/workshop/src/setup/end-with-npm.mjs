/** npm that is killed outright cannot tell its script so: the script has to look. */
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

const pollMs = 250;
const shells = new Set(['sh', 'dash', 'bash', 'zsh', 'ash', 'busybox']);

/**
 * Sends this process SIGTERM when the npm that runs it has gone, so that the handlers in place end whatever is
 * running. npm is this process's parent, or the parent of the shell in between. Without npm it does nothing.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const npm = isShell(parent) ? read(parent, 'ppid=') : String(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && isThere(Number(npm))) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, pollMs);
  timer.unref();
}

function isShell(pid) {
  return shells.has(basename(read(pid, 'comm=')).replace(/^-/, ''));
}

function read(pid, column) {
  return (spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).stdout || '').trim();
}

function isThere(pid) {
  // Nothing is known without `ps`: then the parent alone decides.
  if (!(pid > 1)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
