import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import {
  callableId,
  catalogue,
  currentDay,
  type Feature,
  findModel,
  isOffered,
  isRetired,
  splitModelId,
} from 'bedrock-models';
import { listModels as listOfBedrock } from '../models/ask-bedrock.ts';
import { controlPlaneOf } from '../models/control-plane.ts';

export interface OfferedModel {
  /** The id, inference profile or ARN that is called. */
  readonly id: string;
  /** What the visitor reads. */
  readonly name: string;
}

export interface ModelListOptions {
  readonly client: BedrockRuntimeClient;
  readonly modelId?: string;
  readonly models?: () => Promise<readonly OfferedModel[]>;
  /** Whether the models are to call tools. */
  readonly tools?: unknown;
}

const usualModel = 'amazon.nova-lite-v1:0';

/**
 * The list of models, asked for once, the one that is chosen at first on top. A list that could not be had is asked for
 * again.
 */
export function modelList(options: ModelListOptions): () => Promise<readonly OfferedModel[]> {
  let listed: Promise<readonly OfferedModel[]> | undefined;
  return () =>
    (listed ??= askOnce(options).catch((error: unknown) => {
      listed = undefined;
      throw error;
    }));
}

async function askOnce(options: ModelListOptions): Promise<readonly OfferedModel[]> {
  const { client, modelId, models, tools } = options;
  const found = await (models === undefined ? listModels(client, tools !== undefined) : models());
  const base = splitModelId(modelId ?? usualModel).baseId;
  const same = found.filter(({ id }) => splitModelId(id).baseId === base);
  const others = found.filter((model) => !same.includes(model));
  if (modelId === undefined) return [...same, ...others];
  const name = same[0]?.name ?? findModel(modelId)?.name ?? modelId;
  return [{ id: modelId, name }, ...others];
}

/**
 * The text models that answer in this client's region, and stream as the page does: as Bedrock lists them; by the
 * catalogue's dates where it may not be asked.
 *
 * @param withTools only those that can call tools
 */
export async function listModels(client: BedrockRuntimeClient, withTools = false): Promise<OfferedModel[]> {
  const place = await controlPlaneOf(client);
  const needed: readonly Feature[] = ['converse', 'streaming', ...(withTools ? (['tools'] as const) : [])];
  const listed = await listOfBedrock(place).catch(() => undefined);
  return catalogue
    .filter(({ refuses = [] }) => !needed.some((feature) => refuses.includes(feature)))
    .filter((model) => isOffered(model, place.region))
    .filter((model) => listed?.has(model.id) ?? !isRetired(model, currentDay()))
    .map((model) => ({ id: callableId(model, place.region), name: model.name }));
}
