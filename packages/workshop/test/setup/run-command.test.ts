import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isRunning } from '../../src/setup/processes.mjs';
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
  expect(stderr).toBe('A step: interrupted after 0 s\n');
  expect(isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
});
