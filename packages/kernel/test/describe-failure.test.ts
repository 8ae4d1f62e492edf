import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LibError } from '../../../lib/base/errors.ts';
import { describeError } from '../../workshop/src/kernel/bedrock-hooks.ts';
import { describeFailure } from '../src/describe-failure.ts';
import { type CellFailure, createCell, type RunningCell } from '../src/running-cell.ts';

const source = "const word = 'mizu';\nawait ask(word);\nshow(word);\n";

const hooks = { projectRoot: join(import.meta.dirname, '..', '..', '..'), describeError };

function shown(failure: CellFailure, settings: Partial<RunningCell> = {}): string[] {
  const cell = Object.assign(
    createCell(7, source, () => {}),
    settings,
  );
  return describeFailure(cell, failure, hooks).traceback.map(stripVTControlCharacters);
}

/** An error whose stack says only this. */
function withStack<Kind extends Error>(error: Kind, ...frames: string[]): Kind {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

describe('describeFailure', () => {
  it('gives a name, a message and a traceback, as the protocol has it', () => {
    const error = withStack(new RangeError('too far'));
    const cell = createCell(7, source, () => {});
    expect(describeFailure(cell, { thrown: error }, hooks)).toEqual({
      ename: 'RangeError',
      evalue: 'too far',
      traceback: ['\u001B[31mRangeError\u001B[39m: too far'],
    });
  });

  it('shows the statement that the cell waited in, when the stack does not reach the cell', () => {
    const error = withStack(new Error('lost'), 'node:internal/timers:1:2', '/x/node_modules/y/z.js:3:4');
    expect(shown({ thrown: error }, { line: 2 })).toEqual([
      'Error: lost',
      '',
      'cell [7], line 2',
      "     1 | const word = 'mizu';",
      '->   2 | await ask(word);',
      '     3 | show(word);',
    ]);
  });

  it("gives AWS's name, the next step, the request id and where to read more of what Bedrock refused", () => {
    const error = new LibError('Too many requests', {
      kind: 'throttled',
      hint: 'Wait a minute.',
      awsName: 'ThrottlingException',
      requestId: 'r-1',
      cause: new Error('not shown: it says the same'),
    });
    expect(shown({ thrown: withStack(error) })).toEqual([
      'ThrottlingException: Too many requests',
      '  next step: Wait a minute.',
      '  request id: r-1',
      '  more: docs/troubleshooting.md#throttled',
    ]);
  });

  it('tells the cause of an error, and the errors in one that is many', () => {
    const cause = new Error('no such host');
    expect(shown({ thrown: withStack(new TypeError('fetch failed', { cause })) })).toEqual([
      'TypeError: fetch failed',
      '  cause: Error: no such host',
    ]);
    const many = new AggregateError([new Error('one'), 'two'], 'both failed');
    expect(shown({ thrown: withStack(many) })).toEqual([
      'AggregateError: both failed',
      '  - Error: one',
      "  - 'two'",
    ]);
  });

  it('names files from the folder of the project, and leaves out how the kernel got there', () => {
    const { href } = new URL('../../../lib/base/template.ts', import.meta.url);
    const kernel = new URL('../src/answer-cells.ts', import.meta.url).href;
    const error = withStack(
      new Error('x'),
      `async Object.render (${href}:5:6)`,
      `async answer (${kernel}:7:8)`,
    );
    expect(shown({ thrown: error })).toEqual(['Error: x', '', '  at render (lib/base/template.ts:5:6)']);
  });

  it.each([
    ['text', "Thrown: 'text'"],
    [undefined, 'Thrown: undefined'],
    [null, 'Thrown: null'],
    [{ a: [1] }, 'Thrown: { a: [ 1 ] }'],
  ])('shows what is thrown though it is no error: %j', (thrown, line) => {
    expect(shown({ thrown })).toEqual([line]);
  });

  it('says of a stopped cell that it was stopped, whatever it threw then', () => {
    const cell = createCell(7, source, () => {});
    cell.stop.abort();
    expect(describeFailure(cell, { thrown: new Error('aborted') }, hooks)).toMatchObject({
      ename: 'Interrupted',
      evalue: 'The cell was stopped.',
    });
  });

  it('points at a type error in the cell as it was written, once for all that is said of one place', () => {
    const place = { line: 3, column: 6 };
    const diagnostics = ['Type A is not B.', 'Property c is missing.'].map((message) => ({ place, message }));
    const lines = shown({ diagnostics });
    expect(lines).toEqual([
      'TypeScriptError: nothing of this cell was run',
      '',
      '3:6 Type A is not B.\n  Property c is missing.',
      '     3 | show(word);',
      '              ^',
    ]);
  });

  it('names the file of a type error beside the notebook', () => {
    const diagnostics = [{ fileName: 'helper.ts', place: { line: 9, column: 1 }, message: 'No.' }];
    expect(shown({ diagnostics })).toEqual([
      'TypeScriptError: nothing of this cell was run',
      '',
      'helper.ts 9:1 No.',
    ]);
  });
});
