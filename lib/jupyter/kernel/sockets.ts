/** The part of a ZeroMQ socket that is set here. */
interface Socket {
  sendTimeout: number;
  sendHighWaterMark: number;
}

/** Messages that may wait in a socket for Jupyter's server: far more than a lesson prints, and still some 50 MB. */
const mostWaiting = 100_000;

/**
 * Lets a cell print as much as it likes at once. tslab does not wait for a message to be sent before it sends the
 * next. ZeroMQ's package for Node puts every 512th off until the event loop has turned, and until then throws EBUSY at
 * whoever sends another: in the middle of the cell's own loop, and again where the error would be reported, so that
 * the cell neither ends nor says why. Without a time-out nothing is put off.
 *
 * Of more than `sendHighWaterMark` messages that wait, the rest is dropped; the default is 1,000.
 */
export function sendWithoutWaiting(server: {
  bindSocket: (socket: Socket, port: number) => Promise<void>;
}): void {
  const bind = server.bindSocket;
  server.bindSocket = function bindReady(socket, port) {
    socket.sendTimeout = 0;
    socket.sendHighWaterMark = mostWaiting;
    return bind.call(this, socket, port);
  };
}
