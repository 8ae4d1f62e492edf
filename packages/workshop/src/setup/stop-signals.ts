const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const pollMs = 500;

/**
 * Resolves, with its name, at the first signal that asks this process to end, or with `parent` when the process
 * that started this one has gone. From the call on, signals do nothing else: one Ctrl-C often arrives twice, from
 * the terminal and from npm.
 */
export function untilAskedToEnd(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of signals) process.on(signal, () => resolve(signal));
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve('parent');
    }, pollMs).unref();
  });
}
