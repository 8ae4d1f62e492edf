import { isIP } from 'node:net';
import { Refusal } from './refusal.ts';

/** Names that nobody can register: of this machine, of a container's network, of the local network (RFC 6761, 6762). */
const privateName = /^[^.]+$|\.(?:localhost|local|internal)$/;

/** How nearly everybody calls it: told at a glance, since each request is asked. */
const loopback = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d*)?$/;

/**
 * Refuses what a web page in somebody's browser sends here; no AWS client sends it. A page of another site shows by
 * `Origin` or `Sec-Fetch-Site`. A page whose own name was turned to this address (DNS rebinding) shows neither, but it
 * calls the endpoint by that name: let in are addresses, names that nobody can register, and `ownHost`.
 * Throws a `Refusal`: 403 AccessDeniedException, which AWS has no case of.
 */
export function refuseWebPage(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  ownHost: string,
): void {
  const { origin, 'sec-fetch-site': site = 'none' } = headers;
  if (origin !== undefined || (site !== 'none' && site !== 'same-origin')) {
    throw denied('A web page cannot call Local Bedrock. Call it from a program, such as an AWS SDK.');
  }
  const authority = String(headers[':authority'] ?? headers.host ?? '');
  if (loopback.test(authority)) return;
  const name = authority
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (name === '' || isIP(name) !== 0 || privateName.test(name) || name === ownHost.toLowerCase()) return;
  throw denied(
    `Local Bedrock does not answer to the name ${name}, which a web page could have made up. Call it by its address, such as 127.0.0.1, or start it with --host ${name}.`,
  );
}

function denied(message: string): Refusal {
  return new Refusal('AccessDeniedException', message);
}
