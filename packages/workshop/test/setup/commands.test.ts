import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stepNames } from '../../src/check/steps.ts';
import { readOptions } from '../../src/setup/cli.mjs';
import { commands } from '../../src/setup/commands.mjs';
import { fakeMachine, fakeNpm, run, smallProject } from './fake-machine.ts';

/** On a machine where the packages are not there, and npm would say so. */
async function setUp(...args: string[]) {
  const machine = fakeMachine();
  smallProject(machine);
  fakeNpm(machine, 'echo npm must not run >&2; exit 1');
  const program = join(machine.root, 'packages/workshop/src/bootstrap.cjs');
  const outcome = await run(process.execPath, [program, 'setup', ...args], { env: machine.env });
  return { ...outcome, installed: existsSync(join(machine.root, 'node_modules')) };
}

describe('the arguments of npm run setup', () => {
  it('are all optional', () => {
    const none = { take: false, keep: false, uninstall: false, help: false, positionals: [] };
    expect(readOptions('setup', [])).toEqual(none);
    expect(readOptions('setup', ['--keep'])).toEqual({ ...none, keep: true });
  });

  it('--help is answered before anything is installed', async () => {
    const { code, stdout, stderr, installed } = await setUp('--help');
    expect({ code, stderr, installed }).toEqual({ code: 0, stderr: '', installed: false });
    expect(stdout).toContain('Usage: npm run setup -- [options]');
  });

  it.each([
    ['--uninstal', 'There is no option --uninstal.'],
    ['now', 'There is no option now.'],
  ])('%s is refused before anything is installed', async (argument, sentence) => {
    const { code, stderr, installed } = await setUp(argument);
    expect({ code, installed }).toEqual({ code: 2, installed: false });
    expect(stderr.startsWith(`${sentence}\n\nUsage: npm run setup`)).toBe(true);
  });
});

describe('the scripts of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8'));
  const own = Object.entries(scripts as Record<string, string>).flatMap(([script, line]) => {
    const [, command = '', rest = ''] = /bootstrap\.cjs (\S+) ?(.*)$/.exec(line) ?? [];
    return command === '' || command === 'local-bedrock' ? [] : [[script, command, rest] as const];
  });

  it.each(own)('%s is a command with its options', (_, command, rest) => {
    expect(Object.keys(commands)).toContain(command);
    const { only = [] } = readOptions(command as 'test', rest.split(' ').filter(Boolean));
    expect(only.filter((name) => !stepNames.some((step) => step === name))).toEqual([]);
  });

  it('lead to every command', () => {
    const named = new Set(own.map(([, command]) => command));
    expect(Object.keys(commands).filter((command) => !named.has(command))).toEqual([]);
  });
});
