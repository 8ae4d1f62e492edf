import { inspect } from 'node:util';

/** What Jupyter shows of a value, by media type. */
export type MediaBundle = Readonly<Record<string, unknown>>;

/** As they are before any cell. */
const { parse, stringify } = JSON;

/** What an object's method of this name returns is shown in its place. Deno's kernel knows it by the same name. */
const display = Symbol.for('Jupyter.display');

/** Levels of an object that are shown: as many as the text stays readable with. */
const depths = [8, 5, 3, 2];

/** Characters of a text that a person still reads. */
const readable = 4_000;

/**
 * How the value of a cell's last expression is shown: as it says itself, an element of a page as that element, a text as
 * it is, and everything else as a tree. `undefined` where there is nothing to show.
 *
 * @throws whatever the value throws when it is looked at
 */
export async function bundleOf(value: unknown): Promise<MediaBundle | undefined> {
  if (value === undefined || value === null) return undefined;
  const own = (value as { [display]?: unknown })[display];
  if (typeof own === 'function') {
    const bundle: unknown = await own.call(value);
    // As it is sent: what JSON has no form for fails here, where the cell can be told.
    if (typeof bundle === 'object' && bundle !== null) return parse(stringify(bundle));
  }
  return elementOf(value) ?? { 'text/plain': textOf(value) };
}

/** An element of a page has its own source. */
function elementOf(value: unknown): MediaBundle | undefined {
  const { nodeType, outerHTML, localName } = Object(value) as Readonly<Record<string, unknown>>;
  if (nodeType !== 1 || typeof outerHTML !== 'string') return undefined;
  const type = localName === 'svg' ? 'image/svg+xml' : 'text/html';
  return { [type]: outerHTML, 'text/plain': `<${localName}>` };
}

/** A text as it is; everything else as Node shows it, and deeper as long as that can be read. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  let text = '';
  // By their places, not one after the other: a cell may have changed how lists are gone through.
  for (let index = 0; index < depths.length; index += 1) {
    text = inspect(value, { depth: depths[index] });
    if (text.length <= readable) break;
  }
  return text;
}
