/** Asks the visitor before a tool runs, one question at a time. Leaving the dialog in any way but *Allow* refuses. */
import { decide } from './api.js';

const [dialog, title, input] = ['approval', 'approval-title', 'approval-input'].map((id) =>
  document.getElementById(id),
);
// A long input is scrolled with the keyboard.
input.tabIndex = 0;
const pageTitle = document.title;
const waiting = [];
let current;

/** Asks for one tool call; `onTrouble` gets what went wrong when the decision could not be sent. */
export function askForApproval({ sessionId, id, name, json, onTrouble }) {
  waiting.push({ sessionId, id, name, json, onTrouble });
  showNext();
}

/** The call is decided, or nobody waits for it any more. */
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
  if (current || waiting.length === 0) return;
  current = waiting.shift();
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
