import { catalogue, embeddingCatalogue } from './catalogue.ts';
import type { EmbeddingFamily, EmbeddingModel, ListedModel, Model, ModelFamily } from './model.ts';

const profilePrefix = /^(us-gov|us|eu|apac|jp|au|ca|global)\.(?=[a-z0-9-]+\.)/;
const foundationModelArn = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*::foundation-model\/(.+)$/;
const inferenceProfileArn = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:inference-profile\/(.+)$/;

/** A model id taken apart: the base id, and the geographic prefix of an inference profile if it has one. */
export interface ModelIdParts {
  readonly baseId: string;
  /** `us`, `eu`, `global`, …; absent for a bare id. */
  readonly profile?: string;
}

/**
 * Which model stands behind an id that does not say so: the ARN of an application inference profile, or of a model of
 * one's own. What stands behind it never changes, so the whole process may know it.
 */
const named = new Map([
  // One model under two ids, as in AWS's list of base models.
  ['amazon.titan-embed-g1-text-02', 'amazon.titan-embed-text-v1'],
]);

/**
 * From now on the id is known by the model behind it: its price, its family, what it refuses.
 *
 * @returns whether there is such a model in the catalogue; else nothing has changed
 */
export function nameModel(id: string, pricedAs: string): boolean {
  if (findListedModel(pricedAs) === undefined) return false;
  if (id !== pricedAs) named.set(id, named.get(pricedAs) ?? pricedAs);
  return true;
}

/** Takes an id or an ARN apart. It looks no model up, and knows what `nameModel` was told. */
export function splitModelId(modelId: string): ModelIdParts {
  // Whoever asks without the compiler may ask with anything, and is told that there is no such model.
  const given = String(named.get(modelId) ?? modelId);
  const id = given.startsWith('arn:')
    ? (inferenceProfileArn.exec(given)?.[1] ?? foundationModelArn.exec(given)?.[1] ?? given)
    : given;
  const prefix = profilePrefix.exec(id)?.[1];
  return prefix === undefined ? { baseId: id } : { baseId: id.slice(prefix.length + 1), profile: prefix };
}

/** Whether the id says nothing of the model behind it: an ARN of a profile, an import or an endpoint of one's own. */
export function isOpaque(modelId: string): boolean {
  return splitModelId(modelId).baseId.startsWith('arn:');
}

/** Whether it is a prompt of Prompt management, which brings a model, settings and messages of its own. */
export function isPrompt(modelId: string): boolean {
  return /^arn:[^:]+:bedrock:[^:]*:\d*:prompt\//.test(modelId);
}

/** Each call asks several times what is known of its model. */
const textModels = new Map(catalogue.map((model) => [model.id, model]));

/**
 * The catalogue's entry of a text model for an id, an inference profile id or an ARN of either; `undefined` when not
 * listed.
 */
export function findModel(modelId: string): Model | undefined {
  const { baseId } = splitModelId(modelId);
  return textModels.get(baseId);
}

/** The same for a model that gives vectors. */
export function findEmbeddingModel(modelId: string): EmbeddingModel | undefined {
  const { baseId } = splitModelId(modelId);
  return embeddingCatalogue.find((model) => model.id === baseId);
}

/** The same for a model of either kind. */
export function findListedModel(modelId: string): ListedModel | undefined {
  return findModel(modelId) ?? findEmbeddingModel(modelId);
}

/** Ids that tell their family by themselves, for models that are newer than the catalogue. */
const familiesById: readonly (readonly [RegExp, ModelFamily])[] = [
  [/^anthropic\.claude-(v2|instant)/, 'claude-text'],
  [/^anthropic\.claude-/, 'claude-messages'],
  [/^amazon\.titan-(text|tg1)-/, 'titan-text'],
  [/^amazon\.nova-.*(micro|lite|pro|premier)/, 'nova'],
  [/^meta\.llama\d+-/, 'llama'],
  [/^mistral\.(mistral-7b|mixtral|mistral-(large|small)-2402)/, 'mistral-text'],
  [/^mistral\.(mistral|ministral|magistral|pixtral|devstral|voxtral)-/, 'mistral-chat'],
  [/^cohere\.command-/, 'cohere-command'],
  [/^ai21\.jamba-/, 'jamba'],
  [/^ai21\.j2-/, 'jurassic'],
  [/^openai\.gpt-oss-/, 'gpt-oss'],
  [/^openai\.gpt-\d/, 'qwen'],
  [/^deepseek\./, 'deepseek'],
  [/^(qwen|moonshot|moonshotai|minimax|nvidia|writer|xai|zai)\.|^google\.gemma-/, 'qwen'],
];

/** How the model's InvokeModel body is shaped: by the catalogue, else by its maker's name; else `undefined`. */
export function findFamily(modelId: string): ModelFamily | undefined {
  const { baseId } = splitModelId(modelId);
  return findModel(modelId)?.family ?? familiesById.find(([pattern]) => pattern.test(baseId))?.[1];
}

/** Ids of embedding models that tell their family by themselves. */
const embeddingFamiliesById: readonly (readonly [RegExp, EmbeddingFamily])[] = [
  [/^amazon\.titan-embed-.*(v1|text-02)/, 'titan-embed-v1'],
  [/^amazon\.titan-embed-text-/, 'titan-embed-v2'],
  [/^cohere\.embed-/, 'cohere-embed'],
  [/^amazon\.nova-.*embed/, 'nova-embed'],
];

/** How an embedding model's InvokeModel body is shaped, by the catalogue or by its name; else `undefined`. */
export function findEmbeddingFamily(modelId: string): EmbeddingFamily | undefined {
  const { baseId } = splitModelId(modelId);
  const byId = embeddingFamiliesById.find(([pattern]) => pattern.test(baseId))?.[1];
  return findEmbeddingModel(modelId)?.family ?? byId;
}

/** The current day as YYYY-MM-DD, in UTC, as the catalogue writes its dates. */
export function currentDay(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Whether AWS has retired the model by `today` (YYYY-MM-DD): from the end-of-life day on, calls get a 404. */
export function isRetired(model: ListedModel, today: string): boolean {
  return model.endOfLife !== undefined && model.endOfLife <= today;
}
