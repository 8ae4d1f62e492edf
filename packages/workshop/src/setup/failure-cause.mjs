/** Why npm or pip failed, as far as their output tells, and what to do about it. */
import { freeMegabytes as measure } from './disk.mjs';

const needsNetwork = 'This is needed once; when set up, everything works offline.';

/**
 * @typedef {{ cause: string, next: string, nextIn?: (folder: string) => string, note?: string, telling?: RegExp }} Cause
 *   what it is, what to do, in another folder than the project's as well, and the lines of the output that say more
 */

/** @type {readonly (Cause & { pattern: RegExp })[]} */
const causes = [
  {
    pattern: /ENOSPC|No space left on device/i,
    cause: 'the disk is full',
    next: 'free about 1 GB and run the same command again',
  },
  {
    pattern:
      /SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF|CERTIFICATE_VERIFY_FAILED|CERT_HAS_EXPIRED|certificate verify failed/i,
    cause: 'the certificate of the server, or of a proxy on the way, is not trusted here',
    next: 'get the certificate file of your network (PEM) and set NODE_EXTRA_CA_CERTS (npm) and PIP_CERT (pip) to its path',
  },
  {
    pattern: /\b407\b|Proxy Authentication Required/i,
    cause: 'the proxy wants a user name and a password (407)',
    next: 'set HTTPS_PROXY to http://user:password@host:port, or run npm config set https-proxy with it',
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network timeout|Name or service not known|Temporary failure in name resolution|nodename nor servname|Failed to establish a new connection|NewConnectionError|ConnectTimeout|Read timed out|Network is unreachable|Connection refused|Cannot connect to proxy|ProxyError|socket hang up|Connection reset|Connection aborted|Connection broken|RemoteDisconnected/i,
    cause: 'the package registry cannot be reached',
    next:
      'check the connection and run the same command again. Behind a proxy, set HTTPS_PROXY' +
      ' (or npm config set https-proxy) and, if it has its own certificate, NODE_EXTRA_CA_CERTS',
    note: needsNetwork,
  },
  {
    pattern: /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i,
    cause: 'a file or folder may not be written by this user',
    next:
      'make the project folder your own (sudo chown -R "$(id -un)" .), or copy it to your home folder;' +
      ' then run the same command again, without sudo',
    nextIn: (folder) =>
      `make that folder your own (sudo chown -R "$(id -un)" '${folder.replaceAll("'", "'\\''")}'),` +
      ' then run the same command again, without sudo',
  },
  {
    pattern: /\bE(?:401|403)\b|\b40[13] Client Error/,
    cause: 'the package registry refused the request',
    next: 'check the registry and its login: npm config get registry, or pip config list',
  },
  {
    pattern: /EUSAGE|package-lock\.json .{0,40}not in sync/i,
    cause: 'package.json and package-lock.json do not agree',
    next: 'run npm install once, which brings package-lock.json in step',
    telling: /Missing:|Invalid:/,
  },
  {
    pattern:
      /EINTEGRITY|DO NOT MATCH THE HASHES|IncompleteRead|IncompleteDownload|ChunkedEncodingError|Invalid response body/i,
    cause: 'a download was damaged on the way or in the cache',
    next:
      'run the same command again; if it stays so, empty the cache first: delete .cache/npm and .cache/pip in this' +
      ' folder if they are there, else npm cache clean --force, or pip cache purge',
  },
  {
    pattern: /No matching distribution found|Could not find a version that satisfies/i,
    cause: 'the package registry does not offer this version for this Python',
    next: 'use Python 3.10 or later and the public registry (see pip config list), then run the same command again',
  },
];

/** What a line that breaks leaves behind, and another program that is in a folder while npm empties it. */
const passing =
  /ENOTEMPTY|ECONNRESET|ERR_SOCKET_TIMEOUT|EINTEGRITY|Invalid response body|socket hang up|IncompleteRead|IncompleteDownload|Connection(?:Reset| reset| aborted| broken)|RemoteDisconnected|ReadTimeout|DO NOT MATCH THE HASHES|ProxyError/;

const tries = 3;

/**
 * Runs an install, and again where it failed of something that passes: pip, for one, takes a download that was cut for
 * a whole one, whose hash is wrong. The next try goes on with what is downloaded.
 *
 * @template {{ readonly code: number, readonly output: string, readonly interrupted: number }} T
 * @param {() => Promise<T>} install
 * @returns {Promise<T>} the last one
 */
export async function withMoreTries(install) {
  for (let left = tries - 1; ; left -= 1) {
    const result = await install();
    const isPassing = result.code !== 0 && !result.interrupted && passing.test(result.output);
    if (!isPassing || left === 0) return result;
  }
}

/** Less than any set-up needs. */
const neededMegabytes = 300;

/**
 * An install script may hide that the disk ran full behind a file that it then misses.
 *
 * @param {number} freeMegabytes
 * @returns {Cause | undefined}
 */
function littleSpace(freeMegabytes) {
  if (freeMegabytes >= neededMegabytes) return undefined;
  const cause = `only ${Math.floor(freeMegabytes)} MB are free on this disk`;
  return { cause, next: 'free about 1 GB and run the same command again' };
}

/** Lines of the tool's own output that are shown. */
const shownLines = 12;

/**
 * A failure as a person should read it: what failed and why, the next step, and the end of what the tool said.
 *
 * @param {string} what such as "npm could not install the packages"
 * @param {string} output
 * @param {number} [freeMegabytes] left on the project's disk; measured when it is not given
 * @param {string} [folder] where it failed, if that may be outside the project
 */
export function explainFailure(
  what,
  output,
  freeMegabytes = measure(import.meta.dirname ?? '.'),
  folder = undefined,
) {
  /** @type {Cause | undefined} */
  const known = causes.find(({ pattern }) => pattern.test(output)) ?? littleSpace(freeMegabytes);
  const code = known && (output.match(/\bE(?:[A-Z]{5,}(?:_[A-Z]+)*|AI_AGAIN|NOSPC|ROFS|PERM)\b/) || [])[0];
  const next = (folder !== undefined && known?.nextIn?.(folder)) || known?.next;
  const lines = [
    known ? `${what}: ${known.cause}${code ? ` (${code})` : ''}.` : `${what}.`,
    `Next step: ${next ?? 'read the last lines below, put that right and run the same command again'}.`,
  ];
  if (known?.note) lines.push(known.note);
  const said = output.split('\n').filter((line) => line.trim() !== '');
  const telling = said.filter((line) => known?.telling?.test(line)).slice(0, shownLines);
  const tail = telling.length > 0 ? telling : said.slice(-shownLines);
  if (tail.length > 0)
    lines.push(
      '',
      telling.length > 0 ? 'From its output:' : 'The last lines of its output:',
      ...tail.map((line) => `  ${line}`),
    );
  return lines.join('\n');
}
