/**
 * A callback that only looks on, such as a progress bar: what it throws must not take back what was paid for. It is
 * told as a warning of the process, once.
 *
 * @param name how the caller knows the callback, such as `onProgress`
 */
export function harmless<Arguments extends readonly unknown[]>(
  name: string,
  callback: ((...given: Arguments) => unknown) | undefined,
): (...given: Arguments) => void {
  let isTold = false;
  const tell = (error: unknown) => {
    if (!isTold) process.emitWarning(`${name} threw, and is called on: ${error}`, 'LibWarning');
    isTold = true;
  };
  return (...given) => {
    try {
      const result = callback?.(...given);
      if (result instanceof Promise) result.catch(tell);
    } catch (error) {
      tell(error);
    }
  };
}
