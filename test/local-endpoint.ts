import { type LocalBedrock, startLocalBedrock } from 'lib/local-bedrock';
import { afterAll, beforeAll } from 'vitest';

/** What a client needs to talk to a local endpoint, and to nothing else. */
export function clientFor(url: string) {
  return {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
}

/** Starts a local endpoint for the tests of one file. The function gives it once the tests run. */
export function useLocalBedrock(era: 'lab' | 'today' = 'lab', region = 'us-east-1'): () => LocalBedrock {
  let endpoint: LocalBedrock | undefined;
  beforeAll(async () => {
    endpoint = await startLocalBedrock({ era, region, today: '2026-11-24' });
  });
  afterAll(() => endpoint?.close());
  return () => {
    if (!endpoint) throw new Error('The endpoint runs only during the tests.');
    return endpoint;
  };
}
