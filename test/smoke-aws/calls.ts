import {
  callableId,
  catalogue,
  costOf,
  currentDay,
  embeddingCatalogue,
  isOffered,
  isRetired,
  type ListedModel,
  type Model,
} from 'bedrock-models';
import { buildInvokeBody } from 'lib/invoke';
import { type BatchPlaces, batchCalls, guardedCalls, guardrailCalls } from './account-calls.ts';

/** One request to Bedrock. */
export interface Call {
  readonly name: string;
  readonly service: 'bedrock' | 'bedrock-runtime';
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Here, in the headers and in the body, `{name}` stands for what an earlier call gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The member of the answer that later calls name. */
  readonly gives?: Readonly<Record<string, string>>;
  /** Asked again until a member of the answer has one of these values. */
  readonly until?: { readonly member: string; readonly values: readonly string[] };
  /** Takes away what an earlier call made: sent whatever happens between. */
  readonly cleansUp?: boolean;
  /** The most it can cost, in US dollars. */
  readonly costUsd: number;
  /** The model's own id in the catalogue, where it is a call of one. */
  readonly modelId?: string;
}

const question = 'What is 2 + 2? Answer with the number only.';
const messages = [{ role: 'user', content: [{ text: question }] }];
const maxTokens = 64;

/** The dearest known price of a million tokens: what an unknown price is counted as. */
const dearest = Math.max(
  ...[...catalogue].map(({ price }) => Math.max(price?.inputPerMillion ?? 0, price?.outputPerMillion ?? 0)),
);

/** The most that a request can cost: a token for each two characters of it, and the longest answer. */
function mostOf(model: ListedModel, body: unknown, outputTokens = maxTokens): number {
  const inputTokens = Math.ceil(JSON.stringify(body).length / 2);
  const known = costOf({ inputTokens, outputTokens }, model.id);
  return known ?? ((inputTokens + outputTokens) * dearest) / 1e6;
}

/** The cheapest living model of each family and maker that is called from the region, by its known price. */
export function representatives(region: string, today = currentDay()): readonly Model[] {
  const living = catalogue.filter((model) => isOffered(model, region) && !isRetired(model, today));
  const cheapest = new Map<string, Model>();
  const priceOf = ({ price }: Model) => price?.outputPerMillion ?? Number.POSITIVE_INFINITY;
  for (const model of living) {
    const key = `${model.family} ${model.provider}`;
    const found = cheapest.get(key);
    if (found === undefined || priceOf(model) < priceOf(found)) cheapest.set(key, model);
  }
  return [...cheapest.values()];
}

/**
 * All calls of a run: every operation and living family, whole and streamed, and refusals, which cost nothing. A batch job
 * is made where it has places to read and write.
 */
export function callsFor(region: string, today = currentDay(), places?: BatchPlaces): readonly Call[] {
  const models = representatives(region, today);
  const small = models.find(({ family }) => family === 'nova') ?? models[0];
  const claude = models.find(({ family }) => family === 'claude-messages');
  return [
    ...controlCalls(small),
    ...models.flatMap((model, index) => {
      const calls = callsOf(model, region);
      // Of a family's further makers, what differs by maker: the answers of Converse.
      const isFirst = models.findIndex(({ family }) => family === model.family) === index;
      return isFirst
        ? calls
        : calls.filter(({ name }) => /^Converse(?:Stream)? /.test(name) && !name.includes('a tool'));
    }),
    ...embeddingCalls(region, today),
    ...(small === undefined ? [] : refusals(small, region, today)),
    ...(claude === undefined ? [] : countCalls(claude)),
    ...models.filter(({ family }) => family === 'gpt-oss').flatMap(chatCompletionCalls),
    ...(small === undefined ? [] : accountCalls(small, region, places)),
  ];
}

function accountCalls(small: Model, region: string, places: BatchPlaces | undefined): Call[] {
  const native = (asked: string) => buildInvokeBody(small.family, asked, { maxTokens: 8 });
  return [...guardrailCalls(guardedCalls(callableId(small, region), native)), ...batchCalls(small, places)];
}

function controlCalls(model: Model | undefined): Call[] {
  const get = (name: string, path: string): Call => ({
    name,
    service: 'bedrock',
    method: 'GET',
    path,
    costUsd: 0,
  });
  return [
    get('ListFoundationModels', '/foundation-models'),
    get('ListInferenceProfiles', '/inference-profiles?maxResults=1000'),
    get('GetInferenceProfile of nobody', '/inference-profiles/us.no-such-model'),
    ...(model === undefined
      ? []
      : [
          ...model.profiles
            .slice(0, 1)
            .map((profile) =>
              get('GetInferenceProfile', `/inference-profiles/${profile}.${encodeURIComponent(model.id)}`),
            ),
          get('GetFoundationModel', `/foundation-models/${encodeURIComponent(model.id)}`),
          get(
            'GetFoundationModelAvailability',
            `/foundation-model-availability/${encodeURIComponent(model.id)}`,
          ),
        ]),
    get('GetFoundationModel of nobody', '/foundation-models/no-such-model'),
  ];
}

