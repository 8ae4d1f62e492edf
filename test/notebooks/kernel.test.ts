import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import { type Cell, type Output, streamText } from '../../packages/workshop/src/notebook-file.ts';
import { runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { serverFor } from './runner.ts';

let server: HeadlessServer;
beforeAll(async () => {
  server = await serverFor('lab');
});
afterAll(() => server?.close());

const cells = (...sources: string[]): Cell[] =>
  sources.map((source) => ({ cell_type: 'code', metadata: {}, source }));
const textOf = (outputs: readonly Output[] = []) => streamText(outputs) + streamText(outputs, 'stderr');

async function open(kernelName: string) {
  const session = await server.openSession(`notebooks/${crypto.randomUUID()}.ipynb`, kernelName);
  return {
    session,
    run: async (...sources: string[]) => {
      const notebook = { cells: cells(...sources), metadata: {}, nbformat: 4, nbformat_minor: 5 };
      return (await runNotebook(notebook, session)).map(({ outputs }) => textOf(outputs).trim());
    },
  };
}

/** A cell that shows that the kernel and its endpoint work: it prints an answer with a 4 in it. */
const askForFour = `import { createClient, invokeText } from 'lib';
console.log((await invokeText(createClient(), 'amazon.nova-micro-v1:0', 'What is 2 + 2?')).text);`;

/** A server that takes a request and never answers it. */
async function silentServer() {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  return { silent, url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` };
}

describe('the local kernel', () => {
  it('brings its own endpoint, with placeholder credentials, and ends it with itself', async () => {
    const { session, run } = await open(kernelNames.local);
    const [url = '', keys] = await run(
      'console.log(process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME);',
      'console.log(process.env.AWS_ACCESS_KEY_ID, process.env.AWS_REGION, process.env.LOCAL_BEDROCK_ERA);',
    );
    expect(keys).toBe('local us-east-1 lab');
    expect((await fetch(`${url}/foundation-models`)).status).toBe(200);
    await session.shutdown();
    await expect
      .poll(() =>
        fetch(url).then(
          () => 'up',
          () => 'down',
        ),
      )
      .toBe('down');
  });

  it('takes short properties of earlier cells, and a cell that only waits in a loop', async () => {
    const { session, run } = await open(kernelNames.local);
    const printed = await run(
      "const system = 'Be brief.';\nasync function* numbers() { yield 1; yield 2; }",
      'console.log({ system });',
      'for await (const number of numbers()) console.log(number);',
      'console.log(await (async () => system)());',
    );
    expect(printed).toEqual(['', "{ system: 'Be brief.' }", '1\n2', 'Be brief.']);
    await session.shutdown();
  });

  it('is restarted in the middle of a call, and works again', async () => {
    const { session, run } = await open(kernelNames.local);
    const { silent, url } = await silentServer();
    const call = session.kernel?.requestExecute({
      code: `import { createClient, invokeText } from 'lib';
const stuck = createClient({ endpoint: '${url}' });
await invokeText(stuck, 'amazon.nova-micro-v1:0', 'Hello');`,
    });
    call?.done.catch(() => undefined);
    const [request] = await once(silent, 'request');
    const closed = once(request.socket, 'close');
    await session.kernel?.restart();
    await closed;
    const [answer] = await run(askForFour);
    expect(answer).toContain('4');
    silent.close();
    await session.shutdown();
  });

  it('aborts the call under way when it is interrupted', async () => {
    const { session, run } = await open(kernelNames.local);
    const { silent, url } = await silentServer();
    const call = session.kernel?.requestExecute({
      code: `import { createClient, invokeText } from 'lib';
await invokeText(createClient({ endpoint: '${url}' }), 'amazon.nova-micro-v1:0', 'Hello');
console.log('not reached');`,
    });
    const [request] = await once(silent, 'request');
    const closed = once(request.socket, 'close');
    await session.kernel?.interrupt();
    await closed;
    expect((await call?.done)?.content.status).toBe('error');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await run("console.log('still here');")).toEqual(['still here']);
    silent.close();
    await session.shutdown();
  });

  it('lets no further call of an interrupted cell through, whatever its code goes on to do', async () => {
    const { session, run } = await open(kernelNames.local);
    const { silent, url } = await silentServer();
    let requests = 0;
    silent.on('request', () => {
      requests += 1;
    });
    const call = session.kernel?.requestExecute({
      code: `import { createClient, invokeText } from 'lib';
const stubborn = createClient({ endpoint: '${url}' });
for (let attempt = 0; attempt < 5; attempt += 1) {
  try { await invokeText(stubborn, 'amazon.nova-micro-v1:0', 'Hello'); } catch {}
}`,
    });
    await once(silent, 'request');
    await session.kernel?.interrupt();
    await call?.done;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(requests).toBe(1);
    const [answer] = await run(askForFour);
    expect(answer).toContain('4');
    silent.close();
    await session.shutdown();
  });

  it('stops a loop that never ends', async () => {
    const { session, run } = await open(kernelNames.local);
    await run('const ready = 1;');
    const code =
      "console.log('begun');\nawait new Promise((resolve) => setTimeout(resolve, 1));\nfor (;;) {}";
    const call = session.kernel?.requestExecute({ code });
    await new Promise<void>((resolve) => {
      if (call) call.onIOPub = ({ header }) => void (header.msg_type === 'stream' && resolve());
    });
    await session.kernel?.interrupt();
    expect((await call?.done)?.content.status).toBe('error');
    await session.shutdown();
  });
});

describe('any kernel', () => {
  it('ends when its server was killed outright', async () => {
    const doomed = await serverFor('lab');
    const session = await doomed.openSession('notebooks/doomed.ipynb', kernelNames.local);
    const notebook = {
      cells: cells('console.log(process.pid, process.ppid);'),
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    };
    const [run] = await runNotebook(notebook, session);
    const [kernel = 0, parent = 0] = textOf(run?.outputs).split(' ').map(Number);
    expect(parent).toBeGreaterThan(1);
    process.kill(parent, 'SIGKILL');
    const isRunning = () => {
      try {
        return process.kill(kernel, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(isRunning).toBe(false);
    await doomed.close();
  });
});

describe('the AWS kernel', () => {
  it('takes the region from where Python does, and the endpoint from nowhere', async () => {
    const { session, run } = await open(kernelNames.aws);
    const [line] = await run(
      'console.log(process.env.AWS_REGION, String(process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME));',
    );
    expect(line).toBe('us-east-1 undefined');
    await session.shutdown();
  });
});
