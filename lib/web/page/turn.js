/** One answer, from the server's events to the page. */
import { streamAnswer } from './api.js';
import { askForApproval, closeApproval } from './approval.js';
import { follow, status } from './view.js';

/**
 * @typedef {import('./api.js').TurnEvent} TurnEvent
 * @typedef {import('./conversation.js').ShownTurn} ShownTurn
 */
/**
 * How a turn ended: the server's last event, or what the page makes of there being none.
 *
 * @typedef {object} End
 * @property {'end' | 'error' | 'lost' | 'refused'} type
 * @property {string} [reason] what a person is told, where no event says it
 * @property {string} [kind]
 * @property {string} [message]
 * @property {string} [hint]
 * @property {import('./api.js').TurnView} [view]
 * @property {boolean} [isKept]
 * @property {number} [lastTurn] where the turn begins in the log
 * @property {boolean} [isTooLong]
 * @property {boolean | undefined} [hasGoneOn]
 */

/**
 * Shows an answer while it comes, and gives the event that ends it; also where none came.
 *
 * @param {ShownTurn} turn
 * @param {object} body
 * @param {AbortSignal} signal
 * @returns {Promise<End>}
 */
export async function readAnswer(turn, body, signal) {
  try {
    for await (const events of streamAnswer(body, signal)) {
      const last = events.at(-1);
      follow(() => {
        for (const event of events) showEvent(turn, event);
      });
      if (last?.type === 'end' || last?.type === 'error') return last;
    }
    return { type: 'lost', reason: 'The connection was lost before the end of the answer.' };
  } catch (error) {
    if (signal.aborted) return { type: 'error', kind: 'aborted' };
    // With a status the server has refused to begin; without, nobody knows how far it came.
    const { status: code, hasGoneOn, message } = /** @type {import('./api.js').CallError} */ (error);
    if (code) return { type: 'refused', reason: message, isTooLong: code === 413, hasGoneOn };
    return { type: 'lost', reason: `The connection was lost. ${message}` };
  }
}

/** @type {(turn: ShownTurn, event: TurnEvent) => void} */
function showEvent(turn, event) {
  const { answer } = turn;
  const { type } = event;
  if (type === 'session') turn.sessionId = event.sessionId;
  else if (type === 'thinking') status.textContent = 'Thinking…';
  else if (type === 'text') {
    if (status.textContent === 'Thinking…') status.textContent = 'Answering…';
    answer.addText(event.text);
  } else if (type === 'html') answer.addHtml(event.html, event.length);
  else if (type === 'call') {
    const step = answer.stepOf(event.id, event.name);
    if (step.isWaiting) return;
    if (event.input) step.setInput(event.input);
    status.textContent = `Using ${event.name}…`;
  } else if (type === 'result') {
    const step = answer.stepOf(event.id);
    step.setResult(event);
    status.textContent = event.isError ? `${step.name} has failed.` : `${step.name} has answered.`;
  } else if (type === 'ask') {
    // What was streamed is not yet what will run.
    const step = answer.stepOf(event.id, event.name);
    step.setInput(event.input);
    step.isWaiting = true;
    step.setState('waiting', 'waiting for you');
    status.textContent = `${event.name} waits for your decision.`;
    const onTrouble = (/** @type {Error} */ error) => {
      status.textContent = `${error.message} Nothing was allowed.`;
    };
    askForApproval({ ...event, sessionId: turn.sessionId ?? '', onTrouble });
  } else if (type === 'asked') {
    closeApproval(event.question);
    const step = answer.stepOf(event.id);
    step.isWaiting = false;
    step.setState('running', 'running');
  }
}

/**
 * What a person is told of the end of a turn; `undefined` when all went well.
 *
 * @param {End} end
 */
export function reasonOf(end) {
  if (end.type === 'end') return undefined;
  if (end.reason) return end.reason;
  if (end.kind === 'aborted')
    return end.view ? 'Stopped. What was done by then is kept.' : 'Stopped. This turn is not kept.';
  return `${(end.message ?? '').replace(/\.?$/, '.')} ${end.hint}`;
}