const weatherQuestion = 'What is the weather in Oslo? Use the tool.';
const weather = {
  name: 'get_weather',
  description: 'The current weather of a city.',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

function callsOf(model: Model, region: string): Call[] {
  const id = callableId(model, region);
  const call = (name: string, operation: string, body: unknown, isFree = false): Call => ({
    name: `${name} ${id}`,
    service: 'bedrock-runtime',
    method: 'POST',
    path: `/model/${encodeURIComponent(id)}/${operation}`,
    body,
    costUsd: isFree ? 0 : mostOf(model, body),
    modelId: model.id,
  });
  const converse = { messages, inferenceConfig: { maxTokens } };
  const { schema, ...named } = weather;
  const withTool = {
    messages: [{ role: 'user', content: [{ text: weatherQuestion }] }],
    inferenceConfig: { maxTokens: 200 },
    toolConfig: { tools: [{ toolSpec: { ...named, inputSchema: { json: schema } } }] },
  };
  const native = buildInvokeBody(model.family, question, { maxTokens });
  const streams = !model.refuses?.includes('streaming');
  const tools = !model.refuses?.includes('tools');
  return [
    call('Converse', 'converse', converse),
    call('InvokeModel', 'invoke', native),
    ...(streams
      ? [
          call('ConverseStream', 'converse-stream', converse),
          call('InvokeModelWithResponseStream', 'invoke-with-response-stream', native),
        ]
      : []),
    ...(tools
      ? [{ ...call('Converse with a tool', 'converse', withTool), costUsd: mostOf(model, withTool, 200) }]
      : []),
  ];
}

/** A short text in each family's body. */
const embeddingBodies = {
  'titan-embed-v1': { inputText: 'Hello' },
  'titan-embed-v2': { inputText: 'Hello' },
  'cohere-embed': { texts: ['Hello'], input_type: 'search_document' },
  'nova-embed': {
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: 'GENERIC_INDEX',
      text: { truncationMode: 'END', value: 'Hello' },
    },
  },
} as const;

function embeddingCalls(region: string, today: string): Call[] {
  return embeddingCatalogue
    .filter((model) => isOffered(model, region) && !isRetired(model, today))
    .map((model) => {
      const id = callableId(model, region);
      const body = embeddingBodies[model.family];
      return {
        name: `InvokeModel ${id}`,
        service: 'bedrock-runtime',
        method: 'POST',
        path: `/model/${encodeURIComponent(id)}/invoke`,
        body,
        costUsd: mostOf(model, body, 0),
        modelId: model.id,
      };
    });
}

/** Requests that the service refuses: they cost nothing, and their texts are what the endpoint promises. */
function refusals(model: Model, region: string, today: string): Call[] {
  const id = callableId(model, region);
  const refused = (name: string, modelId: string, body: object): Call => ({
    name: `Converse: ${name}`,
    service: 'bedrock-runtime',
    method: 'POST',
    path: `/model/${encodeURIComponent(modelId)}/converse`,
    body,
    costUsd: 0,
  });
  const user = (...content: unknown[]) => ({ role: 'user', content });
  const hello = user({ text: 'Hello' });
  const retired = catalogue.find((one) => isRetired(one, today));
  const profileOnly = catalogue.find((one) => one.onDemand === false && !isRetired(one, today));
  return [
    refused('a model of nobody', 'no-such-model', { messages }),
    refused('no messages', id, { messages: [] }),
    refused('a blank text', id, { messages: [user({ text: ' ' })] }),
    refused('an assistant first', id, {
      messages: [{ role: 'assistant', content: [{ text: 'Hello' }] }, hello],
    }),
    refused('no content', id, { messages: [user()] }),
    refused('too long an answer', id, { messages, inferenceConfig: { maxTokens: 10_000_000 } }),
    refused('no tokens', id, { messages, inferenceConfig: { maxTokens: 0 } }),
    refused('a temperature of 3', id, { messages, inferenceConfig: { temperature: 3, maxTokens: 1 } }),
    refused('a result without a call', id, {
      messages: [user({ toolResult: { toolUseId: 'none', content: [{ text: 'x' }] } })],
      toolConfig: { tools: [{ toolSpec: { name: 'x', inputSchema: { json: { type: 'object' } } } }] },
    }),
    refused('a block of two kinds', id, { messages: [user({ text: 'x', image: {} })] }),
    ...(retired === undefined ? [] : [refused('a retired model', retired.id, { messages })]),
    ...(profileOnly === undefined
      ? []
      : [
          refused('a model without its profile', profileOnly.id, {
            messages,
            inferenceConfig: { maxTokens: 1 },
          }),
        ]),
  ];
}

/** OpenAI's Chat Completions: whole, streamed, with a tool, and refused. */
function chatCompletionCalls(model: Model): Call[] {
  const call = (name: string, fields: object, costUsd?: number): Call => {
    const body = {
      model: model.id,
      messages: [{ role: 'user', content: question }],
      max_tokens: 200,
      ...fields,
    };
    return {
      name: `Chat completions${name} ${model.id}`,
      service: 'bedrock-runtime',
      method: 'POST',
      path: '/openai/v1/chat/completions',
      body,
      costUsd: costUsd ?? mostOf(model, body, 200),
      modelId: model.id,
    };
  };
  const { schema: parameters, ...named } = weather;
  const withTool = {
    messages: [{ role: 'user', content: weatherQuestion }],
    tools: [{ type: 'function', function: { ...named, parameters } }],
  };
  const streamed = { stream: true, stream_options: { include_usage: true } };
  return [
    call('', {}),
    call(' streamed', streamed),
    call(' with a tool', withTool),
    call(' with a tool, streamed', { ...withTool, ...streamed }),
    call(' of a model of nobody,', { model: 'no-such-model' }, 0),
    call(' without messages,', { messages: [] }, 0),
    call(' at a temperature of 3,', { temperature: 3, max_tokens: 1 }, 0),
  ];
}

/** Counting is free. It takes the bare id. */
function countCalls(model: Model): Call[] {
  const path = `/model/${encodeURIComponent(model.id)}/count-tokens`;
  const body = { input: { converse: { messages } } };
  return [
    {
      name: `CountTokens ${model.id}`,
      service: 'bedrock-runtime',
      method: 'POST',
      path,
      body,
      costUsd: 0,
      modelId: model.id,
    },
  ];
}
