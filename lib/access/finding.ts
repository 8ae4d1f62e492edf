import type { LibError } from '../base/errors.ts';

/** How something that was looked at stands. `unknown`: nobody could say. */
export type FindingState = 'ok' | 'warning' | 'problem' | 'unknown';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly state: FindingState;
  /** What was found, in a few words. */
  readonly text: string;
  /** What to do about it. It may have several lines, such as a policy. */
  readonly fix?: string;
}

export interface AccessOptions {
  /** Ask Bedrock. Default true; `false` works from the catalogue alone. */
  readonly ask?: boolean;
  /** Also calls each model, for one token. It costs money; `probeCost` says how much. Default false. */
  readonly probe?: boolean;
  /** The day to count from, as YYYY-MM-DD. Default: today, in UTC. */
  readonly today?: string;
}

/** Whether a model can be used here, and what is in the way. */
export interface ModelAccess {
  readonly requested: string;
  readonly name: string;
  /** What to send as `modelId`; `undefined` when nobody could say. */
  readonly id: string | undefined;
  /** Whether nothing that was found stands in the way. */
  readonly usable: boolean;
  /** Its state in a few words, such as `available` or `retired`. */
  readonly status: string;
  /** The end of the model that `id` calls, as YYYY-MM-DD, and the days until then. */
  readonly endOfLife?: string;
  readonly daysLeft?: number;
  /** What was looked at: `offered`, `authorized`, `agreement`, `entitlement`, `profile`, `end of life`, `probe`. */
  readonly findings: readonly Finding[];
  /** Why Bedrock could not be asked, or what it refused. */
  readonly error?: LibError;
}
