/** What the page asks of its server. Every address is relative: a proxy may have put something in front. */

/**
 * What the server tells, as it tells it.
 *
 * @typedef {import('../run-turn.ts').TurnEvent} TurnEvent
 * @typedef {import('../turn-view.ts').TurnView} TurnView
 * @typedef {Error & { status?: number, hasGoneOn?: boolean }} CallError with a status, the server has refused
 */

/**
 * Throws an error that says what a person can do about it.
 *
 * @param {string} path
 * @param {RequestInit} [options]
 */
async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    throw new Error('The server of this page does not answer. Is it still running?', { cause });
  }
  if (response.ok) return response;
  const { message, hasGoneOn } = await response.json().catch(() => ({}));
  const error = new Error(
    message ?? 'This address is not valid any more. Open the one that was printed last.',
  );
  throw Object.assign(error, { status: response.status, hasGoneOn });
}

/** @type {(path: string, body: object, signal?: AbortSignal) => Promise<Response>} */
const post = (path, body, signal) =>
  call(path, {
    method: 'POST',
    // jupyter-server-proxy holds every answer back until its end, unless this is asked for.
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
/** @type {(response: Promise<Response>) => Promise<any>} */
const json = async (response) => (await response).json();

/** @type {() => Promise<import('../list-models.ts').OfferedModel[]>} */
export const listModels = () => json(call('models'));
/** @type {() => Promise<string[]>} */
export const listSuggestions = () => json(call('suggestions'));
/** @type {() => Promise<import('../../history/history.ts').SessionInfo[]>} */
export const listSessions = () => json(call('sessions'));
/**
 * The last turns of a conversation, or the last up to entry `to` of its log.
 *
 * @type {(id: string, last: number, to?: number) => Promise<import('../chat-app.ts').ConversationPart>}
 */
export const readSession = (id, last, to) =>
  json(call(`sessions/${id}?last=${last}${to === undefined ? '' : `&to=${to}`}`));
/** @param {string} id */
export const stopAnswer = (id) => post(`sessions/${id}/stop`, {});
/**
 * The decision says on what it was taken.
 *
 * @type {(asked: { sessionId: string, question: string, digest: string }, isAllowed: boolean) => Promise<Response>}
 */
export const decide = ({ sessionId, question, digest }, isAllowed) =>
  post(`sessions/${sessionId}/approvals`, { question, digest, isAllowed });

/**
 * Sends a message, and gives the events of its answer as they come: those that have come together at once, so that a
 * page that is slow has fewer pieces to show.
 *
 * @param {object} body
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<TurnEvent[], void>}
 */
export async function* streamAnswer(body, signal) {
  const response = await post('turns', body, signal);
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    // A cut connection is an end without the last event, which is all that can be known of it.
    const { done, value } = await reader.read().catch((error) => {
      if (signal.aborted) throw error;
      return { done: true, value: undefined };
    });
    if (done) return;
    const parts = (rest + value).split('\n\n');
    rest = parts.pop() ?? '';
    // Others are sent to keep the line open.
    yield parts
      .filter((part) => part.startsWith('data: '))
      .map((part) => JSON.parse(part.slice('data: '.length)));
  }
}
