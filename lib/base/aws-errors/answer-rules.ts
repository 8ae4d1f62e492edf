import type { ErrorFacts } from './facts.ts';
import type { ErrorRule } from './rule.ts';

const between = 'a proxy, a VPN, a login page or a load balancer';

/**
 * What came back is no answer of Bedrock, or not a whole one. Its HTTP status is all that can be gone by: a page in
 * HTML is not what AWS says.
 */
export const answerRules: readonly ErrorRule[] = [
  {
    kind: 'stream-cut',
    matches: (facts) => facts.unreadable?.kind === 'damaged' && /stream/.test(facts.message),
    hint: () =>
      'Something between this computer and Bedrock may have changed the answer on its way. Call again.',
    retryable: true,
  },
  {
    kind: 'throttled',
    matches: unreadableWith((status) => status === 429),
    hint: (_, facts) => `Whoever answered (${who(facts)}) asks to slow down. Wait, then call again.`,
    retryable: true,
  },
  {
    kind: 'overloaded',
    matches: unreadableWith((status) => status >= 500),
    hint: (_, facts) =>
      `Bedrock, or what stands in between (${who(facts)}), could not answer just now. Call again in a moment; if it stays, look there.`,
    retryable: true,
  },
  {
    kind: 'network',
    matches: unreadableWith((status) => status === 407),
    hint: () =>
      'A proxy asks for a password. The client reads no proxy settings: ask whoever runs the network for a way to Bedrock.',
  },
  {
    kind: 'too-long',
    matches: unreadableWith((status) => status === 413),
    hint: () =>
      `The request is larger than ${between} lets through. Send fewer or smaller pictures and documents, or shorten it.`,
  },
  {
    kind: 'response',
    matches: ({ unreadable }) => unreadable?.kind === 'damaged',
    hint: () =>
      'It was not a whole answer: the connection may have been cut, or something in between has changed it. It may have been billed. Call again.',
  },
  {
    kind: 'response',
    matches: ({ unreadable }) => unreadable?.kind === 'foreign',
    hint: () =>
      `The answer was not from Bedrock: often ${between} answers in its place. Check the network and AWS_ENDPOINT_URL_BEDROCK_RUNTIME.`,
  },
];

function unreadableWith(fits: (status: number) => boolean) {
  return ({ unreadable, status }: ErrorFacts) => unreadable !== undefined && fits(status ?? 0);
}

function who({ unreadable }: ErrorFacts): string {
  return unreadable?.sender ?? between;
}
