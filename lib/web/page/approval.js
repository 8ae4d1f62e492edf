/** Asks the visitor before a tool runs, one question at a time. Leaving the dialog in any way but *Allow* refuses. */
import { decide } from './api.js';
import { inputParts } from './input.js';
import { find } from './view.js';

/**
 * A tool call that waits for a decision, as the server has told it; `onTrouble` gets what went wrong when the decision
 * could not be sent.
 *
 * @typedef {Extract<import('./api.js').TurnEvent, { type: 'ask' }>} Ask
 * @typedef {Ask & { sessionId: string, onTrouble: (error: Error) => void }} Question
 */

const dialog = find('approval', HTMLDialogElement);
const title = find('approval-title', HTMLElement);
const size = find('approval-size', HTMLElement);
const input = find('approval-input', HTMLElement);
const whole = find('approval-whole', HTMLButtonElement);
// A long input is scrolled with the keyboard.
input.tabIndex = 0;
input.setAttribute('role', 'region');
input.setAttribute('aria-labelledby', size.id);
const hint = find('approval-hint', HTMLElement);
const allow = find('approval-allow', HTMLButtonElement);
const pageTitle = document.title;
/** Milliseconds in which a click is still meant for what stood there before. */
const settleMs = 400;
/** @type {Question[]} */
const waiting = [];
/** @type {Question | undefined} */
let current;
let isSettled = false;
/** Something of the input stands nowhere yet. */
let isCut = false;
let isSeen = false;

/** @param {Question} question */
export function askForApproval(question) {
  waiting.push(question);
  showNext();
}

/**
 * The call is decided, or nobody waits for it any more.
 *
 * @param {string} question
 */
export function closeApproval(question) {
  const place = waiting.findIndex((one) => one.question === question);
  if (place >= 0) waiting.splice(place, 1);
  if (current?.question !== question) return;
  current = undefined;
  dialog.close('gone');
}

/** No call waits any more: the answer has ended, or its connection has. */
export function closeApprovals() {
  waiting.length = 0;
  if (current) closeApproval(current.question);
}

function showNext() {
  if (current) return;
  const next = waiting.shift();
  if (!next) return;
  current = next;
  title.textContent = `Allow ${next.name}?`;
  // Escape keeps the value that the dialog has.
  dialog.returnValue = 'refuse';
  // Seen from another tab, too.
  document.title = `Allow ${next.name}?`;
  isSettled = false;
  setTimeout(() => {
    if (current !== next) return;
    isSettled = true;
    setAllow();
  }, settleMs);
  dialog.showModal();
  showInput(false);
}

/** @param {boolean} isWhole */
function showInput(isWhole) {
  const json = current?.input ?? '';
  input.replaceChildren(...inputParts(json, isWhole));
  size.textContent = `Input: ${json.length.toLocaleString('en')} characters`;
  isCut = input.querySelector('mark') !== null;
  whole.hidden = !isCut;
  hint.textContent = isCut
    ? 'Something is not shown. Press “Show all of it”, and read the input to its end before you allow it.'
    : 'Read the input to its end before you allow it.';
  input.scrollTop = 0;
  isSeen = false;
  lookForEnd();
}

/** What is cut or below the fold decides as well: it may be allowed once all of it is there and its end was in sight. */
function lookForEnd() {
  if (!isCut && input.scrollHeight - input.scrollTop - input.clientHeight < 8) isSeen = true;
  setAllow();
}

function setAllow() {
  hint.hidden = isSeen;
  // Not `disabled`: it stays in its place for the keyboard, and says why it waits.
  allow.setAttribute('aria-disabled', String(!(isSeen && isSettled)));
}

input.addEventListener('scroll', lookForEnd);
addEventListener('resize', () => current && lookForEnd());
whole.onclick = () => {
  showInput(true);
  input.focus();
};
dialog.addEventListener('click', (event) => {
  // The next question stands where the last one stood: the second click of a double click is not about it.
  if (event.detail > 1) event.preventDefault();
  // With the keyboard, whoever is on Allow has gone there.
  const mayAllow = isSeen && (isSettled || event.detail === 0);
  if (event.target === allow && !mayAllow) event.preventDefault();
});
dialog.addEventListener('close', () => {
  document.title = pageTitle;
  const decided = current;
  current = undefined;
  if (decided) {
    const isAllowed = dialog.returnValue === 'allow' && isSeen;
    decide(decided, isAllowed).catch(decided.onTrouble);
  }
  showNext();
});
