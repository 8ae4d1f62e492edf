import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { kernelCommand, kernelEnvironment } from 'typescript-kernel';
import { afterAll, describe, expect, it } from 'vitest';
import { type Cell, type Notebook, readNotebook } from '../../packages/workshop/src/notebook-file.ts';
import { aws, jupyterPath, local, programs } from './install.ts';

const folder = mkdtempSync(join(tmpdir(), 'kernel-clients-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs one of the programs to its end; what it said, on both streams. */
async function run(
  program: string,
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
) {
  const child = spawn(join(programs, program), args, {
    cwd: folder,
    env: { ...process.env, JUPYTER_PATH: jupyterPath, JUPYTER_CONFIG_DIR: folder, NO_COLOR: '1', ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += text;
    });
  }
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, said: stripVTControlCharacters(said) };
}

/** Writes a notebook of these cells, for the local kernel. */
function write(name: string, ...cells: readonly (string | Partial<Cell>)[]): string {
  const notebook: Notebook = {
    cells: cells.map((cell, index) => ({
      ...{ cell_type: 'code', id: `cell-${index}`, metadata: {}, execution_count: null, outputs: [] },
      ...(typeof cell === 'string' ? { source: cell } : { source: '', ...cell }),
    })),
    metadata: { kernelspec: { name: local, display_name: local, language: 'typescript' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(notebook));
  return file;
}

const outputsOf = (file: string) => readNotebook(file).cells.map(({ outputs = [] }) => outputs);

describe('jupyter_kernel_test', () => {
  it.each([local, aws])('finds nothing wrong with the kernel: %s', async (kernel) => {
    const { code, said } = await run('python', ['-m', 'unittest', '--verbose', 'test_conformance'], {
      env: {
        KERNEL_UNDER_TEST: kernel,
        PYTHONPATH: import.meta.dirname,
        PYTHONDONTWRITEBYTECODE: '1',
      },
    });
    expect(said).toMatch(/\nRan 13 tests in .*\n\nOK \(skipped=1\)\n$/);
    expect(said).toMatch(/test_pager .* skipped/);
    expect(code).toBe(0);
  });
});

describe('the kernel by itself', () => {
  it('runs a notebook in an empty folder, with no project around it and nothing of Bedrock', async () => {
    const empty = join(folder, 'empty');
    const spec = join(empty, 'jupyter', 'kernels', 'typescript');
    mkdirSync(spec, { recursive: true });
    const kernelspec = {
      argv: kernelCommand(process.execPath),
      display_name: 'TypeScript',
      language: 'typescript',
      interrupt_mode: 'signal',
      env: kernelEnvironment(empty),
    };
    writeFileSync(join(spec, 'kernel.json'), JSON.stringify(kernelspec));
    const { cells, ...notebook } = readNotebook(
      write(
        'alone.ipynb',
        'interface Word { readonly kana: string }\nconst words: Word[] = [{ kana: "mizu" }];',
        'import { display } from "tslab";\ndisplay.html("<b>water</b>");',
        'words.map(({ kana }) => kana.length)',
        'Object.keys(process.env).filter((name) => /BEDROCK/.test(name)).concat(Object.keys(require.cache).filter((file) => /bedrock|aws-sdk/.test(file)))',
        { source: 'words[0].romaji', metadata: { tags: ['raises-exception'] } },
      ),
    );
    const file = join(empty, 'alone.ipynb');
    writeFileSync(file, JSON.stringify({ ...notebook, cells, metadata: {} }));
    const { code, said } = await run(
      'jupyter-nbconvert',
      ['--to', 'notebook', '--execute', '--inplace', '--ExecutePreprocessor.kernel_name=typescript', file],
      { env: { JUPYTER_PATH: join(empty, 'jupyter') } },
    );
    expect(said).not.toContain('Traceback');
    expect(code).toBe(0);
    const result = (text: string) => [{ output_type: 'execute_result', data: { 'text/plain': [text] } }];
    expect(outputsOf(file)).toMatchObject([
      [],
      [{ output_type: 'display_data', data: { 'text/html': ['<b>water</b>'] } }],
      result('[ 4 ]'),
      result('[]'),
      [
        {
          output_type: 'error',
          evalue: expect.stringContaining("Property 'romaji' does not exist on type 'Word'"),
        },
      ],
    ]);
  });
});

describe('nbconvert and nbclient', () => {
  it('run a notebook, and keep what its cells printed and came to', async () => {
    const file = write('good.ipynb', 'const n = 6;\nconsole.log("n is", n);', 'n * 7');
    const { code, said } = await run('jupyter-nbconvert', [
      '--to',
      'notebook',
      '--execute',
      '--inplace',
      file,
    ]);
    expect(code, said).toBe(0);
    expect(outputsOf(file)).toMatchObject([
      [{ output_type: 'stream', name: 'stdout', text: ['n is 6\n'] }],
      [{ output_type: 'execute_result', execution_count: 2, data: { 'text/plain': ['42'] } }],
    ]);
  });

  it.each([
    ['an error', 'throw new Error("on purpose");', 'Error: on purpose'],
    ['a type error', 'const n: number = "text";', "Type 'string' is not assignable"],
    [
      'a rejection that nobody awaits',
      'async function job() { throw new Error("lost"); }\njob();',
      'Error: lost',
    ],
    ['a question that nobody can answer', 'prompt("?")', 'Nobody can type a line here'],
  ])('stop at %s, and say why', async (_, source, why) => {
    const file = write('bad.ipynb', source, 'console.log("not run")');
    const { code, said } = await run('jupyter-execute', [file]);
    expect(code).not.toBe(0);
    expect(said).toContain(why);
  });
});

describe('pytest', () => {
  it('finds with nbval the same outputs in a notebook that was executed, and another one in one that was changed', async () => {
    const file = write('compared.ipynb', 'console.log("one");\nconsole.log("two");', '({ sum: 40 + 2 })');
    expect((await run('jupyter-nbconvert', ['--to', 'notebook', '--execute', '--inplace', file])).code).toBe(
      0,
    );
    const same = await run('pytest', ['-p', 'no:cacheprovider', '--nbval', file]);
    expect(same.said).toMatch(/2 passed/);
    writeFileSync(file, readFileSync(file, 'utf8').replace('sum: 42', 'sum: 43'));
    const other = await run('pytest', ['-p', 'no:cacheprovider', '--nbval', file]);
    expect(other.said).toMatch(/1 failed, 1 passed/);
  });

  it('passes with nbmake a notebook that runs, and fails one that does not', async () => {
    const good = write('passes.ipynb', 'console.log(1);');
    const bad = write('fails.ipynb', 'throw new Error("on purpose");');
    const { said } = await run('pytest', ['-p', 'no:cacheprovider', '--nbmake', good, bad]);
    expect(said).toMatch(/1 failed, 1 passed/);
    expect(said).toContain('on purpose');
  });
});

describe('papermill', () => {
  it('runs a notebook with parameters, given how TypeScript writes them', async () => {
    const parameters = { cell_type: 'code' as const, metadata: { tags: ['parameters'] } };
    const file = write(
      'parameters.ipynb',
      {
        ...parameters,
        source: 'let greeting = "hello";\nlet sizes = [0];\nlet place: { city: string } | null = null;',
      },
      'console.log(greeting, sizes, place);',
    );
    const out = join(folder, 'out.ipynb');
    const given = JSON.stringify({
      greeting: 'a "quoted" world\n',
      sizes: [1, 2.5],
      place: { city: '東京' },
    });
    const script = join(import.meta.dirname, 'papermill_typescript.py');
    const { code, said } = await run('python', [script, file, out, given]);
    expect(code, said).toBe(0);
    const [printed] = outputsOf(out).at(-1) ?? [];
    expect(printed).toMatchObject({ text: ['a "quoted" world\n', " [ 1, 2.5 ] { city: '東京' }\n"] });
  });
});

/** `jupyter run`, which gives a cell 10 s, the first one too: not enough where many other things run. */
function jupyterRun(args: readonly string[], options: Parameters<typeof run>[2] = {}) {
  const program =
    'import jupyter_client.runapp as app; app.OUTPUT_TIMEOUT = 120; app.RunApp.launch_instance()';
  return run('python', ['-c', program, `--kernel=${local}`, ...args], options);
}

describe('Jupyter’s own commands', () => {
  it('run a file', async () => {
    const file = join(folder, 'program.ts');
    writeFileSync(file, 'const answer: number = 42;\nconsole.log("the answer is", answer);\n');
    const { code, said } = await jupyterRun([file]);
    expect(said).toContain('the answer is 42');
    expect(code).toBe(0);
  });

  it('run what is piped into them', async () => {
    const { said } = await jupyterRun([], {
      input: 'console.log("piped", 40 + 2)',
    });
    expect(said).toContain('piped 42');
  });

  it('have a console, with values and errors', async () => {
    const input = 'const half = (n: number) => n / 2;\nhalf(84)\nhalf("text")\n';
    const { said } = await run('jupyter-console', [`--kernel=${local}`, '--simple-prompt'], { input });
    expect(said).toMatch(/Out\[\d+\]: 42/);
    expect(said).toContain('TypeScriptError');
  });
});
