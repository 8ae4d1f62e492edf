import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installUserKernels, writeKernelspecs } from '../../src/kernelspecs.ts';
import { chosenModel, modelOptionsOf, rememberModel } from '../../src/model/choice.ts';
import { makeModelReady } from '../../src/model/make-ready.ts';
import { describeServer, findServer, listModels } from '../../src/model/servers.ts';
import { removeUserKernels } from '../../src/setup/user-kernels.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'model-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the model of the third kernel', () => {
  it('is what was chosen last, and what the environment names before that', () => {
    expect(chosenModel({}, root)).toBeUndefined();
    rememberModel({ source: '/weights/small.gguf' }, root);
    expect(chosenModel({}, root)).toEqual({ source: '/weights/small.gguf' });
    expect(chosenModel({ LOCAL_BEDROCK_MODEL: 'http://x/v1' }, root)).toEqual({ source: 'http://x/v1' });
    expect(chosenModel({ LOCAL_BEDROCK_MODEL: '{"greedy":true}' }, root)).toEqual({ greedy: true });
    expect(() => chosenModel({ LOCAL_BEDROCK_MODEL: '{greedy:true}' }, root)).toThrow(
      expect.objectContaining({
        isExplained: true,
        message: expect.stringMatching(
          /^LOCAL_BEDROCK_MODEL cannot be read as JSON: .+\nNext step: set it to /,
        ),
      }),
    );
  });

  it('is named by the options of a command, files from the folder that one is in', () => {
    vi.stubEnv('INIT_CWD', '/home');
    expect(modelOptionsOf({})).toBeUndefined();
    expect(modelOptionsOf({ model: '' })).toEqual({});
    expect(chosenModel({ LOCAL_BEDROCK_MODEL: 'a.gguf' }, root)).toEqual({ source: '/home/a.gguf' });
    expect(modelOptionsOf({ model: 'a.gguf', 'embedding-model': 'b.gguf' })).toEqual({
      source: '/home/a.gguf',
      embedding: '/home/b.gguf',
    });
    expect(modelOptionsOf({ model: 'http://x/v1', 'model-name': 'm', 'embedding-model': 'e' })).toEqual({
      source: 'http://x/v1',
      name: 'm',
      embedding: 'e',
    });
  });

  it('brings the kernel into the menu, with a picture of its own, and the uninstall takes it out again', async () => {
    const env = { HOME: root, JUPYTER_DATA_DIR: join(root, 'jupyter') };
    expect(writeKernelspecs(root, process.execPath, {})).not.toHaveProperty('model');
    rememberModel({}, root);
    const { jupyterPath, aws, local, model = '' } = writeKernelspecs(root, process.execPath, {});
    const folder = (name: string) => join(jupyterPath, 'kernels', name);
    const spec = JSON.parse(readFileSync(join(folder(model), 'kernel.json'), 'utf8'));
    expect(spec.display_name).toBe('TypeScript (local model)');
    expect(spec.argv[spec.argv.indexOf('--preload') + 1]).toMatch(/kernel\/model\.ts$/);
    const logos = [aws, local, model].map((name) => readFileSync(join(folder(name), 'logo-svg.svg'), 'utf8'));
    expect(new Set(logos).size).toBe(3);
    await installUserKernels(root, jupyterPath, env);
    const installed = join(root, 'jupyter', 'kernels', model, 'kernel.json');
    expect(existsSync(installed)).toBe(true);
    await removeUserKernels(root, env);
    expect(existsSync(installed)).toBe(false);
  });
});

describe('a server', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function serve(answer: unknown, afterMs = 0): Promise<number> {
    const server = createServer((_, response) => {
      setTimeout(() => response.end(JSON.stringify(answer)), afterMs);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  it('on its usual port is found, and one line says how to use it', async () => {
    const [other, port] = [
      await serve({ hello: 1 }),
      // As on a machine that has a model to load.
      await serve({ data: [{ id: 'small' }, { id: 'large' }] }, 500),
    ];
    const found = await findServer([
      ['Other', other],
      ['Closed', 9],
      ['Ollama', port],
    ]);
    if (found === undefined) throw new Error('It was not found.');
    expect(describeServer(found)).toBe(
      `Ollama runs here with 2 models; for its words: npm start -- --model http://127.0.0.1:${port}/v1 --model-name small`,
    );
    expect(describeServer({ ...found, models: ['small'] })).toMatch(/with small; .*\/v1$/);
    expect(await findServer([['Other', other]])).toBeUndefined();
  });

  it('lists its models by its address, with or without /v1', async () => {
    const port = await serve({ data: [{ id: 'm' }, {}, null] });
    for (const end of ['', '/', '/v1', '/v1/']) {
      expect(await listModels(`http://127.0.0.1:${port}${end}`)).toEqual(['m']);
    }
  });

  it('must have a model, and one of several must be named', async () => {
    const [none, two] = [await serve({ data: [] }), await serve({ data: [{ id: 'a' }, { id: 'b' }] })];
    const ready = (port: number) => makeModelReady({ source: `http://127.0.0.1:${port}/v1` });
    await expect(ready(9)).rejects.toThrow('No server answers');
    await expect(ready(none)).rejects.toThrow('has no model');
    await expect(ready(two)).rejects.toThrow('several models:\n  a\n  b\nNext step: add --model-name');
  });

  it('is not needed where weights are named that are not there', async () => {
    await expect(makeModelReady({ source: join(root, 'none.gguf') })).rejects.toThrow(
      'There are no weights in',
    );
  });
});
