/** What `npm run setup` was asked for. */
export interface SetUpArguments {
  /** Kernels of another copy of the project stay as they are. */
  readonly keep: boolean;
  readonly uninstall: boolean;
  /** The text to show, when that is all that was asked for. */
  readonly usage: string | undefined;
}

/** @throws an explained error with exit code 2: what is wrong, and the usage */
export function parseSetUpArguments(args: readonly string[]): SetUpArguments;
