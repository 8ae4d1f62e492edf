import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { type ClientHttp2Stream, constants } from 'node:http2';
import { currentCell } from './running-cell.ts';

/**
 * Closes the requests of a cell when it is stopped, and those that its code goes on to make: an answer that nobody
 * waits for any more is billed all the same. `lib` aborts its own calls; this is for everything else, such as a client
 * of the SDK's that a cell has made itself.
 */
export function endRequestsWithTheirCell(): void {
  subscribe('http.client.request.created', (message) => {
    const { request } = message as { request: ClientRequest };
    endWithCell(request, () => request.destroy());
  });
  subscribe('http2.client.stream.created', (message) => {
    const { stream } = message as { stream: ClientHttp2Stream };
    endWithCell(stream, () => stream.close(constants.NGHTTP2_CANCEL));
  });
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const stop = currentCell()?.stop.signal;
    if (stop === undefined) return fetch(input, init);
    const given = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    return fetch(input, { ...init, signal: given ? AbortSignal.any([given, stop]) : stop });
  };
}

function endWithCell(request: ClientRequest | ClientHttp2Stream, end: () => void): void {
  const stop = currentCell()?.stop.signal;
  if (stop === undefined) return;
  if (stop.aborted) {
    // A request that is told of here is not quite made.
    process.nextTick(end);
    return;
  }
  stop.addEventListener('abort', end, { once: true });
  request.once('close', () => stop.removeEventListener('abort', end));
}
