import { getHashes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cannotStart } from './tslab.ts';
import type { Signing } from './wire-message.ts';

/** What Jupyter has written into the connection file: where to listen, and how messages are signed. */
export interface Connection extends Signing, Ports {
  readonly transport: string;
  readonly ip: string;
}

/** By the names of Jupyter's protocol. */
export interface Ports {
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

/**
 * @throws an error for people when it does not say how messages are signed: they would have to be trusted, or all refused
 */
export function readConnection(path: string): Connection {
  const { key, signature_scheme: scheme = 'hmac-sha256', ...where } = readFile(path);
  if (typeof key !== 'string') throw cannotStart(`The kernel cannot start: ${path} names no key.`);
  const hash = /^hmac-(.+)$/.exec(String(scheme))?.[1];
  if (hash === undefined || !getHashes().includes(hash)) {
    throw cannotStart(
      `The kernel cannot start: ${path} names a signature scheme that it does not know, ${scheme}.`,
    );
  }
  return { ...(where as unknown as Ports & Pick<Connection, 'transport' | 'ip'>), key, hash };
}

function readFile(path: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(readFileSync(path, 'utf8')) };
  } catch (error) {
    // Node shows a part of what it could not parse, and that part may be the key.
    const reason = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message;
    throw cannotStart(`The kernel cannot start: it cannot read ${path}: ${reason}.`);
  }
}
