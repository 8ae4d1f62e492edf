/** Which conversation is shown: its turns, its place in the list, and the button that asks once more. */
import { createAnswer, element, questionItem } from './answer.js';
import { listSessions, readSession } from './api.js';
import { empty, keepPlace, messages, model, session, status, toEnd } from './view.js';

/**
 * A turn on the page, as far as it is known: `earlier` counts the answers in whose place this one stands, and with
 * `isLost` another one may have been kept.
 *
 * @typedef {{
 *   question: string,
 *   answer: ReturnType<typeof createAnswer>,
 *   item?: HTMLElement,
 *   sessionId?: string | undefined,
 *   isRepeat?: boolean,
 *   isKept: boolean,
 *   isAnswered?: boolean,
 *   earlier?: number,
 *   isLost?: boolean,
 * }} ShownTurn
 */

export const shown = {
  /** Empty: a new conversation. */
  id: '',
  /** How many of its turns are kept, as far as this page knows. */
  kept: 0,
  /** How many of them come before those on the page. */
  first: 0,
  /** The last turn on the page. @type {ShownTurn | undefined} */
  last: undefined,
};
export const again = element('button');
again.type = 'button';

/**
 * The last turn has the button that asks once more.
 *
 * @param {ShownTurn} turn
 */
export function setLast(turn) {
  shown.last = turn;
  again.textContent = turn.isAnswered ? 'Regenerate' : 'Send again';
  turn.answer.foot.append(again);
}

/** A long conversation is opened at its end; what comes before follows, or is asked for. */
const atOnce = 40;
const unasked = 200;

const more = element('button', '', 'Show earlier messages');
more.type = 'button';
const moreItem = element('li', 'more', more);
more.onclick = () =>
  void showEarlier(unasked).catch((error) => {
    status.textContent = error.message;
  });

/** @param {import('./api.js').TurnView} view */
function turnOf(view) {
  const { question, earlier = [] } = view;
  const turn = { question, item: questionItem(question), answer: createAnswer(), earlier: earlier.length };
  turn.answer.show(view);
  return { ...turn, isKept: true, isAnswered: true };
}

/** @type {(id: string, part: import('../chat-app.ts').ConversationPart) => void} */
function showTurns(id, { turns, first }) {
  Object.assign(shown, { id, first, kept: first + turns.length, last: undefined });
  const made = turns.map(turnOf);
  messages.replaceChildren(...made.flatMap(({ item, answer }) => [item, answer.item]));
  if (first > 0) messages.prepend(moreItem);
  const last = made.at(-1);
  if (last) setLast(last);
  const { modelId } = turns.at(-1) ?? {};
  if ([...model.options].some(({ value }) => value === modelId)) model.value = modelId ?? '';
  empty.hidden = turns.length > 0;
  toEnd();
}

/** @param {number} count */
async function showEarlier(count) {
  const { id, first: to } = shown;
  const { turns, first } = await readSession(id, count, to);
  // Another conversation may have been opened meanwhile.
  if (shown.id !== id || shown.first !== to) return;
  shown.first = first;
  keepPlace(() => {
    moreItem.after(...turns.map(turnOf).flatMap(({ item, answer }) => [item, answer.item]));
    if (first === 0) moreItem.remove();
  });
}

/**
 * Shows a conversation as it is kept; a new one without an id.
 *
 * @param {string} id
 */
export async function open(id) {
  showTurns(id, id ? await readSession(id, atOnce) : { turns: [], first: 0 });
  sessionStorage.setItem('session', id);
  status.textContent = '';
  if (shown.first > 0) await showEarlier(unasked - atOnce);
}

/**
 * What was lost on the way may have been kept all the same: then it is shown. Throws when the server cannot be asked.
 *
 * @param {ShownTurn} turn
 */
export async function showKeptMeanwhile({ isLost, isKept, sessionId, earlier = 0 }) {
  const id = isLost ? shown.id : isKept ? undefined : sessionId;
  if (!id) return false;
  const part = await readSession(id, atOnce).catch((/** @type {import('./api.js').CallError} */ error) => {
    if (error.status === 404) return { turns: [], first: 0 };
    throw error;
  });
  const isOther = isLost && (part.turns.at(-1)?.earlier?.length ?? 0) > earlier;
  if (!isOther && part.first + part.turns.length <= shown.kept) return false;
  showTurns(id, part);
  status.textContent = 'The answer had been kept: here it is.';
  return true;
}

export async function showSessions() {
  const sessions = await listSessions();
  const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });
  session.replaceChildren(
    new Option('New conversation', ''),
    ...sessions.map(({ sessionId, title, updatedAt }) => {
      const when = time.format(new Date(updatedAt));
      return new Option(`${title || 'Untitled'} · ${when}`, sessionId);
    }),
  );
  session.value = sessions.some(({ sessionId }) => sessionId === shown.id) ? shown.id : '';
  sessionStorage.setItem('session', session.value);
}
