import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { alternation, haiku, novaMicro, sum, useEndpoint, weather } from './endpoint.ts';
import { python } from './install.ts';

const endpoint = useEndpoint({ auth: { scheme: 'sigv4' } });
const run = promisify(execFile);

async function boto3(name: string, model = haiku): Promise<Record<string, unknown>> {
  const script = join(import.meta.dirname, 'python', 'boto3_cases.py');
  const { stdout } = await run(python, [script, name, endpoint().url, model], { timeout: 50_000 });
  return JSON.parse(stdout);
}

describe('boto3', () => {
  it('answers a question', async () => {
    expect(await boto3('text')).toEqual({ text: sum.answer, stopReason: 'end_turn', total: true });
  });

  it('streams the same answer', async () => {
    expect(await boto3('stream')).toEqual({ text: sum.answer, last: 'metadata' });
  });

  it('streams InvokeModel without any content type', async () => {
    expect(await boto3('invoke')).toEqual({
      first: 'message_start',
      metrics: expect.arrayContaining(['firstByteLatency', 'inputTokenCount', 'outputTokenCount']),
    });
  });

  it('has a tool called', async () => {
    expect(await boto3('tool')).toEqual({ stopReason: 'tool_use', name: weather.name, input: weather.input });
  });

  it('is refused with the code and text of the service', async () => {
    expect(await boto3('refusal', novaMicro)).toEqual({ code: 'ValidationException', message: alternation });
  });

  it('throws on an exception in the middle of a stream', async () => {
    endpoint().fault('ThrottlingException:after=2', { times: 1 });
    expect(await boto3('fault')).toMatchObject({
      code: 'throttlingException',
      message: expect.stringContaining('Too many'),
    });
  });
});
