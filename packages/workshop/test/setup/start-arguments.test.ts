import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findNotebook, parseStartArguments } from '../../src/setup/start-arguments.ts';
import { fakeMachine } from './fake-machine.ts';

const message = (args: readonly string[]) => {
  try {
    parseStartArguments(args);
  } catch (error) {
    return error as { message: string; exitCode: number };
  }
  throw new Error('It was accepted.');
};

describe('the arguments of npm start', () => {
  it('are all optional', () => {
    expect(parseStartArguments([])).toEqual({
      help: false,
      browser: true,
      verbose: false,
      local: false,
      aws: false,
      port: undefined,
      notebook: undefined,
    });
  });

  it('are read', () => {
    const args = ['--no-browser', '--port', '9000', '--local', 'notebooks/002.ipynb'];
    const expected = { browser: false, port: 9000, local: true, notebook: 'notebooks/002.ipynb' };
    expect(parseStartArguments(args)).toMatchObject(expected);
  });

  it.each([
    [['--prot', '9000'], 'There is no option --prot.'],
    [['--local', '--aws'], '--local and --aws cannot both be meant: choose one.'],
    [['--port', 'x'], '--port takes a number from 1 to 65535: got x.'],
    [['--port', '0'], '--port takes a number from 1 to 65535: got 0.'],
    [['--port', '70000'], '--port takes a number from 1 to 65535: got 70000.'],
    [['--port'], "Option '--port <value>' argument missing."],
    [['--local=yes'], "Option '--local' does not take an argument."],
    [['a.ipynb', 'b.ipynb'], 'One notebook at a time: got a.ipynb b.ipynb.'],
  ])('%j are answered with a sentence and the usage', (args, sentence) => {
    const { message: text, exitCode } = message(args);
    expect(text.startsWith(`${sentence}\n\nUsage: npm start`)).toBe(true);
    expect(exitCode).toBe(2);
  });
});

describe('the notebook', () => {
  it('is found from the folder the person is in, or from the project', () => {
    const { root, write } = fakeMachine();
    write('notebooks/002.ipynb', '{}');
    vi.stubEnv('INIT_CWD', join(root, 'notebooks'));
    expect(findNotebook('002.ipynb', root)).toBe('notebooks/002.ipynb');
    expect(findNotebook('notebooks/002.ipynb', root)).toBe('notebooks/002.ipynb');
    expect(findNotebook(join(root, 'notebooks/002.ipynb'), root)).toBe('notebooks/002.ipynb');
  });

  it('must be there, and in the project', () => {
    const { root, write } = fakeMachine();
    write('../elsewhere.ipynb', '{}');
    expect(() => findNotebook('x.ipynb', root)).toThrow('There is no notebook x.ipynb.');
    expect(() => findNotebook('../elsewhere.ipynb', root)).toThrow('is outside of the project');
  });
});
