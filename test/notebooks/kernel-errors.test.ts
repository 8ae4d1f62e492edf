import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Output } from '../../packages/workshop/src/notebook-file.ts';
import { useLiveKernel } from './live-kernel.ts';

const kernel = useLiveKernel();

/** The one error that a cell showed, as a person reads it. */
function shown(outputs: readonly Output[]): string {
  const errors = outputs.flatMap((output) => (output.output_type === 'error' ? [output] : []));
  expect(errors).toHaveLength(1);
  return stripVTControlCharacters(errors.flatMap(({ traceback }) => traceback).join('\n'));
}

async function failureOf(code: string): Promise<string> {
  const { status, outputs } = await kernel().run(code);
  expect(status).toBe('error');
  return shown(outputs);
}

describe('an error of a cell', () => {
  it('is shown with its name, its message and the line, and not with how the kernel got there', async () => {
    const cell = kernel().send(
      'interface Word { reading?: { kana: string } }\n\nconst word: Word = {};\n\nword.reading.kana;',
    );
    const message = "Cannot read properties of undefined (reading 'kana')";
    const { status, ename, evalue, traceback } = await cell.reply;
    expect({ status, ename, evalue }).toEqual({ status: 'error', ename: 'TypeError', evalue: message });
    expect(cell.outputs()).toEqual([{ output_type: 'error', ename, evalue, traceback }]);
    expect(shown(cell.outputs())).toMatch(
      /^TypeError: Cannot read .*\n\ncell \[\d+\], line 5\n {5}4 \| \n-> {3}5 \| word\.reading\.kana;$/,
    );
  });

  it('names the line of an earlier cell, and the way from there', async () => {
    await kernel().run('type Text = string;\nfunction read(text: Text) {\n  return JSON.parse(text);\n}');
    const text = await failureOf("// calls it\nawait Promise.resolve();\nconst { a } = read('{');\n");
    expect(text).toMatch(/^SyntaxError: /);
    expect(text).toMatch(/cell \[\d+\], line 3\n.*\n-> {3}3 \| {3}return JSON\.parse\(text\);/);
    expect(text).toMatch(/ {2}at read \(cell \[\d+\], line 3\)\n {2}at cell \[\d+\], line 3$/);
  });

  it('of lib tells the next step, and names the files of lib', async () => {
    const text = await failureOf("import { loadTextFile } from 'lib';\n\nloadTextFile('no-such-file.txt');");
    expect(text).toMatch(/\n {2}next step: .+\n {2}more: docs\/troubleshooting\.md#file\n/);
    expect(text).toMatch(/line 3\n.*\n-> {3}3 \| loadTextFile\('no-such-file\.txt'\);/);
    expect(text).toMatch(/ {2}at loadTextFile \(lib\/base\/text-file\.ts:\d+:\d+\)/);
  });

  it('names the statement that waited where the stack does not reach the cell', async () => {
    const text = await failureOf(
      "import { Conversation, createClient } from 'lib';\nconst talk = new Conversation({ client: createClient(), modelId: 'no.such-v1:0' });\nfor (const word of ['a']) {\n  await null;\n  await talk.send(word);\n}",
    );
    expect(text).toMatch(/^ValidationException: .*\n {2}next step: .*\n {2}request id: /);
    expect(text).toMatch(/line 5\n.*\n-> {3}5 \| {3}await talk\.send\(word\);/);
  });

  it('that is not an error is shown as what it is', async () => {
    expect(await failureOf('throw { code: 7 };')).toBe('Thrown: { code: 7 }');
  });

  it('has the right lines also where the cell prints it', async () => {
    const { text } = await kernel().run(
      'interface A {}\n\ntry {\n  ({} as any).a.b;\n} catch (error) {\n  console.log(error.stack);\n}',
    );
    expect(text).toMatch(/^TypeError: .*\n {4}at cell-\d+\.ts:4:17\n$/);
  });

  it('that nobody waits for is told on the cell that left it', async () => {
    const early = kernel().send("const late = setTimeout(() => Promise.reject(new Error('lost')), 50);");
    await kernel().run('await new Promise((resolve) => setTimeout(resolve, 300));');
    expect(early.text()).toMatch(/^UnhandledPromiseRejection: Error: lost\n {4}at .*cell-\d+\.ts:1:46/);
  });
});

describe('a type error', () => {
  it('is shown with its place in the cell as it was written, and nothing of the cell is run', async () => {
    await kernel().run("const system = 'Be brief.';");
    const text = await failureOf(
      "console.log('ran');\nconst options = { system, depth: missing };\nconst n: number = 'text';",
    );
    expect(text).toBe(
      [
        'TypeScriptError: nothing of this cell was run',
        '',
        "2:34 Cannot find name 'missing'.",
        '     2 | const options = { system, depth: missing };',
        `${' '.repeat(9 + 33)}^`,
        '',
        "3:7 Type 'string' is not assignable to type 'number'.",
        "     3 | const n: number = 'text';",
        `${' '.repeat(9 + 6)}^`,
        '',
        '  more: docs/troubleshooting.md#not-compiled',
      ].join('\n'),
    );
  });

  it('that comes many times is not shown many times', async () => {
    const text = await failureOf(Array.from({ length: 20 }, (_, n) => `unknown${n}();`).join('\n'));
    expect(text.match(/Cannot find name/g)).toHaveLength(5);
    expect(text).toMatch(/and 15 more\n\n {2}more: docs\/troubleshooting\.md#not-compiled$/);
  });
});

describe('behind a cell that fails', () => {
  it('what was sent along with it is not run, and says so; what comes later is run', async () => {
    const failing = kernel().send(
      "const until = Date.now() + 300; while (Date.now() < until); throw new Error('boom');",
    );
    const along = [kernel().send("console.log('one');"), kernel().send("console.log('two');")];
    expect((await failing.reply).status).toBe('error');
    const later = kernel().send("console.log('later');");
    for (const cell of along) {
      expect((await cell.reply).status).toBe('aborted');
      expect(cell.text()).toMatch(/^Not run: .*\n {2}more: docs\/troubleshooting\.md#not-run\n$/);
    }
    expect((await later.reply).status).toBe('ok');
    expect(later.text()).toBe('later\n');
  });

  it('everything is run when the client says that errors do not matter', async () => {
    const failing = kernel().send("throw new Error('boom');", { stopOnError: false });
    const next = kernel().send("console.log('next');");
    expect((await failing.reply).status).toBe('error');
    expect((await next.reply).status).toBe('ok');
    expect(next.text()).toBe('next\n');
  });
});
