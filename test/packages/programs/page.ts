import assert from 'node:assert/strict';
import { openHistory, startChat } from 'lib';
import { withEndpoint } from './endpoint.ts';

/** The chat page, and a history of sql.js: what reads files of its packages. */
export default () =>
  withEndpoint(async (client) => {
    const history = await openHistory(':memory:', { driver: 'sql.js' });
    const chat = await startChat({ client, history });
    const page = await fetch(chat.url);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<script/);
    assert.equal(
      (await fetch(`${chat.url}chat.js`)).headers.get('content-type'),
      'text/javascript; charset=utf-8',
    );
    await chat.close();
    await history.close();
  });
