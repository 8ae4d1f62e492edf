import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';

export interface Access {
  readonly key: string;
  /** `host:port` by which browsers may call the page. */
  readonly hosts: readonly string[];
}

export interface RequestOrigin {
  readonly path: string;
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** Why a request is refused, as an HTTP status; `undefined` when it may come in. Pure. */
export function refusalOf(
  { path, method, host, origin }: RequestOrigin,
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

const cookie = 'chat-visitor';
const name = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the browser has come with a name. */
export function isKnown(context: Context): boolean {
  return knownName(context) !== undefined;
}

/** A browser's own name: a cookie that scripts cannot read. */
export function visitorOf(context: Context): string {
  return knownName(context) ?? keepName(context);
}

/** Has the browser keep its name, or a new one, for 30 days from now. Without it nobody can reach its conversations. */
export function keepName(context: Context): string {
  const visitor = knownName(context) ?? randomUUID();
  const words = [`${cookie}=${visitor}`, `Max-Age=${30 * 86_400}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
  context.header('set-cookie', words.join('; '), { append: true });
  return visitor;
}

function knownName(context: Context): string | undefined {
  const given = context.req
    .header('cookie')
    ?.split(';')
    .map((each) => each.trim());
  const own = given?.find((each) => each.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
  return own !== undefined && name.test(own) ? own : undefined;
}

/**
 * The name in the history of a visitor's session, which the page calls by its second half; `undefined` for what is not
 * one. So no script learns the visitor's name, and nobody can name another's session. Pure.
 */
export function ownSession(visitor: string, given: unknown): string | undefined {
  return typeof given === 'string' && name.test(given) ? `${visitor}.${given}` : undefined;
}
