/** The chat page: one turn at a time, and what its controls do. */
import { createAnswer, element, questionItem, wordsOf } from './answer.js';
import { listModels, listSuggestions, stopAnswer } from './api.js';
import { closeApprovals } from './approval.js';
import { again, open, setLast, showKeptMeanwhile, shown, showSessions } from './conversation.js';
import { readAnswer, reasonOf } from './turn.js';
import {
  empty,
  focusText,
  follow,
  form,
  fresh,
  hasTouch,
  messages,
  model,
  session,
  setBusy,
  spoken,
  status,
  stop,
  suggestions,
  text,
  toEnd,
} from './view.js';

/**
 * @typedef {import('./conversation.js').ShownTurn} ShownTurn
 * @typedef {import('./turn.js').End} End
 */

/** @type {{ turn: ShownTurn, controller: AbortController } | undefined} */
let running;

/** @type {(question: string, isRepeat: boolean) => Promise<void>} */
async function ask(question, isRepeat) {
  const controller = new AbortController();
  /** @type {ShownTurn} */
  const turn = { question, isRepeat, answer: createAnswer(), isKept: false, sessionId: undefined };
  const old = isRepeat ? shown.last : undefined;
  running = { turn, controller };
  setBusy(true, again);
  spoken.textContent = '';
  if (old) old.answer.item.hidden = true;
  else {
    turn.item = questionItem(question);
    messages.append(turn.item);
  }
  messages.append(turn.answer.item);
  toEnd();
  const { id: sessionId, lastTurn } = shown;
  const place = sessionId ? { sessionId, lastTurn } : {};
  try {
    const body = { ...place, text: question, modelId: model.value, regenerate: isRepeat };
    const end = await readAnswer(turn, body, controller.signal);
    closeApprovals();
    if (end.hasGoneOn || (end.isTooLong && !isRepeat)) await giveBack(turn, end);
    else follow(() => (old ? settleRepeat(turn, old, end) : settle(turn, end)));
    if (end.type === 'lost' && shown.last) await showKeptMeanwhile(shown.last).catch(() => undefined);
  } finally {
    running = undefined;
    setBusy(false, again);
  }
  await showSessions().catch(() => undefined);
}

/**
 * What cannot be sent as it is goes back to where it was written. What others have added is shown first.
 *
 * @type {(turn: ShownTurn, end: End) => Promise<void>}
 */
async function giveBack({ question, isRepeat, item, answer }, { reason = '', hasGoneOn }) {
  answer.item.remove();
  item?.remove();
  empty.hidden = messages.childElementCount > 0;
  if (!isRepeat) text.value = question;
  if (hasGoneOn) await open(shown.id);
  status.textContent = hasGoneOn ? `${reason} Here it is as it is now; nothing was sent.` : reason;
}

/** @type {(turn: ShownTurn, end: End) => void} */
function settle(turn, end) {
  const reason = reasonOf(end);
  shown.id = turn.sessionId ?? shown.id;
  turn.isKept = end.view !== undefined && end.isKept !== false;
  turn.isAnswered = turn.isKept || end.type === 'end';
  shown.lastTurn = end.lastTurn ?? shown.lastTurn;
  if (end.view) turn.answer.show(reason ? { ...end.view, note: reason } : end.view);
  else turn.answer.breakOff(reason ?? '');
  setLast(turn);
  tellEnd(end, reason);
}

/**
 * The old answer goes only when another one is kept, be it unfinished.
 *
 * @type {(turn: ShownTurn, old: ShownTurn, end: End) => void}
 */
function settleRepeat(turn, old, end) {
  const reason = reasonOf(end);
  if (end.view && end.lastTurn !== undefined) {
    old.answer.item.remove();
    shown.id = turn.sessionId ?? shown.id;
    shown.lastTurn = end.lastTurn;
    turn.answer.show(reason ? { ...end.view, note: reason } : end.view);
    setLast({ ...turn, ...(old.item && { item: old.item }), isKept: true, isAnswered: true });
  } else {
    turn.answer.item.remove();
    old.answer.item.hidden = false;
    const why = reason ?? end.view?.note ?? 'It was not kept.';
    old.answer.setWarning(`There is no other answer: this one is unchanged. ${why}`);
    setLast({ ...old, isLost: end.type === 'lost' });
  }
  tellEnd(end, reason);
}

/** @type {(end: End, reason: string | undefined) => void} */
function tellEnd({ view }, reason) {
  status.textContent = reason ?? `Done: ${view?.about ?? 'the model did not say what it used'}`;
  spoken.textContent = view ? wordsOf(view) : '';
}

async function askAgain() {
  const { last } = shown;
  if (!last) return;
  if (await showKeptMeanwhile(last)) return;
  if (last.isKept) return ask(last.question, true);
  last.answer.item.remove();
  last.item?.remove();
  return ask(last.question, false);
}

/**
 * Does what was asked for; what goes wrong is said.
 *
 * @template [E=void]
 * @param {(event: E) => unknown} task
 * @returns {(event: E) => Promise<void>}
 */
const act = (task) => async (event) => {
  try {
    await task(event);
  } catch (error) {
    status.textContent = /** @type {Error} */ (error).message;
  }
};

form.onsubmit = act((/** @type {Event} */ event) => {
  event.preventDefault();
  const question = text.value.trim();
  if (running || !question) return;
  text.value = '';
  return ask(question, false);
});
text.onkeydown = (event) => {
  // The Enter that ends an input method's composition does not send; Safari tells it by its code only.
  const isComposing = event.isComposing || event.keyCode === 229;
  if (event.key !== 'Enter' || event.shiftKey || isComposing || hasTouch()) return;
  event.preventDefault();
  form.requestSubmit();
};
stop.onclick = async ({ detail: clicks }) => {
  // Stop has come in the place of Send: the second click of a double click is still meant for that.
  if (clicks > 1) return;
  if (!running) return;
  const { turn, controller } = running;
  stop.disabled = true;
  // The answer's own last event says what is kept of it. Where none comes, the connection is cut.
  if (!turn.sessionId) return controller.abort();
  setTimeout(() => controller.abort(), 3_000);
  await stopAnswer(turn.sessionId).catch(() => controller.abort());
};
again.onclick = act(() => running || askAgain());
fresh.onclick = act(async () => {
  await open('');
  session.value = '';
  focusText();
});
session.onchange = act(() =>
  open(session.value).catch((error) => {
    session.value = shown.id;
    throw error;
  }),
);

await act(async () => {
  const [models, examples] = await Promise.all([listModels(), listSuggestions()]);
  model.replaceChildren(...models.map(({ id, name }) => new Option(name, id)));
  suggestions.replaceChildren(
    ...examples.map((example) => {
      const button = element('button', '', example);
      button.onclick = act(() => running || ask(example, false));
      return element('li', '', button);
    }),
  );
  shown.id = sessionStorage.getItem('session') ?? '';
  await showSessions();
  await open(session.value);
  focusText();
})();
