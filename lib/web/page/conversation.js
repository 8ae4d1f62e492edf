/** Which conversation is shown: its turns, its place in the list, and the button that asks once more. */
import { createAnswer, element, questionItem } from './answer.js';
import { listSessions, readSession } from './api.js';
import { empty, keepPlace, messages, model, session, status, toEnd } from './view.js';

/**
 * A turn on the page, as far as it is known: with `isLost` another answer may have been kept.
 *
 * @typedef {{
 *   question: string,
 *   answer: ReturnType<typeof createAnswer>,
 *   item?: HTMLElement,
 *   sessionId?: string | undefined,
 *   isRepeat?: boolean,
 *   isKept: boolean,
 *   isAnswered?: boolean,
 *   isLost?: boolean,
 * }} ShownTurn
 */

export const shown = {
  /** Empty: a new conversation. */
  id: '',
  /** Where its last turn begins, as far as this page knows; 0: there is none. */
  lastTurn: 0,
  /** How much of it comes before what is on the page: entries of its log. */
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
more.onclick = async () => {
  try {
    await showEarlier(unasked);
    status.textContent = shown.first > 0 ? 'Earlier messages are shown.' : 'All messages are shown.';
  } catch (error) {
    status.textContent = /** @type {Error} */ (error).message;
  }
};

/** @type {import('../chat-app.ts').ConversationPart} */
const nothing = { turns: [], first: 0, lastTurn: 0 };

/** @param {import('./api.js').TurnView} view */
function turnOf(view) {
  const { question } = view;
  const turn = { question, item: questionItem(question), answer: createAnswer() };
  turn.answer.show(view);
  return { ...turn, isKept: true, isAnswered: true };
}

/** @type {(id: string, part: import('../chat-app.ts').ConversationPart) => void} */
function showTurns(id, { turns, first, lastTurn }) {
  Object.assign(shown, { id, first, lastTurn, last: undefined });
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
  const made = turns.map(turnOf);
  keepPlace(() => {
    moreItem.after(...made.flatMap(({ item, answer }) => [item, answer.item]));
    if (first > 0) return;
    // Whoever came by the keyboard goes on where they were.
    const isFocused = document.activeElement === more;
    moreItem.remove();
    const { item } = made.at(-1) ?? {};
    if (!isFocused || !item) return;
    item.tabIndex = -1;
    item.focus({ preventScroll: true });
  });
}

/**
 * Shows a conversation as it is kept; a new one without an id.
 *
 * @param {string} id
 */
export async function open(id) {
  showTurns(id, id ? await readSession(id, atOnce) : nothing);
  sessionStorage.setItem('session', id);
  status.textContent = '';
  if (shown.first > 0) await showEarlier(unasked - atOnce);
}

/**
 * What was lost on the way may have been kept all the same: then it is shown. Throws when the server cannot be asked.
 *
 * @param {ShownTurn} turn
 */
export async function showKeptMeanwhile({ isLost, isKept, sessionId }) {
  const id = isLost ? shown.id : isKept ? undefined : sessionId;
  if (!id) return false;
  const part = await readSession(id, atOnce).catch((/** @type {import('./api.js').CallError} */ error) => {
    if (error.status === 404) return nothing;
    throw error;
  });
  if (part.lastTurn <= shown.lastTurn) return false;
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
