import { BedrockClient } from '@aws-sdk/client-bedrock';
import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll } from 'vitest';
import { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from '../src/index.ts';

const identity = { credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, region: 'us-east-1' };

/** An endpoint that runs for the tests of one `describe` or file. Read `url` only inside tests. */
export function useEndpoint(options: LocalBedrockOptions = {}): { readonly url: string } {
  let endpoint: LocalBedrock | undefined;
  beforeAll(async () => {
    endpoint = await startLocalBedrock(options);
  });
  afterAll(() => endpoint?.close());
  return {
    get url() {
      if (endpoint === undefined) throw new Error('The endpoint is not started yet.');
      return endpoint.url;
    },
  };
}

/** The SDK as it comes: cleartext HTTP/2 for the runtime. */
export function http2Client(url: string): BedrockRuntimeClient {
  return new BedrockRuntimeClient({ ...identity, endpoint: url });
}

export function http1Client(url: string): BedrockRuntimeClient {
  return new BedrockRuntimeClient({ ...identity, endpoint: url, requestHandler: new NodeHttpHandler() });
}

export function controlClient(url: string): BedrockClient {
  return new BedrockClient({ ...identity, endpoint: url });
}

/** Calls InvokeModel through the SDK and reads the body as JSON. */
export async function invoke(client: BedrockRuntimeClient, modelId: string, body: unknown) {
  const { body: bytes } = await client.send(
    new InvokeModelCommand({
      modelId,
      contentType: 'application/json',
      accept: 'application/json',
      body: JSON.stringify(body),
    }),
  );
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Calls InvokeModel with plain HTTP/1.1, with the id as given and the body as it is. */
export function post(url: string, modelId: string, body: unknown): Promise<Response> {
  return fetch(`${url}/model/${modelId}/invoke`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export const titanLite = 'amazon.titan-text-lite-v1';
export const titanExpress = 'amazon.titan-text-express-v1';
export const titanPremier = 'amazon.titan-text-premier-v1:0';
export const claude2 = 'anthropic.claude-v2';
export const claude3Haiku = 'anthropic.claude-3-haiku-20240307-v1:0';
export const haiku45 = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
export const novaMicro = 'amazon.nova-micro-v1:0';

/** A short question in each family's body. */
export const bodies = {
  titan: (inputText: string, textGenerationConfig?: object) => ({
    inputText,
    ...(textGenerationConfig && { textGenerationConfig }),
  }),
  claudeText: (question: string, rest: object = {}) => ({
    prompt: `\n\nHuman: ${question}\n\nAssistant:`,
    max_tokens_to_sample: 300,
    ...rest,
  }),
  claude: (question: string, rest: object = {}) => ({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 300,
    messages: [{ role: 'user', content: question }],
    ...rest,
  }),
  nova: (question: string, rest: object = {}) => ({
    messages: [{ role: 'user', content: [{ text: question }] }],
    ...rest,
  }),
};
