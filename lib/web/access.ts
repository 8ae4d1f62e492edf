import { timingSafeEqual } from 'node:crypto';

export interface Access {
  readonly key: string;
  /** `host:port` by which browsers may call the page. */
  readonly hosts: readonly string[];
}

export interface Knock {
  readonly path: string;
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** Why a request is refused, as an HTTP status; `undefined` when it may come in. Pure. */
export function refusalOf(
  { path, method, host, origin }: Knock,
  { key, hosts }: Access,
): 403 | 404 | undefined {
  // Another name for this machine is how a page elsewhere reaches it (DNS rebinding).
  if (host === undefined || !hosts.includes(host.toLowerCase())) return 403;
  if (!isKey(path.split('/')[1] ?? '', key)) return 404;
  if (method === 'GET' || method === 'HEAD')
    return origin === undefined || isOwn(origin, hosts) ? undefined : 403;
  return origin !== undefined && isOwn(origin, hosts) ? undefined : 403;
}

function isOwn(origin: string, hosts: readonly string[]): boolean {
  return hosts.includes(origin.replace(/^https?:\/\//, '').toLowerCase());
}

function isKey(given: string, key: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(key)];
  return one.length === other.length && timingSafeEqual(one, other);
}
