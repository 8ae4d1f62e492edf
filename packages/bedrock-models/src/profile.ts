import type { ListedModel } from './model.ts';

/** A geography of system inference profiles; its key is the prefix of their ids. */
export interface Geography {
  /** As in the names of its profiles. */
  readonly name: string;
  /** The regions its profiles are called from. */
  readonly from: RegExp;
  /** The regions they send requests to; an empty text is no region in particular. */
  readonly destinations: readonly string[];
}

/**
 * The geographies, narrow ones before wide ones. Destinations differ a little from model to model at AWS; these are the
 * usual ones, five at most as in the API. A global profile names no region.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export const geographies: Readonly<Record<string, Geography>> = {
  'us-gov': { name: 'US-GOV', from: /^us-gov-/, destinations: ['us-gov-east-1', 'us-gov-west-1'] },
  ca: { name: 'CA', from: /^ca-/, destinations: ['ca-central-1', 'us-east-1', 'us-east-2', 'us-west-2'] },
  jp: { name: 'JP', from: /^ap-northeast-[13]$/, destinations: ['ap-northeast-1', 'ap-northeast-3'] },
  au: { name: 'AU', from: /^ap-southeast-[246]$/, destinations: ['ap-southeast-2', 'ap-southeast-4'] },
  us: { name: 'US', from: /^(us-(?!gov)|ca-)/, destinations: ['us-east-1', 'us-east-2', 'us-west-2'] },
  eu: {
    name: 'EU',
    from: /^eu-/,
    destinations: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-1', 'eu-west-3'],
  },
  apac: {
    name: 'APAC',
    from: /^ap-/,
    destinations: ['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
  },
  global: { name: 'Global', from: /^(us-(?!gov)|ca-|eu-|ap-|sa-|af-|me-|il-|mx-)/, destinations: [''] },
};

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
  const nearest = Object.entries(geographies).find(
    ([prefix, { from }]) => from.test(region) && prefixes.includes(prefix),
  );
  return nearest?.[0];
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

/** Used when nothing else names a region: the workshop's, where all of its models are offered. */
export const defaultRegion = 'us-east-1';
