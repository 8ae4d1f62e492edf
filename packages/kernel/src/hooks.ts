/**
 * What a project adds to the kernel: the default export of the module that the kernelspec names with `--preload`. The
 * kernel itself knows of no library and of no service.
 */
export interface KernelHooks {
  /** The project's folder: the kernel keeps its caches in its `.cache`, and shows paths from here. */
  readonly projectRoot: string;
  /** The project's own packages that cells import as TypeScript sources. */
  readonly packages?: readonly SourcePackage[];
  /**
   * Packages that most notebooks import, and that do nothing when they are loaded: that is done, and the compiler reads
   * their declarations, while nobody asks anything of the kernel.
   */
  readonly imports?: readonly string[];
  /** Runs before the first cell; sets up the environment that cells will see. */
  prepare?(env: NodeJS.ProcessEnv): Promise<void>;
  /** What an error says of itself beyond a name and a message; `undefined` for an error like any other. */
  describeError?(error: object): ErrorDescription | undefined;
  /**
   * A page of the project that says more of what the kernel says itself, from the project's folder; it has a section for
   * each `HelpTopic`. Shown below it.
   */
  readonly helpPage?: string;
  /** What to do about a message of the compiler: a name of the project's packages that has moved, say. */
  adviseOnMessage?(message: string): string | undefined;
}

/** A package whose exports are TypeScript sources. */
export interface SourcePackage {
  readonly name: string;
  /** From the project's folder, with `/`. */
  readonly folder: string;
}

export interface ErrorDescription {
  /** In place of the error's own name. */
  readonly name?: string;
  /** For a person, below the message, such as the next step. */
  readonly lines: readonly string[];
  /** Whether the cause says nothing that the lines do not say better. */
  readonly explainsCause?: boolean;
}

/** What the kernel says itself: a cell was stopped, not run, or not compiled; the kernel before this one ended. */
export const helpTopics = ['stopped', 'not-run', 'not-compiled', 'ended'] as const;
export type HelpTopic = (typeof helpTopics)[number];

/** The line that names a section of the project's page; none without a page. */
export function moreAbout(topic: HelpTopic, { helpPage }: KernelHooks): readonly string[] {
  return helpPage === undefined ? [] : [`  more: ${helpPage}#${topic}`];
}
