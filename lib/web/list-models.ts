import type { BedrockClientConfig } from '@aws-sdk/client-bedrock';
import { catalogue } from '../models/catalogue.ts';
import { currentDay, isRetired } from '../models/find.ts';
import { callableId, isOffered } from '../models/profile.ts';
import { chooseRegion } from '../region.ts';

export interface OfferedModel {
  readonly id: string;
  readonly name: string;
}

/** The text models that answer in this region: as Bedrock lists them; by the catalogue's dates where it may not be asked. */
export async function listModels(config: BedrockClientConfig = {}): Promise<OfferedModel[]> {
  const region = typeof config.region === 'string' ? config.region : (await chooseRegion()).region;
  const listed = await askForModels({ ...config, region });
  return catalogue
    .filter((model) => !model.refuses?.includes('converse') && isOffered(model, region))
    .filter((model) => listed?.has(model.id) ?? !isRetired(model, currentDay()))
    .map((model) => ({ id: callableId(model, region), name: model.name }));
}

async function askForModels(config: BedrockClientConfig): Promise<Set<string> | undefined> {
  const { BedrockClient, ListFoundationModelsCommand } = await import('@aws-sdk/client-bedrock');
  const client = new BedrockClient({ maxAttempts: 2, ...config });
  try {
    const command = new ListFoundationModelsCommand({ byOutputModality: 'TEXT' });
    const { modelSummaries = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(5_000) });
    return new Set(modelSummaries.map(({ modelId }) => modelId ?? ''));
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
