/** The parts of the page, and how its list of messages moves. */
const find = (id) => document.getElementById(id);

export const [form, text, send, stop, fresh] = ['form', 'text', 'send', 'stop', 'fresh'].map(find);
export const [messages, status, spoken, model, session] = [
  'messages',
  'status',
  'spoken',
  'model',
  'session',
].map(find);
export const [empty, suggestions] = ['empty', 'suggestions'].map(find);
const view = messages.parentElement;

export function toEnd() {
  view.scrollTop = view.scrollHeight;
}

/** Shows the end of what is being written, unless the reader has gone back to read. */
export function follow(change) {
  const isAtEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 80;
  change();
  if (isAtEnd) toEnd();
}

export const hasTouch = () => matchMedia('(pointer: coarse)').matches;

/** Not where a keyboard would come up over half of the screen. */
export function focusText() {
  if (!hasTouch()) text.focus();
}

/** While an answer comes, Send gives way to Stop, and nothing else can be begun. */
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
