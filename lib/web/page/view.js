/** The parts of the page, and how its list of messages moves. */
/**
 * The element of this id, which index.html has.
 *
 * @template {Element} E
 * @param {string} id
 * @param {new () => E} kind
 */
export function find(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${id}.`);
}

export const form = find('form', HTMLFormElement);
export const text = find('text', HTMLTextAreaElement);
export const send = find('send', HTMLButtonElement);
export const stop = find('stop', HTMLButtonElement);
export const fresh = find('fresh', HTMLButtonElement);
export const messages = find('messages', HTMLElement);
export const status = find('status', HTMLElement);
export const spoken = find('spoken', HTMLElement);
export const model = find('model', HTMLSelectElement);
export const session = find('session', HTMLSelectElement);
export const empty = find('empty', HTMLElement);
export const suggestions = find('suggestions', HTMLElement);
const view = /** @type {HTMLElement} */ (messages.parentElement);

export function toEnd() {
  view.scrollTop = view.scrollHeight;
}

/**
 * Shows the end of what is being written, unless the reader has gone back to read.
 *
 * @param {() => void} change
 */
export function follow(change) {
  const isAtEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 80;
  change();
  if (isAtEnd) toEnd();
}

/**
 * What comes in above leaves the reader where they are.
 *
 * @param {() => void} change
 */
export function keepPlace(change) {
  const fromEnd = view.scrollHeight - view.scrollTop;
  change();
  view.scrollTop = view.scrollHeight - fromEnd;
}

export const hasTouch = () => matchMedia('(pointer: coarse)').matches;

/** Not where a keyboard would come up over half of the screen. */
export function focusText() {
  if (!hasTouch()) text.focus();
}

/**
 * While an answer comes, Send gives way to Stop, and nothing else can be begun.
 *
 * @param {boolean} isBusy
 * @param {...HTMLButtonElement} controls
 */
export function setBusy(isBusy, ...controls) {
  const wasAt = document.activeElement;
  for (const control of [send, session, model, fresh, ...controls]) control.disabled = isBusy;
  send.hidden = isBusy;
  stop.hidden = !isBusy;
  stop.disabled = false;
  view.setAttribute('aria-busy', String(isBusy));
  if (isBusy) {
    empty.hidden = true;
    status.textContent = 'Answering…';
    if (wasAt === send) stop.focus();
  } else if (wasAt === stop || wasAt === document.body) focusText();
}
