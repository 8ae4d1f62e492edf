import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** A browser's own name: a cookie that scripts cannot read. */
export function visitorOf(context: Context): string {
  const known = getCookie(context, 'chat-visitor');
  if (known !== undefined && /^[0-9a-f-]{36}$/.test(known)) return known;
  const visitor = randomUUID();
  setCookie(context, 'chat-visitor', visitor, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: 30 * 86_400,
  });
  return visitor;
}
