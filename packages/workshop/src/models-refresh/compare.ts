import { findEmbeddingFamily, findFamily, isOffered, type ListedModel } from 'bedrock-models';
import type { LiveModel, LiveRegion } from './live-model.ts';

/** One member of one entry that Bedrock now says differently. */
export interface Change {
  readonly id: string;
  readonly member:
    | 'startOfLife'
    | 'legacy'
    | 'endOfLife'
    | 'endOfLifeIsApproximate'
    | 'datesFrom'
    | 'profiles';
  readonly before: string | readonly string[] | undefined;
  readonly after: string | readonly string[] | true;
}

/** How the catalogue and Bedrock differ. */
export interface Difference {
  /** What can be written into the catalogue. */
  readonly changes: readonly Change[];
  /** Models that Bedrock has and the catalogue does not: a person decides on them, because Bedrock names no prices. */
  readonly unlisted: readonly LiveModel[];
  /** Living models of the catalogue that this region should offer and does not. */
  readonly notOffered: readonly string[];
  /** Prices that were read longer ago than `oldPriceDays`: Bedrock's lists have none, so nothing here changes them. */
  readonly oldPrices: readonly { readonly id: string; readonly asOf: string }[];
}

const oldPriceDays = 180;
const dates = ['startOfLife', 'legacy', 'endOfLife'] as const;

/**
 * Compares the catalogue with what one region says. Profiles are only ever added, because each region lists its own
 * geography's alone, and a date that Bedrock leaves out is kept: it does so for most. Pure.
 *
 * @param today as YYYY-MM-DD
 */
export function compare(catalogue: readonly ListedModel[], live: LiveRegion, today: string): Difference {
  const liveById = new Map(live.models.map((model) => [model.id, model]));
  const known = new Set(catalogue.map(({ id }) => id));
  const changes = catalogue.flatMap((model) => {
    const now = liveById.get(model.id);
    return now === undefined ? endOf(model, live, today) : changesOf(model, now);
  });
  const isAlive = ({ endOfLife }: ListedModel) => endOfLife === undefined || endOfLife > today;
  return {
    changes,
    unlisted: live.models.filter(({ id }) => !known.has(id)),
    notOffered: catalogue
      .filter((model) => isAlive(model) && isOffered(model, live.region))
      .filter(({ id }) => !liveById.has(id) && !live.retired.has(id))
      .map(({ id }) => id),
    oldPrices: catalogue.flatMap((model) => {
      const { id, price } = model;
      if (price === undefined || !isAlive(model)) return [];
      const age = (Date.parse(today) - Date.parse(price.asOf)) / 86_400_000;
      return age > oldPriceDays ? [{ id, asOf: price.asOf }] : [];
    }),
  };
}

function changesOf(model: ListedModel, now: LiveModel): Change[] {
  const { id } = model;
  const changed = dates.flatMap((member): Change[] => {
    const [before, after] = [model[member], now[member]];
    return after === undefined || after === before ? [] : [{ id, member, before, after }];
  });
  if (changed.length > 0) changed.push(...readLive(model));
  const added = now.profiles.filter((prefix) => !model.profiles.includes(prefix));
  if (added.length === 0) return changed;
  return [
    ...changed,
    { id, member: 'profiles', before: model.profiles, after: [...model.profiles, ...added] },
  ];
}

/** A model that answers "end of its life" earlier than the catalogue thought has ended by today. */
function endOf(model: ListedModel, { retired }: LiveRegion, today: string): Change[] {
  const { id, endOfLife } = model;
  if (!retired.has(id) || (endOfLife !== undefined && endOfLife <= today)) return [];
  return [
    { id, member: 'endOfLife', before: endOfLife, after: today },
    { id, member: 'endOfLifeIsApproximate', before: undefined, after: true },
    ...readLive(model),
  ];
}

/** Says that a date of the entry was read from Bedrock itself. */
function readLive({ id, datesFrom = [] }: ListedModel): Change[] {
  if (datesFrom.includes('live-lists')) return [];
  return [{ id, member: 'datesFrom', before: datesFrom, after: [...datesFrom, 'live-lists'] }];
}

/** The difference as lines for a person; the prices are told apart from what is changed. Pure. */
export function formatDifference(
  { changes, unlisted, notOffered, oldPrices }: Difference,
  region: string,
): string {
  return [
    ...section(`Bedrock in ${region} says otherwise`, changes.map(formatChange)),
    ...section(
      'Not in the catalogue: add an entry by hand, with its price, limits and what it refuses',
      unlisted.map(({ id, name, provider, endOfLife, profiles }) => {
        const family = findFamily(id) ?? findEmbeddingFamily(id) ?? 'a family that lib does not know';
        const called = profiles.length > 0 ? `, profiles ${profiles.join(' ')}` : '';
        return `${id} (${name}, ${provider}, ${family}${called}${endOfLife ? `, until ${endOfLife}` : ''})`;
      }),
    ),
    ...section(`In the catalogue as offered in ${region}, and not listed there`, notOffered),
    ...section(
      'Prices that were read long ago: compare them with https://aws.amazon.com/bedrock/pricing/ by hand',
      oldPrices.map(({ id, asOf }) => `${id} (${asOf})`),
    ),
  ].join('\n');
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${heading}:`, ...lines.map((line) => `  ${line}`), ''];
}

function formatChange({ id, member, before, after }: Change): string {
  const text = (value: Change['before'] | true) =>
    value === undefined ? 'unknown' : Array.isArray(value) ? value.join(' ') || 'none' : String(value);
  return `${id}: ${member} ${text(before)} → ${text(after)}`;
}
