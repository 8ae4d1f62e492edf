import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isRunning } from '../../src/setup/processes.mjs';
import { runCommand } from '../../src/setup/run-command.mjs';
import { fakeMachine, run } from './fake-machine.ts';

const module = join(import.meta.dirname, '..', '..', 'src', 'setup', 'run-command.mjs');

it('ends its command at a signal that comes as soon as the command runs', async () => {
  const machine = fakeMachine();
  const pidFile = join(machine.root, 'pid');
  machine.write('command', 'echo $$ > pid; kill -INT $PPID; /bin/sleep 30');
  machine.write(
    'program.mjs',
    `import { runLongStep } from ${JSON.stringify(module)};
     const { interrupted } = await runLongStep('A step', ['/bin/sh', 'command']);
     process.exit(interrupted);`,
  );
  const options = { env: machine.env, cwd: machine.root };
  const { code, stderr } = await run(process.execPath, ['program.mjs'], options);
  expect(code).toBe(130);
  expect(stderr).toMatch(/^(?:A step.*\n)*A step: interrupted after \d+ s\n$/);
  expect(isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
});

it('says what it waits for, when that takes a while', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => said.mockRestore());
  const quick = await runCommand(['/bin/sh', '-c', 'echo 1'], { timeoutMs: 60_000, saysAfterMs: 50_000 });
  expect([quick, said.mock.calls]).toEqual([{ code: 0, stdout: '1\n', stderr: '' }, []]);
  const slow = await runCommand(['/bin/sleep', '600'], { timeoutMs: 1_000, saysAfterMs: 1 });
  expect(slow.code).toBeUndefined();
  expect(said.mock.calls).toEqual([['Waiting for /bin/sleep 600 to answer, at most 1 s.\n']]);
});
