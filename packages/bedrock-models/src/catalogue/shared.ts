import type { Feature } from '../model.ts';

/** The note of a price that nobody pays any more. */
export const historical = 'last price before the model was retired';

/** What a model that reads nothing but text refuses. */
export const textOnly = ['images'] as const satisfies readonly Feature[];
