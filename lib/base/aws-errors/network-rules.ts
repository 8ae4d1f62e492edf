import { type ErrorRule, text } from './rule.ts';

/** Nothing came back, or only a part. */
export const networkRules: readonly ErrorRule[] = [
  {
    kind: 'network',
    matches: text(
      /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_HAS_EXPIRED|self[- ]signed certificate|unable to (verify the first|get local issuer) certificate|certificate has expired/,
    ),
    hint: () =>
      "Something between this computer and AWS, often a company's proxy, signs the traffic itself. Name its certificate in NODE_EXTRA_CA_CERTS before the kernel starts.",
  },
  {
    kind: 'network',
    matches: text(/ECONNREFUSED (127\.0\.0\.1|::1|localhost)/),
    hint: () =>
      'The local endpoint is not running. Choose the kernel "TypeScript (local Bedrock)", or start it: npm run -s local-bedrock.',
    retryable: true,
  },
  {
    kind: 'network',
    matches: text(
      /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ERR_HTTP2|EHOSTUNREACH|Truncated event message/,
    ),
    hint: ({ region }) =>
      `The connection to Bedrock failed or broke. The client connects directly and reads no proxy settings: check the network, the VPN, and the spelling of AWS_REGION, which is part of the host name${region ? ` (${region})` : ''}.`,
    retryable: true,
  },
];
