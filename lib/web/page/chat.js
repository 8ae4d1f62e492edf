/** The chat page: which conversation is shown, and one turn at a time in it. */
import { createAnswer, element, questionItem } from './answer.js';
import { listModels, listSessions, listSuggestions, readSession, stopAnswer } from './api.js';
import { closeApprovals } from './approval.js';
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

const again = element('button');

/** The conversation that is shown; empty: a new one. */
let current = '';
/** How many of its turns are kept, as far as this page knows. */
let kept = 0;
/** The last turn on the page. */
let last;
let running;

async function ask(question, isRepeat) {
  const turn = { question, isRepeat, answer: createAnswer(), isKept: false, sessionId: undefined };
  const old = isRepeat ? last : undefined;
  running = { turn, controller: new AbortController() };
  setBusy(true, again);
  if (old) old.answer.item.hidden = true;
  else {
    turn.item = questionItem(question);
    messages.append(turn.item);
  }
  messages.append(turn.answer.item);
  toEnd();
  const body = {
    text: question,
    modelId: model.value,
    sessionId: current || undefined,
    regenerate: isRepeat,
  };
  const end = await readAnswer(turn, body, running.controller.signal);
  closeApprovals();
  follow(() => (old ? settleRepeat(turn, old, end) : settle(turn, end)));
  running = undefined;
  setBusy(false, again);
  await showSessions().catch(() => undefined);
}

function settle(turn, end) {
  const reason = reasonOf(end);
  // Nobody knows the id of a conversation whose first turn has failed.
  current = turn.sessionId ?? current;
  turn.isKept = end.view !== undefined && end.isKept !== false;
  if (turn.isKept) kept++;
  if (end.view) turn.answer.show(reason ? { ...end.view, note: reason } : end.view);
  else turn.answer.breakOff(reason);
  setLast(turn);
  tellEnd(end, reason);
}

/** The old answer goes only when there is another one. */
function settleRepeat(turn, old, end) {
  const reason = reasonOf(end);
  if (reason === undefined && end.isKept) {
    old.answer.item.remove();
    current = turn.sessionId;
    turn.item = old.item;
    turn.isKept = true;
    turn.answer.show(end.view);
    setLast(turn);
  } else {
    turn.answer.item.remove();
    old.answer.item.hidden = false;
    const why = reason ?? end.view.note ?? 'It was not kept.';
    old.answer.setWarning(`There is no other answer: this one is unchanged. ${why}`);
    old.lost = end.type === 'lost' ? turn.sessionId : undefined;
    setLast(old);
  }
  tellEnd(end, reason);
}

function tellEnd({ view: shown }, reason) {
  status.textContent = reason ?? `Done: ${shown.about ?? 'the model did not say what it used'}`;
  spoken.textContent = shown ? textsOf(shown) : '';
}

const textsOf = ({ parts }) =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');

/** The last turn has the button that asks once more. */
function setLast(turn) {
  last = turn;
  again.textContent = turn.isKept ? 'Regenerate' : 'Send again';
  turn.answer.foot.append(again);
}

async function askAgain() {
  const { question, isKept, answer, item, isRepeat } = last;
  // What was lost on the way may have been kept all the same: nothing is said twice.
  if (await isKeptMeanwhile()) return;
  if (isKept) return ask(question, true);
  answer.item.remove();
  item.remove();
  last = undefined;
  ask(question, isRepeat);
}

async function isKeptMeanwhile() {
  const id = last.lost ?? (last.isKept ? undefined : last.sessionId);
  if (!id) return false;
  const turns = await readSession(id).catch((error) => {
    if (error.status === 404) return [];
    throw error;
  });
  const isMore = turns.length > (last.lost ? kept - 1 : kept);
  if (isMore) {
    showTurns(id, turns);
    status.textContent = 'The answer had been kept: here it is.';
  }
  return isMore;
}

function showTurns(id, turns) {
  current = id;
  kept = turns.length;
  last = undefined;
  messages.replaceChildren();
  for (const shown of turns) {
    const turn = { question: shown.question, answer: createAnswer(), item: questionItem(shown.question) };
    turn.answer.show(shown);
    messages.append(turn.item, turn.answer.item);
    last = { ...turn, isKept: true };
  }
  if (last) setLast(last);
  const { modelId } = turns.at(-1) ?? {};
  if ([...model.options].some(({ value }) => value === modelId)) model.value = modelId;
  empty.hidden = turns.length > 0;
  toEnd();
}

async function open(id) {
  showTurns(id, id ? await readSession(id) : []);
  sessionStorage.setItem('session', id);
  status.textContent = '';
}

async function showSessions() {
  const sessions = await listSessions();
  const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });
  session.replaceChildren(
    new Option('New conversation', ''),
    ...sessions.map(({ sessionId, title, updatedAt }) => {
      const when = time.format(new Date(updatedAt));
      return new Option(`${title || 'Untitled'} · ${when}`, sessionId);
    }),
  );
  session.value = sessions.some(({ sessionId }) => sessionId === current) ? current : '';
  sessionStorage.setItem('session', session.value);
}

/** Does what was asked for; what goes wrong is said. */
const act = (task) => async (event) => {
  try {
    await task(event);
  } catch (error) {
    status.textContent = error.message;
  }
};

function submit(content) {
  if (running || !content.trim()) return;
  text.value = '';
  return ask(content.trim(), false);
}

form.onsubmit = act((event) => {
  event.preventDefault();
  return submit(text.value);
});
text.onkeydown = (event) => {
  // The Enter that ends an input method's composition does not send; Safari tells it by its code only.
  const isComposing = event.isComposing || event.keyCode === 229;
  if (event.key !== 'Enter' || event.shiftKey || isComposing || hasTouch()) return;
  event.preventDefault();
  form.requestSubmit();
};
stop.onclick = async () => {
  const { turn, controller } = running ?? {};
  if (!turn) return;
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
session.onchange = act(() => open(session.value));

await act(async () => {
  const [models, examples] = await Promise.all([listModels(), listSuggestions()]);
  model.replaceChildren(...models.map(({ id, name }) => new Option(name, id)));
  suggestions.replaceChildren(
    ...examples.map((example) => {
      const button = element('button', '', example);
      button.onclick = () => submit(example);
      return element('li', '', button);
    }),
  );
  current = sessionStorage.getItem('session') ?? '';
  await showSessions();
  await open(session.value);
  focusText();
})();
