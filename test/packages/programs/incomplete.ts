import assert from 'node:assert/strict';
import { createClient, isLibError, openHistory, startChat } from 'lib';

/** What lacks the files that it reads is told so in the promise that was awaited, and goes on. */
export default async () => {
  await refused(
    openHistory(':memory:', { driver: 'sql.js' }),
    /sql-wasm\.wasm/,
    /sql-wasm\.wasm beside a bundle/,
  );
  const client = createClient({ region: 'us-east-1' });
  await refused(startChat({ client }), /files of the chat page/, /copy/);
  // A second rejection, which nobody awaits, would end the program in the meantime.
  await new Promise((resolve) => setTimeout(resolve, 100));
};

async function refused(promise: Promise<unknown>, message: RegExp, hint: RegExp): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(isLibError(error), String(error));
    assert.equal(error.kind, 'file');
    assert.match(error.message, message);
    assert.match(error.hint, hint);
    return true;
  });
}
