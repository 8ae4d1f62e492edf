/** The chat page. Only HTML that the server has made safe is set as HTML; all else is set as text. */
const find = (id) => document.getElementById(id);
const [form, text, send, stop, again] = ['form', 'text', 'send', 'stop', 'again'].map(find);
const [messages, status, model, session] = ['messages', 'status', 'model', 'session'].map(find);
let running;
let question = '';
/** Whether the turn that is under way, or failed last, asked for another answer. */
let repeats = false;

async function get(path) {
  const response = await fetch(path);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}
const option = (value, label) => new Option(label, value);

async function showSessions(chosen) {
  const sessions = await get('sessions');
  session.replaceChildren(
    option('', 'New conversation'),
    ...sessions.map((one) => option(one.sessionId, one.title || 'Untitled')),
  );
  session.value = chosen ?? '';
  sessionStorage.setItem('session', session.value);
}

async function resume(id) {
  messages.replaceChildren();
  question = '';
  sessionStorage.setItem('session', id);
  for (const message of id ? await get(`sessions/${encodeURIComponent(id)}`) : []) {
    const body = add(message.role, message.text);
    if (message.role === 'user') question = message.text;
    else finish(body, message.text, message.html);
  }
  again.disabled = question === '';
}

function add(role, content) {
  const item = document.createElement('li');
  const name = document.createElement('strong');
  name.textContent = role === 'user' ? 'You' : 'Assistant';
  const body = document.createElement('div');
  body.className = 'plain';
  body.textContent = content;
  item.className = role;
  item.append(name, body);
  messages.append(item);
  messages.parentElement.scrollTop = messages.parentElement.scrollHeight;
  return body;
}

function finish(body, answer, html) {
  body.className = 'rendered';
  body.innerHTML = html;
  const copy = document.createElement('button');
  copy.textContent = 'Copy';
  copy.onclick = async () => {
    await navigator.clipboard.writeText(answer);
    status.textContent = 'Copied.';
  };
  body.after(copy);
}

/** Shows the end of what is being written, unless the reader has gone back to read. */
function follow(change) {
  const view = messages.parentElement;
  const atEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 80;
  change();
  if (atEnd) view.scrollTop = view.scrollHeight;
}

function markBroken(body, reason) {
  const note = document.createElement('p');
  note.className = 'note';
  note.textContent = reason;
  body.after(note);
  body.parentElement.classList.add('broken');
  status.textContent = reason;
}

async function* events(response) {
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + piece).split('\n\n');
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part.replace(/^data: /gm, ''));
  }
}

async function ask(content, regenerate) {
  running = new AbortController();
  repeats = regenerate;
  const answering = [send, again, session, model];
  for (const control of answering) control.disabled = true;
  stop.hidden = false;
  status.textContent = 'Answering…';
  if (regenerate) messages.lastElementChild?.className === 'assistant' && messages.lastElementChild.remove();
  else add('user', content);
  const body = add('assistant', '');
  question = content;
  let whole = false;
  let id = session.value || undefined;
  try {
    const response = await fetch('turns', {
      method: 'POST',
      // jupyter-server-proxy holds every answer back until its end, unless this is asked for.
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        text: content,
        modelId: model.value,
        sessionId: id,
        regenerate: regenerate && id !== undefined,
      }),
      signal: running.signal,
    });
    if (!response.ok) throw new Error((await response.json()).message);
    for await (const event of events(response)) {
      if (event.type === 'session') id = event.sessionId;
      else if (event.type === 'text') follow(() => body.append(event.text));
      else if (event.type === 'step') follow(() => body.append(`[${event.name}] ${event.text}\n`));
      else if (event.type === 'error') throw new Error(`${event.message.replace(/\.?$/, '.')} ${event.hint}`);
      else if (event.type === 'end') {
        whole = true;
        follow(() => finish(body, event.text, event.html));
        status.textContent = `${event.usage?.totalTokens ?? 'unknown'} tokens, ${event.cost}`;
      }
    }
    if (!whole)
      throw new Error('The connection was lost before the end of the answer. Regenerate asks again.');
    await showSessions(id);
  } catch (error) {
    const reason = running.signal.aborted ? 'Stopped. This turn is not kept.' : error.message;
    follow(() => markBroken(body, reason));
  } finally {
    for (const control of answering) control.disabled = false;
    stop.hidden = true;
    running = undefined;
    text.focus();
  }
}

form.onsubmit = (event) => {
  event.preventDefault();
  const content = text.value.trim();
  if (running || !content) return;
  text.value = '';
  ask(content, false);
};
text.onkeydown = (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
};
stop.onclick = () => running?.abort();
again.onclick = () => {
  const last = messages.lastElementChild;
  if (!last?.classList.contains('broken')) return ask(question, true);
  // A turn that failed was not stored: it is asked once more as it was, in its place.
  if (!repeats) last.previousElementSibling.remove();
  last.remove();
  ask(question, repeats);
};
session.onchange = () =>
  resume(session.value).catch((error) => {
    status.textContent = error.message;
  });

try {
  model.replaceChildren(...(await get('models')).map(({ id, name }) => option(id, name)));
  model.value =
    [...model.options].find(({ value }) => value.includes('nova-lite'))?.value ?? model.options[0]?.value;
  await showSessions(sessionStorage.getItem('session') ?? undefined);
  if (session.value) await resume(session.value);
} catch (error) {
  status.textContent = `${error.message} Load the page again.`;
}
