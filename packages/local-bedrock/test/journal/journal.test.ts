import { describe, expect, it, vi } from 'vitest';
import { type JournalEntry, startLocalBedrock } from '../../src/index.ts';
import { createJournal, type Entry, logLine } from '../../src/journal/journal.ts';
import { bodies, http1Client, http2Client, invoke, novaMicro, post } from '../endpoint.ts';

const entry = (path: string): Entry => ({
  at: Date.UTC(2026, 10, 23, 12),
  requestId: 'id',
  method: 'POST',
  path,
  protocol: 'HTTP/2',
  operation: 'InvokeModel',
});

describe('the journal', () => {
  it('keeps the last 1,000 requests, oldest first', () => {
    const journal = createJournal([]);
    for (let count = 0; count < 2_345; count += 1) journal.open(entry(String(count)));
    const paths = journal.entries().map(({ path }) => Number(path));
    expect(paths).toEqual(Array.from({ length: 1_000 }, (_, index) => 1_345 + index));
    journal.clear();
    expect(journal.entries()).toEqual([]);
  });

  it('parses short bodies only', () => {
    const journal = createJournal([]);
    const long = JSON.stringify({ text: 'x'.repeat(20_000) });
    for (const body of ['{"a":1}', '{', '', long]) journal.open(entry('/')).rawBody = Buffer.from(body);
    expect(journal.entries().map(({ body }) => body)).toEqual([{ a: 1 }, undefined, undefined, undefined]);
  });

  it('does not keep a long body of a request', async () => {
    const endpoint = await startLocalBedrock();
    for (const length of [10, 20_000]) await post(endpoint.url, novaMicro, bodies.nova('x'.repeat(length)));
    expect(endpoint.requests().map(({ body }) => body)).toEqual([bodies.nova('x'.repeat(10)), undefined]);
    await endpoint.close();
  });

  it('tells what was asked and how it was answered, by the time the caller has the answer', async () => {
    const endpoint = await startLocalBedrock();
    const question = bodies.nova('What is 2 + 2?');
    await invoke(http2Client(endpoint.url), novaMicro, question);
    await invoke(http1Client(endpoint.url), 'no-such-model', question).catch(() => {});
    await fetch(`${endpoint.url}/nowhere?x=1`);
    expect(endpoint.requests()).toMatchObject([
      {
        protocol: 'HTTP/2',
        operation: 'InvokeModel',
        modelId: novaMicro,
        body: question,
        status: 200,
        inputTokens: expect.any(Number),
        outputTokens: expect.any(Number),
      },
      { protocol: 'HTTP/1.1', modelId: 'no-such-model', status: 400, error: 'ValidationException' },
      { method: 'GET', path: '/nowhere?x=1', operation: 'UnknownOperation', status: 404 },
    ]);
    await endpoint.close();
  });

  it('is read and cleared by a route, which is not in it', async () => {
    const endpoint = await startLocalBedrock();
    await post(endpoint.url, novaMicro, bodies.nova('2 + 2'));
    const route = `${endpoint.url}/_local-bedrock/requests`;
    const read = async () => ((await (await fetch(route)).json()) as { requests: JournalEntry[] }).requests;
    expect(await read()).toMatchObject([{ operation: 'InvokeModel', status: 200 }]);
    await fetch(route, { method: 'DELETE' });
    expect(await read()).toEqual([]);
    await endpoint.close();
  });

  it('goes on answering when whoever asked for lines fails at one', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const endpoint = await startLocalBedrock({
      log() {
        throw new Error('The disk is full.');
      },
    });
    expect((await post(endpoint.url, novaMicro, bodies.nova('2 + 2'))).status).toBe(200);
    await expect.poll(() => warn.mock.calls).toEqual([[expect.stringContaining('The disk is full.')]]);
    expect((await post(endpoint.url, novaMicro, bodies.nova('2 + 2'))).status).toBe(200);
    warn.mockRestore();
    await endpoint.close();
  });

  it('gives each entry and each line to whoever asks for them', async () => {
    const entries: JournalEntry[] = [];
    const lines: string[] = [];
    const endpoint = await startLocalBedrock({
      journal: (one) => entries.push(one),
      log: (line) => lines.push(line),
    });
    await post(endpoint.url, novaMicro, bodies.nova('2 + 2'));
    await expect.poll(() => entries.length).toBe(1);
    expect(entries[0]?.milliseconds).toEqual(expect.any(Number));
    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d InvokeModel amazon\.nova-micro-v1:0 200 \d+ in \d+ out \d+ ms$/),
    ]);
    await endpoint.close();
  });
});

describe('a log line', () => {
  const { at, ...rest } = entry('/model/x/invoke');
  const base: JournalEntry = { ...rest, time: new Date(at).toISOString(), modelId: 'x' };

  it.each<[Partial<JournalEntry>, string]>([
    [
      { status: 200, inputTokens: 3, outputTokens: 0, milliseconds: 7 },
      '12:00:00 InvokeModel x 200 3 in 0 out 7 ms',
    ],
    [{ status: 400, error: 'ValidationException' }, '12:00:00 InvokeModel x 400 ValidationException'],
    [{ fault: 'stall', ended: 'client left' }, '12:00:00 InvokeModel x no answer fault stall client left'],
    [{ operation: 'UnknownOperation', status: 404, path: '/a?b' }, '12:00:00 POST /a?b x 404'],
    [{ status: 404, modelId: 'a\r\n\u001b[31mb' }, '12:00:00 InvokeModel a[31mb 404'],
  ])('of %j', (change, line) => {
    expect(logLine({ ...base, ...change })).toBe(line);
  });
});
