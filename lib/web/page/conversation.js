/** Which conversation is shown: its turns, its place in the list, and the button that asks once more. */
import { createAnswer, element, questionItem } from './answer.js';
import { listSessions, readSession } from './api.js';
import { empty, messages, model, session, status, toEnd } from './view.js';

/**
 * A turn on the page, as far as it is known: `lost` names the conversation in which another answer may have been kept.
 *
 * @typedef {{
 *   question: string,
 *   answer: ReturnType<typeof createAnswer>,
 *   item?: HTMLElement,
 *   sessionId?: string | undefined,
 *   isRepeat?: boolean,
 *   isKept: boolean,
 *   isAnswered?: boolean,
 *   lost?: string | undefined,
 * }} ShownTurn
 */

export const shown = {
  /** Empty: a new conversation. */
  id: '',
  /** How many of its turns are kept, as far as this page knows. */
  kept: 0,
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

/** @type {(id: string, turns: import('./api.js').TurnView[]) => void} */
function showTurns(id, turns) {
  Object.assign(shown, { id, kept: turns.length, last: undefined });
  const made = turns.map((view) => {
    const { question } = view;
    const turn = { question, item: questionItem(question), answer: createAnswer() };
    turn.answer.show(view);
    return { ...turn, isKept: true, isAnswered: true };
  });
  messages.replaceChildren(...made.flatMap(({ item, answer }) => [item, answer.item]));
  const last = made.at(-1);
  if (last) setLast(last);
  const { modelId } = turns.at(-1) ?? {};
  if ([...model.options].some(({ value }) => value === modelId)) model.value = modelId ?? '';
  empty.hidden = turns.length > 0;
  toEnd();
}

/**
 * Shows a conversation as it is kept; a new one without an id.
 *
 * @param {string} id
 */
export async function open(id) {
  showTurns(id, id ? await readSession(id) : []);
  sessionStorage.setItem('session', id);
  status.textContent = '';
}

/**
 * What was lost on the way may have been kept all the same: then it is shown. Throws when the server cannot be asked.
 *
 * @param {ShownTurn} turn
 */
export async function showKeptMeanwhile({ lost, isKept, sessionId }) {
  const id = lost ?? (isKept ? undefined : sessionId);
  if (!id) return false;
  const turns = await readSession(id).catch((/** @type {import('./api.js').CallError} */ error) => {
    if (error.status === 404) return [];
    throw error;
  });
  // Another answer has a conversation of its own, which begins without the last turn.
  const isMore = turns.length > (lost ? shown.kept - 1 : shown.kept);
  if (!isMore) return false;
  showTurns(id, turns);
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
