import { expect, it } from 'vitest';
import { LibError } from '../../lib/errors.ts';
import { startChat } from '../../lib/web/start-chat.ts';
import { call } from './visitor.ts';

it('a list of models that could not be had is explained, and asked for again', async () => {
  let asked = 0;
  const chat = await startChat({
    models: async () => {
      asked += 1;
      if (asked === 1) throw new LibError('No region', { kind: 'network', hint: 'Set AWS_REGION.' });
      return [{ id: 'one', name: 'One' }];
    },
  });
  try {
    const failed = await call(`${chat.url}models`);
    expect(failed.status).toBe(500);
    expect(failed.headers['content-security-policy']).toContain("default-src 'none'");
    expect(JSON.parse(failed.text)).toEqual({ message: 'No region. Set AWS_REGION.' });
    const listed = await call(`${chat.url}models`);
    expect(JSON.parse(listed.text)).toEqual([{ id: 'one', name: 'One' }]);
    await call(`${chat.url}models`);
    expect(asked).toBe(2);
  } finally {
    await chat.close();
  }
});
