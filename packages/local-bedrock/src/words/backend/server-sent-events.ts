/** The end mark of OpenAI's streams. */
export const done = Symbol('[DONE]');

/** A line or an event longer than this is no JSON of a model. In characters. */
const longest = 8_000_000;

/** What a stream sends that is not an event with JSON. */
export class MalformedEvents extends Error {
  /** What was sent. */
  readonly text: string;

  constructor(text: string) {
    super('The stream has an event that is not JSON.');
    this.name = 'MalformedEvents';
    this.text = text;
  }
}

/**
 * The JSON values of a stream of server-sent events, and `done` where it says `[DONE]`. Comments, event names and
 * ids are passed over; servers that send no blank line between events are understood. Throws `MalformedEvents` for
 * anything else.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncIterable<unknown> {
  let data = '';
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (data.trim() !== '') throw new MalformedEvents(data);
      data = '';
      continue;
    }
    if (/^(?::|event:|id:|retry:)/.test(line)) continue;
    if (!line.startsWith('data:')) throw new MalformedEvents(line);
    const payload = line.slice(line.startsWith('data: ') ? 6 : 5);
    if (payload.trim() === '[DONE]') {
      yield done;
      continue;
    }
    data = data === '' ? payload : `${data}\n${payload}`;
    const value = parsed(data);
    if (value === undefined) continue;
    data = '';
    yield value;
  }
  if (data.trim() !== '') throw new MalformedEvents(data);
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    // A carriage return at the end may be half of a line end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > longest) throw new MalformedEvents(rest);
    yield* lines;
  }
  const last = rest + decoder.decode();
  if (last !== '') yield last.replace(/\r$/, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
