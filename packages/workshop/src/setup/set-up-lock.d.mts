/** Runs the action while no other process sets up this folder; waits for the one that does. */
export function withSetUpLock<T>(projectRoot: string, action: () => Promise<T>): Promise<T>;
