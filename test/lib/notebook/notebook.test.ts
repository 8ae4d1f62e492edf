import {
  allowNoAnswer,
  allowRefusal,
  checkExercise,
  createClient,
  expectError,
  invokeText,
  LibError,
  preflight,
  show,
  showTable,
} from 'lib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkEnvironment } from '../../../lib/notebook/preflight.ts';
import { tableHtml, tableText } from '../../../lib/notebook/table.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';

const today = useLocalBedrock('today');
let printed: string[] = [];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('show', () => {
  it('prints every level, and strings as they are', () => {
    show({ a: { b: { c: { d: { e: 'deep' } } } } });
    show('two\nlines');
    expect(printed[0]).toContain("e: 'deep'");
    expect(printed[1]).toBe('two\nlines');
  });
});

describe('tables', () => {
  const rows = [
    { model: '<b>&"', tokens: 12, text: 'one\n  two' },
    { model: 'b', tokens: undefined, text: 'x', extra: 1 },
  ];

  it('sets data in a fixed font, and no other text', () => {
    const cells = ['{\n  "a": 1\n}', "{ a: 'b' }", '[{ "a": 1 }]', '[test] says so', 'text { a }', '[1]'];
    const html = tableHtml(cells.map((cell) => ({ cell })));
    expect(html.match(/<code [^>]*>/g)).toHaveLength(3);
    expect(html).toContain('>{<br>&nbsp;&nbsp;&quot;a&quot;: 1<br>}</code>');
  });

  it('are escaped HTML with headings, and keep breaks and indentation', () => {
    expect(tableHtml(rows, { caption: 'A & B' })).toBe(
      '<table><caption style="text-align:left">A &amp; B</caption><thead><tr>' +
        '<th scope="col" style="vertical-align:top;text-align:left">model</th><th scope="col" style="vertical-align:top;text-align:right">tokens</th>' +
        '<th scope="col" style="vertical-align:top;text-align:left">text</th><th scope="col" style="vertical-align:top;text-align:right">extra</th></tr></thead><tbody>\n' +
        '<tr><td style="white-space:nowrap;vertical-align:top;text-align:left">&lt;b&gt;&amp;&quot;</td><td style="white-space:nowrap;vertical-align:top;text-align:right">12</td>' +
        '<td style="white-space:nowrap;vertical-align:top;text-align:left">one<br>&nbsp;&nbsp;two</td><td style="white-space:nowrap;vertical-align:top;text-align:right">–</td></tr>\n' +
        '<tr><td style="white-space:nowrap;vertical-align:top;text-align:left">b</td><td style="white-space:nowrap;vertical-align:top;text-align:right">–</td>' +
        '<td style="white-space:nowrap;vertical-align:top;text-align:left">x</td><td style="white-space:nowrap;vertical-align:top;text-align:right">1</td></tr>\n</tbody></table>',
    );
  });

  it('are plain text outside a notebook', () => {
    showTable(
      [
        { a: 'x', b: 1 },
        { a: 'long', b: 22 },
      ],
      { caption: 'T' },
    );
    expect(printed).toEqual(['T\na     b\nx     1\nlong  22']);
    expect(tableText([])).toBe('');
  });
});

describe('expectError', () => {
  it('prints the error with its next step', async () => {
    const broken = () => {
      throw new LibError('It broke', { kind: 'request', hint: 'Mend it.' });
    };
    await expectError('request', broken);
    expect(printed).toEqual(['LibError: It broke\n  next step: Mend it.']);
  });

  it('throws what is not the lesson’s error', async () => {
    const mistake = new TypeError('x is not a function');
    await expect(expectError('request', () => Promise.reject(mistake))).rejects.toBe(mistake);
    const stopped = new LibError('Stopped', { kind: 'aborted', hint: '' });
    await expect(expectError('request', () => Promise.reject(stopped))).rejects.toBe(stopped);
    expect(printed).toEqual([]);
  });

  it('throws when nothing failed', async () => {
    await expect(expectError('request', () => 'fine')).rejects.toThrow('nothing failed');
  });

  it('says so where it depends on the words of a model, which may have done well', async () => {
    for (const kind of ['answer', 'aborted'] as const) await expectError(kind, () => 'fine');
    expect(printed).toHaveLength(2);
    expect(printed.join()).toContain('nothing failed');
    const mistake = new TypeError('x is not a function');
    await expect(expectError('answer', () => Promise.reject(mistake))).rejects.toBe(mistake);
  });
});

