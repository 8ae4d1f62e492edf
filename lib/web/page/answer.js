/**
 * How messages look. Only HTML that the server has made safe is set as HTML; all else is set as text.
 */
import { inputParts } from './input.js';
import { status } from './view.js';

/** @typedef {import('./api.js').TurnView} TurnView */

/**
 * An element with a class and children; texts become text.
 *
 * @template {keyof HTMLElementTagNameMap} N
 * @param {N} name
 * @param {string} [className]
 * @param {...(Node | string)} children
 */
export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * What an answer says, without its tool calls.
 *
 * @param {Pick<TurnView, 'parts'>} answer
 */
export const wordsOf = ({ parts }) =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');

/**
 * What the visitor has said.
 *
 * @param {string} text
 */
export function questionItem(text) {
  return element('li', 'user', element('strong', 'for-ears', 'You'), element('div', 'plain', text));
}

/**
 * An answer, empty at first. While it comes its pieces are added; `show` then puts in their place what the server has
 * kept of it.
 */
export function createAnswer() {
  const body = element('div', 'answer');
  const foot = element('div', 'foot');
  const item = element('li', 'assistant', element('strong', 'for-ears', 'Assistant'), body, foot);
  /** @type {Map<string, ReturnType<typeof createStep>>} */
  const steps = new Map();
  /** @type {{ plain: HTMLElement, rendered?: HTMLElement } | undefined} */
  let text;

  /** @param {string} piece */
  function addText(piece) {
    if (!text) {
      text = { plain: element('div', 'plain') };
      body.append(text.plain);
    }
    text.plain.append(piece);
  }

  /** @type {(html: string, length: number) => void} */
  function addHtml(html, length) {
    if (!text) return;
    if (!text.rendered) {
      text.rendered = element('div', 'rendered');
      text.plain.before(text.rendered);
    }
    text.rendered.insertAdjacentHTML('beforeend', html);
    text.plain.textContent = (text.plain.textContent ?? '').slice(length);
  }

  /** @type {(id: string, name?: string) => ReturnType<typeof createStep>} */
  function stepOf(id, name) {
    let step = steps.get(id);
    if (!step) {
      step = createStep();
      steps.set(id, step);
    }
    if (name) step.setName(name);
    if (!step.element.isConnected) {
      body.append(step.element);
      // What is said after a step stands below it.
      text = undefined;
    }
    return step;
  }

  /** @param {Pick<TurnView, 'parts' | 'note' | 'about' | 'earlier'>} view */
  function show({ parts, note, about, earlier = [] }) {
    body.replaceChildren();
    text = undefined;
    for (const part of parts) {
      if (part.type === 'step') {
        const step = stepOf(part.id, part.name);
        step.setInput(part.input);
        if (part.result) step.setResult(part.result);
        else step.setState('broken', 'not finished');
      } else {
        const rendered = element('div', 'rendered');
        rendered.innerHTML = part.html;
        body.append(rendered);
      }
    }
    if (note) setNote(note);
    if (earlier.length > 0) body.append(earlierAnswers(earlier));
    const words = wordsOf({ parts });
    foot.replaceChildren(
      ...(about ? [element('span', 'about', about)] : []),
      ...(words ? [copyButton(words)] : []),
    );
  }

  /** @param {string} reason */
  function setNote(reason) {
    body.append(element('p', 'note', reason));
  }

  /**
   * What has come stays on the page, marked as something that is not kept.
   *
   * @param {string} reason
   */
  function breakOff(reason) {
    item.classList.add('broken');
    for (const step of steps.values()) if (!step.hasResult) step.setState('broken', 'not finished');
    setNote(reason);
  }

  /** @param {string} words */
  function setWarning(words) {
    item.querySelector('.warning')?.remove();
    foot.before(element('p', 'note warning', words));
  }

  return { item, foot, addText, addHtml, stepOf, show, breakOff, setWarning };
}

/**
 * The answers that this one has taken the place of, to be opened. They are made when that happens.
 *
 * @param {readonly TurnView[]} earlier
 */
function earlierAnswers(earlier) {
  const count = earlier.length === 1 ? 'Earlier answer' : `${earlier.length} earlier answers`;
  const details = element('details', 'earlier', element('summary', '', count));
  details.addEventListener(
    'toggle',
    () => {
      for (const view of earlier) {
        const { item, show } = createAnswer();
        show(view);
        details.append(element('div', 'one', ...(item.querySelector('.answer')?.childNodes ?? [])));
      }
    },
    { once: true },
  );
  return details;
}

/** @param {string} words */
function copyButton(words) {
  const button = element('button', '', 'Copy');
  button.type = 'button';
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(words);
      status.textContent = 'Copied.';
      button.textContent = 'Copied';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 2_000);
    } catch {
      status.textContent = 'This browser does not let the page copy. Select the text, and copy it yourself.';
    }
  };
  return button;
}

/** A tool call: one line, which opens to what it was given and what it gave. */
function createStep() {
  const state = element('span', 'state', 'running');
  const title = element('strong');
  const brief = element('code', 'brief');
  const input = element('pre');
  const result = element('pre');
  input.tabIndex = result.tabIndex = 0;
  const resultPart = element('div', '', element('p', 'what', 'Result'), result);
  resultPart.hidden = true;
  const details = element(
    'details',
    'step running',
    element('summary', '', element('span', 'mark'), title, brief, state),
    element('p', 'what', 'Input'),
    input,
    resultPart,
  );

  /** @type {(kind: string, words: string) => void} */
  function setState(kind, words) {
    details.className = `step ${kind}`;
    state.textContent = words;
  }

  return {
    element: details,
    name: '',
    /** A person is asked whether it may run. */
    isWaiting: false,
    setState,
    /** @param {string} name */
    setName(name) {
      this.name = details.dataset.name = title.textContent = name;
    },
    setInput(json = '') {
      input.replaceChildren(...inputParts(json));
      brief.textContent = json.slice(0, 300).replace(/\s*\n\s*/g, ' ');
    },
    hasResult: false,
    /** @param {{ text: string, isError: boolean }} given */
    setResult({ text, isError }) {
      this.hasResult = true;
      result.textContent = text;
      resultPart.hidden = false;
      setState(isError ? 'failed' : 'done', isError ? 'failed' : 'done');
    },
  };
}
