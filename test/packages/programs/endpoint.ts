import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { createClient } from 'lib';
import { startLocalBedrock } from 'local-bedrock';

/** Runs a program with a client of an endpoint of its own, and ends both. */
export async function withEndpoint(program: (client: BedrockRuntimeClient) => Promise<void>): Promise<void> {
  const endpoint = await startLocalBedrock();
  const client = createClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await program(client);
  } finally {
    client.destroy();
    await endpoint.close();
  }
}
