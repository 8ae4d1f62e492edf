import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectRawClient,
  type RawClient,
  type RawKernel,
  type Received,
  request,
  type Sign,
  signer,
  startRawKernel,
  untilConnected,
} from './raw-kernel.ts';

/** Milliseconds in which a kernel starts, also on a machine that is busy with other things. */
const toStart = 180_000;

let kernel: RawKernel;
let client: RawClient;
let sign: Sign;

beforeAll(async () => {
  kernel = await startRawKernel();
  sign = signer(kernel.connection);
  client = connectRawClient(kernel.connection, kernel);
  await untilConnected(client, sign);
}, toStart);
afterAll(async () => {
  client.close();
  await kernel.close();
});

/** Sends a request, and waits until the kernel is done with it. */
async function ask(type: string, content: object, channel: 'shell' | 'control' = 'shell') {
  const { id, frames } = request(type, content, sign);
  await (channel === 'shell' ? client.sendShell(...frames) : client.sendControl(...frames));
  return { id, ...(await endOf(id, channel)) };
}

/** What a request came to: its reply, if any, and what everybody was told, without the status. */
async function endOf(id: string, channel: 'shell' | 'control' = 'shell') {
  const isMine = ({ parent }: Received) => parent.msg_id === id;
  await client.receive((message) => isMine(message) && message.content.execution_state === 'idle');
  const mine = client.received.filter(isMine);
  // What is told comes on another socket, so the reply may be a moment behind it: one more answer on the reply's own
  // socket comes after it.
  const { content: after } = await sync(channel);
  expect(after.status).toBe('ok');
  const reply = client.received.find(
    (message) => isMine(message) && message.channel !== 'iopub' && message.channel !== 'stdin',
  );
  const told = mine
    .filter(({ channel, header }) => channel === 'iopub' && header.msg_type !== 'status')
    .map(({ header, content }) => ({ type: header.msg_type, ...content }));
  const printed = told.flatMap((message) => ('text' in message ? [message.text] : [])).join('');
  return { reply: reply?.content ?? {}, type: reply?.header.msg_type, told, printed };
}

async function sync(on: 'shell' | 'control'): Promise<Received> {
  const { id, frames } = request('comm_info_request', {}, sign);
  await (on === 'shell' ? client.sendShell(...frames) : client.sendControl(...frames));
  return client.receive(({ channel, parent }) => channel === on && parent.msg_id === id);
}

const run = (code: string, more: object = {}) => ask('execute_request', { code, ...more });
/** Pressed where it is looked at: what was printed before has not been sent yet. */
const never = 'get() { process.kill(process.pid, "SIGINT"); for (;;); }';
const neverPrinted = `Object.defineProperty({}, Symbol.for("nodejs.util.inspect.custom"), { ${never} })`;

const countOf = async () => Number((await run('0')).reply.execution_count);

