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
