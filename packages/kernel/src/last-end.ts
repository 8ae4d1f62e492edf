import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const marker = '.running';

/**
 * Tells how the kernel before this one ended, if it did not end in order. Jupyter starts a kernel that has died anew, with
 * the same connection file, and says little of why; a cell then finds nothing of what the others had declared.
 *
 * A marker stands for as long as a kernel runs, and Node writes a report when memory is used up.
 *
 * @param cache the project's folder for such things
 * @returns a sentence for whoever runs the next cell
 */
export function noteEnd(cache: string, connectionFile: string): string | undefined {
  const folder = join(cache, 'kernels');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name.endsWith(marker) && !existsSync(readFileSync(join(folder, name), 'utf8')))
      forget(join(folder, name.slice(0, -marker.length)));
  }
  const connection = resolve(connectionFile);
  const own = join(folder, createHash('sha256').update(connection).digest('hex').slice(0, 16));
  const said = existsSync(own + marker) ? sentence(existsSync(`${own}.json`)) : undefined;
  forget(own);
  writeFileSync(own + marker, connection);
  Object.assign(process.report, {
    reportOnFatalError: true,
    compact: true,
    excludeNetwork: true,
    excludeEnv: true,
    directory: folder,
    filename: `${own.slice(folder.length + 1)}.json`,
  });
  process.on('exit', () => forget(own));
  // Jupyter ends what does not end by itself in this way first.
  process.once('SIGTERM', () => process.exit(143));
  return said;
}

function forget(own: string): void {
  for (const name of [own + marker, `${own}.json`]) rmSync(name, { force: true });
}

function sentence(isOutOfMemory: boolean): string {
  const why = isOutOfMemory
    ? 'The kernel before this one had used up its memory, and ended'
    : 'The kernel before this one was killed, as the system does it when memory runs out';
  const next = isOutOfMemory
    ? ' Look for what grows without end in the cell that ran last: a loop that never ends, or a list that keeps everything.'
    : '';
  return `${why}: what its cells had declared is gone. Choose Run > Run All Above Selected Cell.${next}`;
}
