/** Removes what the set-up made, and nothing else. Returns what was removed and what was not, for a person. */
export function uninstall(projectRoot: string, env: NodeJS.ProcessEnv): Promise<string>;
