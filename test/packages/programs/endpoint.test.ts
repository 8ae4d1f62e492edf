import { createClient, invokeText } from 'lib';
import { type LocalBedrock, startLocalBedrock } from 'local-bedrock';
import { afterAll, beforeAll, expect, it } from 'vitest';

let endpoint: LocalBedrock;
beforeAll(async () => {
  endpoint = await startLocalBedrock();
});
afterAll(() => endpoint.close());

it('a program is tested against the local endpoint, a throttled call included', async () => {
  const client = createClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  endpoint.fault('ThrottlingException');
  const { text } = await invokeText(client, 'amazon.nova-lite-v1:0', 'What is 17 + 25?');
  expect(text).toContain('42');
  expect(endpoint.requests()).toHaveLength(2);
});