describe('allowNoAnswer', () => {
  it('prints what the model did not do, and goes on; what is a mistake is thrown', async () => {
    expect(await allowNoAnswer(async () => 7)).toBe(7);
    const off = new LibError('The answer is not on the list', { kind: 'answer', hint: 'Ask again.' });
    expect(await allowNoAnswer(() => Promise.reject(off))).toBeUndefined();
    expect(printed.join()).toMatch(/not on the list[\s\S]*Ask again/);
    const mistake = new TypeError('x is not a function');
    await expect(allowNoAnswer(() => Promise.reject(mistake))).rejects.toBe(mistake);
  });
});

describe('allowRefusal', () => {
  it('prints a refusal that is nobody’s mistake, and goes on', async () => {
    const client = createClient(clientFor(today().url));
    const modelId = 'amazon.titan-text-express-v1';
    expect(await allowRefusal(modelId, () => invokeText(client, modelId, 'Hello'))).toBeUndefined();
    expect(printed.join()).toContain('reached the end of its life');
    expect(printed.join()).toContain('amazon.nova-micro-v1:0');
  });

  it('gives the value when there is one, and throws what is a mistake', async () => {
    expect(await allowRefusal('x', async () => 7)).toBe(7);
    const mistake = new TypeError('x is not a function');
    await expect(allowRefusal('x', () => Promise.reject(mistake))).rejects.toBe(mistake);
  });
});

