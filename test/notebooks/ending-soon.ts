import { listedModels } from '../../packages/bedrock-models/src/catalogue.ts';
import { findListedModel, isRetired } from '../../packages/bedrock-models/src/find.ts';
import type { ListedModel } from '../../packages/bedrock-models/src/model.ts';

/** A model that is used, and ends soon. */
export interface EndingModel {
  /** The id that is used. */
  readonly id: string;
  /** The model that is called for it by then: itself, or what took the place of a retired one. */
  readonly called: string;
  readonly endOfLife: string;
  readonly daysLeft: number;
}

/**
 * Which of these models are called on a day and end within so many days of it, by the catalogue's dates. What was
 * retired without a successor does not count: nobody calls it any more. Pure.
 *
 * @param today as YYYY-MM-DD
 */
export function endingSoon(ids: readonly string[], today: string, days: number): readonly EndingModel[] {
  return ids.flatMap((id) => {
    const called = calledOn(findListedModel(id), today);
    if (called?.endOfLife === undefined || isRetired(called, today)) return [];
    const daysLeft = Math.round((Date.parse(called.endOfLife) - Date.parse(today)) / 86_400_000);
    return daysLeft <= days ? [{ id, called: called.id, endOfLife: called.endOfLife, daysLeft }] : [];
  });
}

function calledOn(model: ListedModel | undefined, today: string): ListedModel | undefined {
  if (model === undefined || !isRetired(model, today) || model.successor === undefined) return model;
  return calledOn(findListedModel(model.successor), today);
}

/** The ids of listed models that stand in a text, such as a notebook's code. Pure. */
export function modelsNamedIn(text: string): readonly string[] {
  return listedModels
    .filter(({ id }) => {
      const name = id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return new RegExp(`(?<![\\w-])${name}(?![\\w:-])`).test(text);
    })
    .map(({ id }) => id);
}
