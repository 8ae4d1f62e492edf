/** Asks the visitor before a tool runs, one question at a time. Leaving the dialog in any way but *Allow* refuses. */
import { decide } from './api.js';
import { find } from './view.js';

/**
 * A tool call that waits for a decision; `onTrouble` gets what went wrong when that could not be sent.
 *
 * @typedef {{ sessionId: string, id: string, name: string, json: string, onTrouble: (error: Error) => void }} Question
 */

const dialog = find('approval', HTMLDialogElement);
const title = find('approval-title', HTMLElement);
const input = find('approval-input', HTMLElement);
// A long input is scrolled with the keyboard.
input.tabIndex = 0;
const pageTitle = document.title;
/** @type {Question[]} */
const waiting = [];
/** @type {Question | undefined} */
let current;

/** @param {Question} question */
export function askForApproval(question) {
  waiting.push(question);
  showNext();
}

/**
 * The call is decided, or nobody waits for it any more.
 *
 * @param {string} id
 */
export function closeApproval(id) {
  const place = waiting.findIndex((one) => one.id === id);
  if (place >= 0) waiting.splice(place, 1);
  if (current?.id !== id) return;
  current = undefined;
  dialog.close('gone');
}

/** No call waits any more: the answer has ended, or its connection has. */
export function closeApprovals() {
  waiting.length = 0;
  if (current) closeApproval(current.id);
}

function showNext() {
  if (current) return;
  current = waiting.shift();
  if (!current) return;
  title.textContent = `Allow ${current.name}?`;
  input.textContent = current.json;
  // Escape keeps the value that the dialog has.
  dialog.returnValue = 'refuse';
  // Seen from another tab, too.
  document.title = `Allow ${current.name}?`;
  dialog.showModal();
}

dialog.addEventListener('click', (event) => {
  // The next question stands where the last one stood: the second click of a double click is not about it.
  if (event.detail > 1) event.preventDefault();
});
dialog.addEventListener('close', () => {
  document.title = pageTitle;
  const decided = current;
  current = undefined;
  if (decided) {
    const { sessionId, id, onTrouble } = decided;
    decide(sessionId, id, dialog.returnValue === 'allow').catch(onTrouble);
  }
  showNext();
});