describe('checkExercise', () => {
  it('judges no older answer where the cell of the new one did not end well', async () => {
    const cells = { unfinished: () => [{ name: 'answer', cell: 7 }, { name: 'helper' }] };
    vi.stubGlobal(Symbol.for('typescript-kernel.cells') as unknown as string, cells);
    const test = vi.fn(() => true);
    await checkExercise('Exercise 7', [{ what: 'a', test, hints: [] }]);
    vi.unstubAllGlobals();
    expect(test).not.toHaveBeenCalled();
    expect(printed).toEqual([
      '[not checked] answer is declared in cell [7], which did not end well.',
      '[not checked] helper is declared in a cell that was not run.',
      'Exercise 7: not checked. Put that cell right, run it, and check again.',
    ]);
  });

  it('says what is done and what an answer does instead, and from the second time on gives one more hint', async () => {
    const requirements = [
      { what: 'a', test: () => true, hints: ['never shown'] },
      { what: 'b', test: async () => false, hints: ['first', 'second'] },
      {
        what: 'c',
        test: () => {
          throw new Error('not written yet');
        },
        hints: [],
      },
      { what: 'd', test: () => 'It gives 3.', hints: ['count again'] },
    ];
    await checkExercise('Exercise 9', requirements);
    expect(printed).toEqual([
      '[done]    a',
      '[not yet] b',
      '[not yet] c',
      '            Error: not written yet',
      '[not yet] d',
      '            It gives 3.',
      'Exercise 9: 3 to go. Change the cell above, run it, and check again. From the second check on there are hints.',
    ]);
    const hintsOfRun = async () => {
      printed = [];
      await checkExercise('Exercise 9', requirements);
      return printed.flatMap((line) => /hint: (.*)/.exec(line)?.[1] ?? []);
    };
    expect(await hintsOfRun()).toEqual(['first', 'count again']);
    expect(await hintsOfRun()).toEqual(['first', 'second', 'count again']);
    expect(printed.at(-1)).toBe('Exercise 9: 3 to go. Change the cell above, run it, and check again.');
    printed = [];
    const refused = () => {
      throw new LibError('It broke', { kind: 'request', hint: 'Mend it.' });
    };
    await checkExercise('Exercise 8', [{ what: 'a', test: refused, hints: [] }]);
    expect(printed[1]).toBe('            LibError: It broke\n            next step: Mend it.');
    await checkExercise('Exercise 9', [{ what: 'a', test: () => true, hints: [] }]);
    expect(printed.at(-1)).toBe('Exercise 9: all done.');
  });

  it('skips what a model on this machine did not answer: no code of the learner is wrong', async () => {
    const noLabel = () =>
      Promise.reject(new LibError('No label', { kind: 'answer', hint: 'Describe them.' }));
    const unlike = () => Promise.reject(new LibError('No labels', { kind: 'request', hint: 'Give some.' }));
    const check = () =>
      checkExercise('Exercise 6', [
        { what: 'a', test: noLabel, hints: [] },
        { what: 'b', test: unlike, hints: [] },
      ]);
    const marks = () => printed.flatMap((line) => /^\[.*/.exec(line) ?? []);
    await check();
    expect(marks()).toEqual(['[not yet] a', '[not yet] b']);
    printed = [];
    vi.stubEnv('LOCAL_BEDROCK_WORDS', 'small');
    await check();
    expect(marks()).toEqual(['[skipped] a', '[not yet] b']);
    expect(printed[1]).toBe(
      '            No label. A larger model, or TypeScript (local Bedrock), can check this.',
    );
    expect(printed.at(-1)).toContain('1 to go');
  });
});

describe('preflight', () => {
  it('shows the endpoint, the region and each model, and calls no model', async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('LOCAL_BEDROCK_ERA', 'today');
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK', today().url);
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', today().url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const report = await checkEnvironment(['amazon.titan-text-express-v1', 'amazon.nova-micro-v1:0', 'x.y']);
    expect(report.problems).toEqual([expect.stringContaining('The provided model identifier is invalid.')]);
    expect(report.environment).toContainEqual({ what: 'Region', here: 'us-east-1', note: 'from AWS_REGION' });
    expect(report.models).toEqual([
      {
        model: 'Titan Text G1 - Express',
        id: 'amazon.titan-text-express-v1',
        status: 'retired',
        'use here': 'amazon.nova-micro-v1:0',
      },
      {
        model: 'Nova Micro',
        id: 'amazon.nova-micro-v1:0',
        status: 'available',
        'use here': 'amazon.nova-micro-v1:0',
      },
      { model: 'x.y', id: 'x.y', status: 'not offered here', 'use here': 'x.y' },
    ]);
    await preflight(['amazon.nova-micro-v1:0']);
    expect(printed.at(-1)).toBe('Ready.');
  });

  it.each([
    ['us-east-1', 'amazon.nova-micro-v1:0', 'On-demand', 'Amazon Nova Micro'],
    ['us-east-1', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'Cross-region', 'Anthropic Claude Haiku 4.5'],
    [
      'us-east-1',
      'global.anthropic.claude-haiku-4-5-20251001-v1:0',
      'Global cross-region',
      'Anthropic Claude Haiku 4.5',
    ],
  ])('on AWS in %s names the quota to look up for %s', async (region, id, scope, model) => {
    vi.stubEnv('AWS_REGION', region);
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK', today().url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    for (const name of ['LOCAL_BEDROCK_ERA', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME']) vi.stubEnv(name, undefined);
    const rows = async (ids: string[]) =>
      (await checkEnvironment(ids)).environment.filter(({ what }) => what === 'Quota');
    expect(await rows([id])).toEqual([
      {
        what: 'Quota',
        here: 'not asked',
        note: expect.stringContaining(`"${scope} model inference tokens per minute for ${model}"`),
      },
    ]);
    // No quota that anybody has: what is no model, and any model on another endpoint than AWS's.
    expect(await rows(['x.y'])).toEqual([]);
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', today().url);
    expect(await rows([id])).toEqual([]);
  });

  it('is not ready when the endpoint cannot be reached', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK', 'http://127.0.0.1:1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    vi.stubEnv('LOCAL_BEDROCK_ERA', 'lab');
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', undefined);
    const report = await checkEnvironment(['amazon.nova-micro-v1:0']);
    expect(report.problems).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(report.models[0]?.status).toContain('by its dates');
    expect(report.environment).toContainEqual({
      what: 'Endpoint',
      here: 'Amazon Bedrock',
      note: 'calls cost money',
    });
    expect(JSON.stringify(report.environment)).not.toContain('placeholders');
  });

  it('says what to do without credentials', async () => {
    for (const name of [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_PROFILE',
      'LOCAL_BEDROCK_ERA',
      'AWS_BEARER_TOKEN_BEDROCK',
    ]) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await preflight(['amazon.nova-micro-v1:0']);
    expect(printed.join('\n')).toContain('Could not load credentials');
    expect(printed.join('\n')).toContain('TypeScript (local Bedrock)');
    expect(printed.at(-1)).toBe('Put this right, then run this cell again.');
  });
});
