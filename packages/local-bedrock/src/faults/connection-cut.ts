/** Thrown in place of the rest of an answer: what was sent is delivered, then the connection ends without an end. */
export class ConnectionCut extends Error {
  constructor() {
    super('The connection is cut on purpose.');
    this.name = 'ConnectionCut';
  }
}
