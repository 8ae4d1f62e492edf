import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/command.ts';
import { faultNames } from '../../src/faults/fault.ts';

const printed = (...args: string[]) => {
  const wish = readArguments(args);
  return 'print' in wish ? wish.print : '';
};

describe('the arguments of the command', () => {
  it.each([
    [['--prot', '8790'], "Unknown option '--prot'"],
    [['8790'], "Unexpected argument '8790'"],
    [['--port'], "Option '--port <value>' argument missing. Use --help to see what can be given."],
    [
      ['--port', 'http'],
      '--port http is not a port. Give a number from 0 to 65535, or leave it out for a free one.',
    ],
    [['--port', '70000'], '--port 70000 is not a port.'],
    [['--lab', '--today'], '--lab and --today exclude each other. Give one of them.'],
    [['--date', '2025-01-01'], '--date only goes with --today. Add --today or leave --date out.'],
    [['--upstream', 'http://x'], '--upstream only goes with --record. Add --record or leave --upstream out.'],
    [['--record', 'a', '--replay', 'b'], '--record and --replay exclude each other. Give one of them.'],
    [['--record', 'a', '--upstream', 'x'], '--upstream x is not a URL. Write it as http://127.0.0.1:8790.'],
    [['--fault', 'unheard-of'], 'There is no fault "unheard-of".'],
    [['--auth', 'basic'], '--auth basic is not a way to sign. Give sigv4 or bearer.'],
    [
      ['--auth', 'sigv4', '--access-key', 'ID'],
      '--access-key is a key id and its secret, written ID:SECRET.',
    ],
    [['--access', 'amazon.nova-lite-v1:0'], 'is not MODEL=STATE with a state of use-case-form'],
    [['--inference-profile', 'x'], '--inference-profile x is not ID=MODEL.'],
    [['--s3', 'a', '--record', 'b'], '--s3 and --record exclude each other. Give one of them.'],
    [['--batch-quota', 'minimumRecords=1'], '--batch-quota only goes with --s3.'],
    [['--s3', 'a', '--batch-quota', 'records=1'], 'There is no batch quota named records.'],
    [
      ['--s3', 'a', '--batch-quota', 'minimumRecords'],
      'The batch quota minimumRecords is a whole number from 1 on',
    ],
    [['--today', '--date', '1.1.2025'], '--date 1.1.2025 is not a day. Write it as 2026-11-23.'],
  ])('%j are answered in a sentence', (args, sentence) => {
    const wish = readArguments(args);
    expect('wrong' in wish && wish.wrong).toContain(sentence);
    expect('wrong' in wish && wish.wrong).not.toContain('\n');
  });

  it('mean the lab and a free port when there are none', () => {
    expect(readArguments([])).toEqual({ start: { era: 'lab' }, quiet: false });
  });

  it('are read whole', () => {
    expect(
      readArguments([
        ...['--port', '0', '--host', '::1', '--region', 'eu-west-1', '--today', '--date', '2026-11-23'],
        ...['--access', 'amazon.nova-micro-v1:0=iam', '--fault', 'html', '--fault', 'empty:times=2'],
        ...['--auth', 'sigv4', '--access-key', 'A:B', '--access-key', 'C:D:E:F'],
        ...['--inference-profile', 'team=us.amazon.nova-micro-v1:0'],
        ...['--replay', 'folder', '--volatile', 'id', '--quiet', '--journal', 'file'],
      ]),
    ).toEqual({
      start: {
        port: 0,
        host: '::1',
        region: 'eu-west-1',
        era: 'today',
        today: '2026-11-23',
        access: { 'amazon.nova-micro-v1:0': 'iam' },
        inferenceProfiles: { team: 'us.amazon.nova-micro-v1:0' },
        faults: ['html', 'empty:times=2'],
        auth: {
          scheme: 'sigv4',
          accessKeys: [
            { accessKeyId: 'A', secretAccessKey: 'B' },
            { accessKeyId: 'C', secretAccessKey: 'D', sessionToken: 'E:F' },
          ],
        },
        replay: { directory: 'folder', volatile: ['id'] },
      },
      quiet: true,
      journal: 'file',
    });
  });

  it('set quotas of batch jobs', () => {
    expect(readArguments(['--s3', 'dir', '--batch-quota', 'minimumRecords=1'])).toMatchObject({
      start: { s3: 'dir', batch: { minimumRecords: 1, maximumRecords: 50_000 } },
    });
  });

  it.each([
    [['--model'], {}],
    [['--model', '--model-name', 'm', '--model-key', 'k'], { name: 'm', apiKey: 'k' }],
    [['--model', 'http://localhost:1234/v1', '--quiet'], { source: 'http://localhost:1234/v1' }],
    [['--model=a b.gguf', '--embedding-model', 'e.gguf'], { source: 'a b.gguf', embedding: 'e.gguf' }],
    [['--model', 'folder/small.GGUF'], { source: 'folder/small.GGUF' }],
  ])('name a model: %j', (args, model) => {
    expect(readArguments(args)).toMatchObject({ start: { model } });
  });

  it.each([
    [['--model', '--backend', 'http://x/v1'], '--model and --backend exclude each other'],
    [['--replay', 'folder', '--model'], '--replay and --model exclude each other'],
    [['--model-name', 'm'], '--model-name only goes with --model'],
    [['--model', 'qwen'], "Unexpected argument 'qwen'"],
  ])('are refused where a model is none, or one too many: %j', (args, wrong) => {
    expect(readArguments(args)).toMatchObject({ wrong: expect.stringContaining(wrong) });
  });

  it('leave secrets to the environment, where no list of processes shows them', () => {
    const environment = {
      LOCAL_BEDROCK_MODEL_KEY: 'model',
      LOCAL_BEDROCK_BACKEND_KEY: 'backend',
      LOCAL_BEDROCK_ACCESS_KEY: 'A:B C:D:E',
      LOCAL_BEDROCK_API_KEY: 'one\ntwo\n',
    };
    const startOf = (...args: string[]) => readArguments(args, environment);
    expect(startOf()).toEqual({ start: { era: 'lab' }, quiet: false });
    expect(startOf('--model', 'http://x/v1')).toMatchObject({ start: { model: { apiKey: 'model' } } });
    expect(startOf('--backend', 'http://x/v1')).toMatchObject({ start: { backend: { apiKey: 'backend' } } });
    const auth = {
      accessKeys: [
        { accessKeyId: 'A', secretAccessKey: 'B' },
        { accessKeyId: 'C', secretAccessKey: 'D', sessionToken: 'E' },
      ],
      apiKeys: ['one', 'two'],
    };
    expect(startOf('--auth', 'sigv4')).toMatchObject({ start: { auth: { scheme: 'sigv4', ...auth } } });
    expect(startOf('--auth', 'bearer', '--api-key', 'three')).toMatchObject({
      start: { auth: { scheme: 'bearer', apiKeys: ['three'] } },
    });
    expect(readArguments(['--auth', 'sigv4'], { LOCAL_BEDROCK_ACCESS_KEY: 'ID' })).toEqual({
      wrong: expect.stringContaining(
        'LOCAL_BEDROCK_ACCESS_KEY is a key id and its secret, written ID:SECRET.',
      ),
    });
    for (const name of Object.keys(environment)) expect(printed('--help')).toContain(name);
  });

  it('are all explained', () => {
    const help = printed('--help');
    const flags =
      'port host region lab today date inference-profile access model model-name model-key embedding-model backend backend-model backend-key record upstream replay volatile s3 batch-quota auth access-key api-key fault log quiet journal help';
    for (const flag of flags.split(' ')) expect(help).toContain(`\n  --${flag} `);
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(115);
  });

  it('list the faults', () => {
    for (const name of faultNames) expect(printed('--fault', 'help')).toContain(`\n  ${name} `);
  });
});
