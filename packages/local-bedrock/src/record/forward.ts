import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { algorithm, scopeText, sha256, signatureOf, signingName, signingTime } from '../auth/sigv4.ts';
import type { Reply } from '../http/reply.ts';
import type { RawRequest } from '../http/router.ts';

/** What signs a forwarded request: keys, or an API key. */
export type Signer =
  | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
  | { readonly apiKey: string };

/** The request's headers that mean something to the service; everything else is the connection's or the signature's. */
export function meaningfulHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(content-type|accept|x-amzn-bedrock-.*)$/.test(name)),
  );
}

/**
 * Sends a request on, with its path and body as they came and a signature of its own. Rejects when the other side cannot
 * be reached.
 */
export function forward(
  upstream: URL,
  request: RawRequest,
  signer: Signer,
  region: string,
): Promise<IncomingMessage> {
  const { method, body, signal } = request;
  const path = upstream.pathname.replace(/\/$/, '') + request.url;
  const headers = signed({ ...request, url: path }, upstream.host, signer, region, new Date());
  const send = upstream.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(upstream, { method, path, headers, signal }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function signed(
  { method, url, headers, body }: RawRequest,
  host: string,
  signer: Signer,
  region: string,
  now: Date,
): Record<string, string> {
  const meaningful = { ...meaningfulHeaders(headers), 'content-length': String(body.length) };
  if ('apiKey' in signer) return { ...meaningful, host, authorization: `Bearer ${signer.apiKey}` };
  const time = signingTime(now);
  const { sessionToken } = signer;
  const toSign: Record<string, string> = {
    host,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const signedHeaders = Object.keys(toSign).sort();
  const scope = { day: time.slice(0, 8), region, service: signingName };
  const signature = signatureOf(
    { method, url, headers: toSign, signedHeaders, payloadHash: sha256(body) },
    signer.secretAccessKey,
    scope,
    time,
  );
  const credential = `${signer.accessKeyId}/${scopeText(scope)}`;
  return {
    ...meaningful,
    ...toSign,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
  };
}

/**
 * The caller's own credentials, as the AWS SDK finds them: an API key in `AWS_BEARER_TOKEN_BEDROCK`, else its default
 * chain. The function it gives refreshes credentials that expire.
 */
export async function ownSigner(region: string): Promise<() => Promise<Signer>> {
  const apiKey = process.env.AWS_BEARER_TOKEN_BEDROCK;
  if (apiKey) return async () => ({ apiKey });
  const { BedrockRuntimeClient } = await import('@aws-sdk/client-bedrock-runtime').catch((cause) => {
    const next = 'npm install @aws-sdk/client-bedrock-runtime, or set AWS_BEARER_TOKEN_BEDROCK to an API key';
    throw new Error(`Credentials are found by the AWS SDK, which is not installed here: ${next}.`, { cause });
  });
  const { config } = new BedrockRuntimeClient({ region });
  return () => config.credentials();
}

/** An error of the endpoint's own, under a name that AWS does not have; clients do not retry it. */
export function ownError(status: 400 | 404, name: string, message: string): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': name },
    body: JSON.stringify({ message }),
  };
}