describe('requests that are no cells', { timeout: toStart }, () => {
  it('says what kernel this is, whole', async () => {
    const { reply } = await ask('kernel_info_request', {});
    expect(reply).toMatchObject({
      status: 'ok',
      protocol_version: expect.stringMatching(/^5\.\d$/),
      implementation: 'typescript-kernel',
      implementation_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'text/typescript' },
      debugger: false,
      supported_features: [],
      help_links: expect.arrayContaining([{ text: 'TypeScript', url: expect.stringMatching(/^https:/) }]),
    });
  });

  it('says where it listens', async () => {
    const { shell_port, iopub_port, stdin_port, control_port, hb_port } = kernel.connection;
    expect((await ask('connect_request', {})).reply).toEqual({
      status: 'ok',
      ...{ shell_port, iopub_port, stdin_port, control_port, hb_port },
    });
  });

  it('has no comms, closes one that is opened from outside, and shows nothing of it in a cell', async () => {
    const { id } = await run('console.log("a cell")');
    expect(await ask('comm_info_request', { target_name: 'jupyter.widget' })).toMatchObject({
      type: 'comm_info_reply',
      reply: { status: 'ok', comms: {} },
    });
    const opened = await ask('comm_open', { comm_id: 'one', target_name: 'jupyter.widget', data: {} });
    expect(opened).toMatchObject({ reply: {}, told: [{ type: 'comm_close', comm_id: 'one', data: {} }] });
    for (const type of ['comm_msg', 'comm_close']) {
      expect(await ask(type, { comm_id: 'one', data: {} })).toMatchObject({ reply: {}, told: [] });
    }
    const shown = client.received.filter(({ parent }) => parent.msg_id === id);
    expect(shown.filter(({ header }) => header.msg_type === 'stream')).toHaveLength(1);
    expect(kernel.log()).not.toContain('comm_');
  });

  it.each(['create_subshell_request', 'delete_subshell_request', 'list_subshell_request'])(
    'refuses what it has not got: %s',
    async (type) => {
      expect((await ask(type, {}, 'control')).reply).toMatchObject({ status: 'error', evalue: /subshell/ });
    },
  );

  it('refuses to be debugged, in the words of that protocol', async () => {
    const { reply } = await ask('debug_request', { seq: 7, command: 'initialize' }, 'control');
    expect(reply).toMatchObject({ request_seq: 7, success: false, command: 'initialize' });
  });

  it('keeps a history of cells, with their values where they are asked for', async () => {
    await run('const half = 21; half * 2');
    const { reply } = await ask('history_request', { hist_access_type: 'tail', n: 1, output: true });
    const count = await countOf();
    expect(reply.history).toEqual([[1, count - 1, ['const half = 21; half * 2', '42']]]);
    const range = { hist_access_type: 'range', session: 0, start: count - 1, stop: count };
    expect((await ask('history_request', range)).reply.history).toEqual([
      [1, count - 1, 'const half = 21; half * 2'],
    ]);
    const search = { hist_access_type: 'search', pattern: 'const h?lf*', unique: true };
    expect((await ask('history_request', search)).reply.history).toHaveLength(1);
  });

  it('does not find a name that there is not', async () => {
    const unknown = await ask('inspect_request', { code: 'nothingOfThisName', cursor_pos: 5 });
    expect(unknown.reply).toEqual({ status: 'ok', found: false, data: {}, metadata: {} });
    const known = await ask('inspect_request', { code: 'parseFloat', cursor_pos: 5 });
    expect(known.reply).toMatchObject({ found: true, data: { 'text/plain': /parseFloat/ } });
  });

  it('counts characters as Jupyter does, where JavaScript counts an emoji twice', async () => {
    const code = "'😀'.codePo + 1";
    const { reply } = await ask('complete_request', { code, cursor_pos: 10 });
    expect(reply).toMatchObject({ matches: ['codePointAt'], cursor_start: 4, cursor_end: 10 });
  });
});

