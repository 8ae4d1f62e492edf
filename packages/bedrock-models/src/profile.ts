import type { ListedModel } from './model.ts';

/** Prefixes of system inference profiles, the nearest geography first, by the region a call is made from. */
const geographies: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^us-gov-/, ['us-gov']],
  [/^us-/, ['us', 'global']],
  [/^ca-/, ['ca', 'us', 'global']],
  [/^eu-/, ['eu', 'global']],
  [/^ap-northeast-[13]$/, ['jp', 'apac', 'global']],
  [/^ap-southeast-[246]$/, ['au', 'apac', 'global']],
  [/^ap-/, ['apac', 'global']],
  [/^(sa|af|me|il|mx)-/, ['global']],
];

/**
 * The inference profile's prefix by which the model is called from this region, the nearest first; `undefined` when
 * the catalogue knows none, as in China's and Europe's separate partitions. Pure.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function profileFor(model: ListedModel, region: string): string | undefined {
  return nearestGeography(model.profiles, region);
}

/** Of these prefixes the one that serves the region and keeps data nearest to it. Pure. */
export function nearestGeography(prefixes: readonly string[], region: string): string | undefined {
  const nearest = geographies.find(([pattern]) => pattern.test(region))?.[1] ?? [];
  return nearest.find((prefix) => prefixes.includes(prefix));
}

/** Whether the bare id answers in this region, by the catalogue. Pure. */
export function isOnDemand(model: ListedModel, region: string): boolean {
  return typeof model.onDemand === 'boolean' ? model.onDemand : model.onDemand.includes(region);
}

/** Whether the model can be called from this region at all, by the catalogue. Pure. */
export function isOffered(model: ListedModel, region: string): boolean {
  return isOnDemand(model, region) || profileFor(model, region) !== undefined;
}

/** The id by which the model is called from this region: bare, or with a profile's prefix. Pure. */
export function callableId(model: ListedModel, region: string): string {
  if (isOnDemand(model, region)) return model.id;
  const prefix = profileFor(model, region);
  return prefix === undefined ? model.id : `${prefix}.${model.id}`;
}
