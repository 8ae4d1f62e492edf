import { isLoopback } from '../../http/loopback.ts';

type Dispatcher = NonNullable<RequestInit['dispatcher']>;

let direct: Dispatcher | undefined;

/**
 * `fetch`, which asks this machine directly where Node's own is told to use a proxy (`NODE_USE_ENV_PROXY` with
 * `HTTP_PROXY`): a proxy elsewhere does not reach this machine, and is not to see what it is asked, nor the keys.
 */
export function fetchDirect(url: string | URL, init: RequestInit = {}): Promise<Response> {
  if (!isLoopback(new URL(url).hostname)) return fetch(url, init);
  direct ??= directDispatcher();
  return fetch(url, direct === undefined ? init : { ...init, dispatcher: direct });
}

/** One of the kind that Node reads the proxy's variables with, told to leave all hosts out; undefined where there is none. */
function directDispatcher(): Dispatcher | undefined {
  const current: unknown = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'));
  if (typeof current !== 'object' || current?.constructor.name !== 'EnvHttpProxyAgent') return undefined;
  const Agent = current.constructor as new (options: { noProxy: string }) => Dispatcher;
  return new Agent({ noProxy: '*' });
}
