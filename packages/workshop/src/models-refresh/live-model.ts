import type { FoundationModelSummary, InferenceProfileSummary } from '@aws-sdk/client-bedrock';
import type { ListedModel } from 'bedrock-models';
import { askBedrock, type ControlPlane, listModels, listProfiles } from 'lib/access';

/** What Bedrock says of one model in one region, in the catalogue's terms. */
export interface LiveModel {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly givesVectors: boolean;
  readonly startOfLife?: string;
  readonly legacy?: string;
  readonly endOfLife?: string;
  /** Prefixes of the profiles that are listed in the region. */
  readonly profiles: readonly string[];
}

/** What a region has, and which of the catalogue's models it says are past their end. */
export interface LiveRegion {
  readonly region: string;
  readonly models: readonly LiveModel[];
  readonly retired: ReadonlySet<string>;
}

/**
 * Asks Bedrock for all models and profiles of a region, and for each listed model that it did not name.
 *
 * @throws LibError when the lists may not be read
 */
export async function askLive(place: ControlPlane, catalogue: readonly ListedModel[]): Promise<LiveRegion> {
  const [models, profiles] = await Promise.all([listModels(place), listProfiles(place)]);
  const missing = catalogue.filter(({ id }) => !models.has(id));
  const answers = await Promise.all(missing.map(({ id }) => askBedrock(id, place)));
  const retired = missing.filter((_, index) => answers[index]?.state === 'retired').map(({ id }) => id);
  return {
    region: place.region,
    models: [...models.values()].filter(isOfInterest).map((summary) => describe(summary, profiles)),
    retired: new Set(retired),
  };
}

/** Text and vectors; not pictures, speech, or the variants for provisioned throughput, such as `…:0:24k`. */
function isOfInterest({ modelId = '', outputModalities = [] }: FoundationModelSummary): boolean {
  const modalities: readonly string[] = outputModalities;
  return !/:\d+:/.test(modelId) && modalities.some((one) => one === 'TEXT' || one === 'EMBEDDING');
}

function describe(summary: FoundationModelSummary, profiles: readonly InferenceProfileSummary[]): LiveModel {
  const { modelId: id = '', modelName, providerName, outputModalities = [], modelLifecycle } = summary;
  const prefixes = profiles.flatMap(({ inferenceProfileId = '' }) =>
    inferenceProfileId.endsWith(`.${id}`) ? [inferenceProfileId.slice(0, -id.length - 1)] : [],
  );
  return {
    id,
    name: modelName ?? id,
    provider: providerName ?? 'unknown',
    givesVectors: (outputModalities as readonly string[]).includes('EMBEDDING'),
    profiles: prefixes,
    ...day('startOfLife', modelLifecycle?.startOfLifeTime),
    ...day('legacy', modelLifecycle?.legacyTime),
    ...day('endOfLife', modelLifecycle?.endOfLifeTime),
  };
}

function day(name: 'startOfLife' | 'legacy' | 'endOfLife', time: Date | undefined) {
  return time === undefined ? {} : { [name]: time.toISOString().slice(0, 10) };
}