describe('a cell', { timeout: toStart }, () => {
  it('answers with the value of its last expression', async () => {
    const { told, reply } = await run('console.log("first"); ({ a: { b: { c: { d: { e: 1 } } } } })');
    expect(told).toEqual([
      { type: 'execute_input', code: expect.any(String), execution_count: reply.execution_count },
      { type: 'stream', name: 'stdout', text: 'first\n' },
      {
        type: 'execute_result',
        execution_count: reply.execution_count,
        data: { 'text/plain': '{\n  a: {\n    b: { c: { d: { e: 1 } } }\n  }\n}' },
        metadata: {},
      },
    ]);
  });

  it.each([
    ['"as it is\\nin two lines"', { 'text/plain': 'as it is\nin two lines' }],
    [
      '({ nodeType: 1, localName: "svg", outerHTML: "<svg/>" })',
      { 'image/svg+xml': '<svg/>', 'text/plain': '<svg>' },
    ],
    ['({ nodeType: 1, localName: "b", outerHTML: "<b/>" })', { 'text/html': '<b/>', 'text/plain': '<b>' }],
    [
      '({ async [Symbol.for("Jupyter.display")]() { return { "text/html": "<i/>" } } })',
      { 'text/html': '<i/>' },
    ],
  ])('shows a value as it is best seen: %s', async (code, data) => {
    expect((await run(code)).told.at(-1)).toMatchObject({ type: 'execute_result', data });
  });

  it.each(['undefined', 'null', 'const nothing = 1;', 'void 0'])(
    'shows no value where there is none: %s',
    async (code) => {
      expect((await run(code)).told.map(({ type }) => type)).toEqual(['execute_input']);
    },
  );

  it('says nothing where it is silent, and is not counted', async () => {
    const before = await countOf();
    const { told, reply } = await run('console.log("x"); console.error("y"); 1', { silent: true });
    expect(told).toEqual([]);
    expect(reply).toMatchObject({ status: 'ok', execution_count: before + 1 });
    expect((await run('throw new Error("z")', { silent: true })).told).toEqual([]);
    expect(await countOf()).toBe(before + 1);
  });

  it('is neither counted nor kept where the client stores none', async () => {
    const before = await countOf();
    expect((await run('"not kept"', { store_history: false })).told).toHaveLength(2);
    const { reply } = await ask('history_request', { hist_access_type: 'search', pattern: '*not kept*' });
    expect(reply.history).toEqual([]);
    expect(await countOf()).toBe(before + 1);
  });

  it('evaluates what else the client wants to know', async () => {
    const user_expressions = {
      sum: 'q + 1',
      object: '{ q }',
      wrong: 'nowhere',
      thrown: '(() => { throw 1 })()',
    };
    expect((await run('const q = 41;', { user_expressions })).reply.user_expressions).toEqual({
      sum: { status: 'ok', data: { 'text/plain': '42' }, metadata: {} },
      object: { status: 'ok', data: { 'text/plain': '{ q: 41 }' }, metadata: {} },
      wrong: expect.objectContaining({ status: 'error', ename: 'TypeScriptError' }),
      thrown: expect.objectContaining({ status: 'error', ename: 'Thrown', evalue: '1' }),
    });
  });

  it.each([
    ['void Promise.reject(new Error("lost"));'],
    ['async function job() { throw new Error("lost"); }\njob();'],
    ['async function soon() { await null; throw new Error("lost"); }\nsoon(); await 1;'],
    [
      'setTimeout(() => { throw new Error("lost"); }, 1);\nawait new Promise((done) => setTimeout(done, 50));',
    ],
  ])('fails of what nobody awaits or catches in it: %s', async (code) => {
    const { reply, told } = await run(code);
    expect(reply).toMatchObject({ status: 'error', ename: 'Error', evalue: 'lost' });
    expect(told.map(({ type }) => type)).toEqual(['execute_input', 'error']);
  });

  it('does not fail of a rejection that somebody handles a moment later', async () => {
    const code = 'const p = Promise.reject(new Error("kept"));\nawait p.catch(() => "caught");';
    expect((await run(code)).reply.status).toBe('ok');
  });

  it('clears what it has shown', async () => {
    const { told } = await run('console.log("gone"); console.clear(); console.log("there");');
    expect(told.slice(1).map(({ type }) => type)).toEqual(['stream', 'clear_output', 'stream']);
  });

  it('is stopped by a message', async () => {
    const { id, frames } = request('execute_request', { code: 'await new Promise(() => {});' }, sign);
    await client.sendShell(...frames);
    await client.receive(({ parent, header }) => parent.msg_id === id && header.msg_type === 'execute_input');
    expect((await ask('interrupt_request', {}, 'control')).type).toBe('interrupt_reply');
    expect((await endOf(id)).reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
  });
});

describe('a loop that never waits, in what Node calls', { timeout: toStart }, () => {
  it.each([
    'setTimeout(loop, 1);',
    'setInterval(loop, 1);',
    'setImmediate(loop);',
    'process.nextTick(loop);',
    "require('node:timers').setTimeout(loop, 1);",
  ])('is stopped, and the notebook keeps its variables: %s', async (start) => {
    await run('let keptInLoop = 42;');
    const loop = "const loop = () => { console.log('begun'); for (;;); };";
    const code = `${loop}\n${start}\nawait new Promise(() => {});`;
    const { id, frames } = request('execute_request', { code }, sign);
    await client.sendShell(...frames);
    await client.receive(({ parent, content }) => parent.msg_id === id && content.text === 'begun\n');
    kernel.process.kill('SIGINT');
    expect((await endOf(id)).reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect((await run('keptInLoop')).told.at(-1)).toMatchObject({ data: { 'text/plain': '42' } });
  });
});

describe('what cannot be shown', { timeout: toStart }, () => {
  const broken = 'throw new Error("broken")';

  it.each([
    ['a value with a getter', `new Proxy({}, { get() { ${broken}; } })`, 'broken'],
    [
      'a proxy that is revoked',
      'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); proxy',
      'revoked',
    ],
    ['its own text', `({ [Symbol.for("nodejs.util.inspect.custom")]() { ${broken}; } })`, 'broken'],
    ['its own picture', `({ [Symbol.for("Jupyter.display")]() { ${broken}; } })`, 'broken'],
    [
      'what is no JSON',
      '({ [Symbol.for("Jupyter.display")]: () => ({ "application/json": 1n }) })',
      'BigInt',
    ],
    ['a stack', `throw Object.defineProperty(new Error("x"), "stack", { get() { ${broken}; } })`, 'x'],
    [
      'a name',
      `throw Object.defineProperty(new Error("x"), "name", { get() { ${broken}; } })`,
      'cannot be shown',
    ],
    ['a message', 'throw Object.assign(new Error(), { message: 10n })', '10'],
    ['anything', `throw new Proxy({}, { getPrototypeOf() { ${broken}; } })`, 'cannot be shown'],
    ['every stack', `Error.prepareStackTrace = () => { ${broken}; }; throw new Error("x")`, ''],
  ])('fails its cell, which says so, and what was sent with it is not run: %s', async (_, code, said) => {
    const failing = request('execute_request', { code }, sign);
    const waiting = request('execute_request', { code: 'console.log("ran")' }, sign);
    await client.sendShell(...failing.frames);
    await client.sendShell(...waiting.frames);
    const { reply, told } = await endOf(failing.id);
    expect(reply).toMatchObject({ status: 'error', execution_count: expect.any(Number) });
    expect(reply.evalue).toContain(said);
    expect(told.at(-1)).toMatchObject({ type: 'error', evalue: reply.evalue });
    expect((await endOf(waiting.id)).reply.status).toBe('aborted');
    await run('Error.prepareStackTrace = undefined;');
  });

  it('fails one expression that the client wants to know, and neither the others nor the cell', async () => {
    const user_expressions = { wrong: `new Proxy({}, { get() { ${broken}; } })`, right: '1' };
    expect((await run('0', { user_expressions })).reply).toMatchObject({
      status: 'ok',
      user_expressions: { wrong: { status: 'error', evalue: 'broken' }, right: { status: 'ok' } },
    });
  });

  it('does not end the kernel when it is thrown after its cell', async () => {
    const bad = `{ [Symbol.for("nodejs.util.inspect.custom")]() { ${broken}; } }`;
    const { id } = await run(`setTimeout(() => { throw ${bad}; }, 1);`);
    await client.receive(
      ({ content, parent }) =>
        parent.msg_id === id && `${content.text}${content.evalue}`.includes('cannot be shown'),
    );
    expect((await run('1')).reply.status).toBe('ok');
  });

  it.each([
    'await 0; ({ [Symbol.for("Jupyter.display")]: () => new Promise(() => {}) })',
    '({ [Symbol.for("Jupyter.display")]() { for (;;); } })',
  ])('is stopped where it never ends: %s', async (code) => {
    const { id, frames } = request('execute_request', { code: `console.log('begun');\n${code}` }, sign);
    await client.sendShell(...frames);
    await client.receive(({ parent, content }) => parent.msg_id === id && content.text === 'begun\n');
    kernel.process.kill('SIGINT');
    expect((await endOf(id)).reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect((await run('1')).reply.status).toBe('ok');
  });

  it.each([
    `throw Object.defineProperty(new Error("x"), "stack", { ${never} })`,
    `await 0; throw Object.defineProperty(new Error("x"), "stack", { ${never} })`,
    `throw Object.defineProperty(new TypeError("x"), "message", { ${never} })`,
    `throw Object.defineProperty({}, "code", { ${never} })`,
    `throw new Proxy({}, { getPrototypeOf: Object.getOwnPropertyDescriptor({ ${never.replace('get', 'get f')} }, "f").get })`,
    `({ [Symbol.for("Jupyter.display")]: () => ({ "application/json": Object.defineProperty({}, "toJSON", { ${never} }) }) })`,
    `void Promise.reject(${neverPrinted})`,
  ])('is stopped where it is looked at: %s', async (code) => {
    expect((await run(code)).reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect((await run('1')).reply.status).toBe('ok');
  });

  it.each([`throw ${neverPrinted}`, `Promise.reject(${neverPrinted})`])(
    'is stopped where it is printed after its cell: %s',
    async (code) => {
      await run(`setTimeout(() => { ${code}; }, 100);`);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect((await run('1')).reply.status).toBe('ok');
    },
  );

  it('is not looked at where its cell was stopped before', async () => {
    // The kernel hears of it when the cell has come to its end.
    const stopped =
      "await 0;\nprocess.kill(process.pid, 'SIGINT');\nfor (const from = Date.now(); Date.now() < from + 300; );";
    const value = '({ [Symbol.for("Jupyter.display")]() { for (;;); } })';
    expect((await run(`${stopped}\n${value}`)).reply).toMatchObject({ ename: 'Interrupted' });
    expect((await run('1')).reply.status).toBe('ok');
  });
});

describe('a cell that changes what the language gives to all', { timeout: toStart }, () => {
  const broken = '(function broken() { throw new Error("a cell’s own"); })';

  it.each([
    ['globalThis', '"setTimeout"', '() => 5'],
    ['globalThis', '"setImmediate"', '() => 5'],
    ['globalThis', '"Buffer"', 'undefined'],
    ['globalThis', '"Map"', 'undefined'],
    ['globalThis', '"Promise"', 'undefined'],
    ['globalThis', '"crypto"', '{}'],
    ['Array.prototype', '"map"', broken],
    ['Array.prototype', '"shift"', broken],
    ['Array.prototype', 'Symbol.iterator', '(function* none() {})'],
    ['String.prototype', '"split"', broken],
    ['String.prototype', '"replace"', broken],
    ['RegExp.prototype', '"exec"', broken],
    ['Set.prototype', '"add"', broken],
    ['Map.prototype', '"get"', broken],
    ['Date.prototype', '"toISOString"', broken],
    ['Object', '"entries"', broken],
    ['Atomics', '"add"', broken],
    ['JSON', '"stringify"', broken],
    ['JSON', '"parse"', broken],
    ['Object.prototype', '"get"', '1'],
    ['Error', '"prepareStackTrace"', broken],
  ])('keeps its change, and the kernel goes on as before: %s, %s', async (object, key, value) => {
    const was = `(globalThis as any).was ??= Object.getOwnPropertyDescriptor(${object}, ${key});`;
    const change = `Object.defineProperty(${object}, ${key}, { value: ${value}, configurable: true, writable: true }); 1`;
    expect((await run(`${was}\n(globalThis as any).given = ${object};\n${change}`)).reply.status).toBe('ok');
    const sum = await run('const many = [1, 2]; many[0] + many[1]', { user_expressions: { one: '1' } });
    expect(sum.told.at(-1)).toMatchObject({ type: 'execute_result', data: { 'text/plain': '3' } });
    expect(sum.reply.user_expressions).toMatchObject({ one: { status: 'ok' } });
    const { reply, told } = await run('throw new RangeError("its own words")');
    expect(reply).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'its own words' });
    expect(told.at(-1)).toMatchObject({ type: 'error' });
    const isStill = `String((globalThis as any).given[${key}]) === String(${value})`;
    expect((await run(isStill)).told.at(-1)).toMatchObject({ data: { 'text/plain': 'true' } });
    const undo = `if ((globalThis as any).was) Object.defineProperty((globalThis as any).given, ${key}, (globalThis as any).was);
else delete (globalThis as any).given[${key}];
delete (globalThis as any).was;`;
    expect((await run(undo)).reply.status).toBe('ok');
  });

  it('is kept from a kernel whose own work was ended half-way', async () => {
    await run(`throw Object.defineProperty(new Error("x"), "stack", { ${never} })`);
    await run(`(globalThis as any).was = Array.prototype.map; Array.prototype.map = ${broken};`);
    expect((await run('1', { user_expressions: { one: '1' } })).reply).toMatchObject({ status: 'ok' });
    expect((await run('Array.prototype.map = (globalThis as any).was;')).reply.status).toBe('ok');
  });

  it('is answered when it fails under fake timers', async () => {
    await run("import { mock } from 'node:test';\nmock.timers.enable();");
    expect((await run('throw new Error("x")')).reply).toMatchObject({ status: 'error', evalue: 'x' });
    expect((await run('mock.timers.reset();')).reply.status).toBe('ok');
  });

  it('does not take away what keeps the kernel alive', async () => {
    await run('process.removeAllListeners(); process.removeAllListeners("uncaughtException");');
    const { id } = await run('setTimeout(() => { throw new Error("late"); }, 1);');
    await client.receive(
      ({ content, parent }) => parent.msg_id === id && /late/.test(`${content.text}${content.evalue}`),
    );
    expect((await run('1')).reply.status).toBe('ok');
  });
});

describe('what a learner is told', { timeout: toStart }, () => {
  const toldOf = async (code: string) => String((await run(code)).reply.evalue);

  it('names the cell that declares what is missing, when that one did not end well', async () => {
    const { reply } = await run(
      'const { labels: first, ...others } = null as any;\nfunction unmade() {}\nconst typed: number = "x";',
    );
    const text = await toldOf('console.log(first);');
    expect(text).toMatch(/^1:13 Cannot find name 'first'\./);
    expect(text).toContain(`first is declared in cell [${reply.execution_count}], which did not end well`);
    expect(await toldOf('console.log(nowhereAtAll);')).not.toContain('is declared in');
  });

  it('says so when that cell was not run because another one failed', async () => {
    const failing = request('execute_request', { code: 'throw new Error("first of two")' }, sign);
    const waiting = request('execute_request', { code: 'const waited = 1;' }, sign);
    await client.sendShell(...failing.frames);
    await client.sendShell(...waiting.frames);
    expect((await endOf(waiting.id)).reply.status).toBe('aborted');
    expect(await toldOf('waited + 1')).toContain('waited is declared in a cell that was not run');
  });

  it.each([
    ['!ls -la', 'execSync("ls -la", { encoding'],
    ['%pip install zod', 'npm install zod'],
    ['!npm install left', 'npm install left'],
    ['%%time\nfor (let i = 0; i < 3; i += 1);', 'console.time('],
    ['%matplotlib inline', 'no such commands'],
  ])('is what to write in the place of a command of Python’s: %s', async (code, advice) => {
    expect(await toldOf(code)).toContain(advice);
  });

  it('leaves a cell alone that only looks like one', async () => {
    expect((await run('const done = true;\n!done')).reply.status).toBe('ok');
    expect((await run('const rest = 7\n% 4;\nrest')).told.at(-1)).toMatchObject({
      data: { 'text/plain': '3' },
    });
  });

  it('knows of what a cell uses whether the cell that declares it ended well', async () => {
    const unfinished = "JSON.stringify(globalThis[Symbol.for('typescript-kernel.cells')].unfinished())";
    const check = `const judged = mine;\n${unfinished}`;
    const outOf = async (code: string) => (await run(code)).told.at(-1);
    await run('const mine = 1;');
    expect(await outOf(check)).toMatchObject({ data: { 'text/plain': '[]' } });
    const count = (await run('const mine: number = "two";')).reply.execution_count;
    const said = JSON.stringify([{ name: 'mine', cell: count }]);
    expect(await outOf(check)).toMatchObject({ data: { 'text/plain': said } });
    await run('const mine = 2;');
    expect(await outOf(check)).toMatchObject({ data: { 'text/plain': '[]' } });
  });

  it('explains that a cell cannot end the kernel', async () => {
    expect(await toldOf('process.exit(3);')).toContain('Kernel > Restart Kernel');
    expect(await toldOf('process.abort();')).toContain('Kernel > Restart Kernel');
    expect((await run('1')).reply.status).toBe('ok');
  });

  it('gives child processes the Node that cells run on', async () => {
    const { printed } = await run(
      'console.log(require("node:child_process").execSync("node --version", { encoding: "utf8" }).trim() === process.version);',
    );
    expect(printed).toBe('true\n');
  });
});

describe('the keyboard', { timeout: toStart }, () => {
  /** Runs a cell that asks, and types these lines. */
  async function typing(code: string, ...lines: readonly string[]) {
    const { id, frames } = request('execute_request', { code, allow_stdin: true }, sign);
    await client.sendShell(...frames);
    const prompts: unknown[] = [];
    for (const [index, line] of lines.entries()) {
      const isQuestion = ({ channel, parent }: Received) => channel === 'stdin' && parent.msg_id === id;
      await client.receive(() => client.received.filter(isQuestion).length > index);
      prompts.push(client.received.filter(isQuestion)[index]?.content.prompt);
      await client.sendStdin(...request('input_reply', { value: line }, sign).frames);
    }
    return { prompts, ...(await endOf(id)) };
  }

  it('is asked by prompt, which waits as in a browser', async () => {
    const { prompts, printed, reply } = await typing(
      'const name: string | null = prompt("Your name?");\nconst city = prompt("City?", "Toronto");\nconsole.log(name, city);',
      'Ada',
      '',
    );
    expect(reply.status).toBe('ok');
    expect([prompts, printed]).toEqual([['Your name?', 'City?'], 'Ada Toronto\n']);
  });

  it('does not take a line that is not signed', async () => {
    const { id, frames } = request(
      'execute_request',
      { code: 'console.log(prompt("?"))', allow_stdin: true },
      sign,
    );
    await client.sendShell(...frames);
    await client.receive(({ channel, parent }) => channel === 'stdin' && parent.msg_id === id);
    await client.sendStdin(...request('input_reply', { value: 'forged' }, () => '0'.repeat(64)).frames);
    await client.sendStdin(...request('input_reply', { value: 'typed' }, sign).frames);
    expect((await endOf(id)).printed).toBe('typed\n');
  });

  it('is asked by the questions of readline', async () => {
    const { prompts, printed } = await typing(
      [
        'import { createInterface } from "node:readline/promises";',
        'const lines = createInterface({ input: process.stdin, output: process.stdout });',
        'const one = await lines.question("One? ");',
        'const two = await lines.question("Two? ");',
        'await new Promise((done) => setTimeout(done, 200));',
        'lines.close();',
        'console.log(one + two);',
      ].join('\n'),
      'a',
      'b',
    );
    expect([prompts, printed]).toEqual([['One? ', 'Two? '], 'ab\n']);
  });

  it('is asked by a question with a callback', async () => {
    const { printed } = await typing(
      [
        'import { createInterface as open } from "node:readline";',
        'const reader = open({ input: process.stdin });',
        'await new Promise<void>((done) => reader.question("Q", (answer) => { console.log(answer); reader.close(); done(); }));',
      ].join('\n'),
      'here',
    );
    expect(printed).toBe('here\n');
  });

  it('is read line by line', async () => {
    const { printed } = await typing(
      [
        'import { createInterface as openLines } from "node:readline";',
        'for await (const line of openLines({ input: process.stdin })) { if (line === "end") break; console.log("<" + line + ">"); }',
      ].join('\n'),
      'one',
      'two',
      'end',
    );
    expect(printed).toBe('<one>\n<two>\n');
  });

  it.each([
    'prompt("?")',
    'await (await import("node:readline/promises")).createInterface({ input: process.stdin }).question("?")',
  ])('says so where nobody can type, and waits for nobody: %s', async (code) => {
    const { reply } = await run(code, { allow_stdin: false });
    expect(reply).toMatchObject({ status: 'error', evalue: expect.stringContaining('Nobody can type') });
  });

  it('is let go by the stop button', async () => {
    const { id, frames } = request('execute_request', { code: 'prompt("?")', allow_stdin: true }, sign);
    await client.sendShell(...frames);
    await client.receive(({ channel, parent }) => channel === 'stdin' && parent.msg_id === id);
    kernel.process.kill('SIGINT');
    expect((await endOf(id)).reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect((await typing('console.log(prompt("again?"))', 'yes')).printed).toBe('yes\n');
  });
});

describe('the end', { timeout: toStart }, () => {
  it.each([true, false])('is told to everybody, with whether it is a restart: %s', async (restart) => {
    const other = await startRawKernel();
    const its = signer(other.connection);
    const watcher = connectRawClient(other.connection);
    await untilConnected(watcher, its);
    const exit = once(other.process, 'exit');
    const { id, frames } = request('shutdown_request', { restart }, its);
    await watcher.sendControl(...frames);
    for (const channel of ['control', 'iopub'] as const) {
      const isReply = (message: Received) =>
        message.channel === channel && message.header.msg_type === 'shutdown_reply';
      const { content, parent } = await watcher.receive(isReply);
      expect([content, parent.msg_id]).toEqual([{ status: 'ok', restart }, id]);
    }
    expect(await exit).toEqual([0, null]);
    watcher.close();
    await other.close();
  });
});
