/**
 * What a reader cannot see, or what moves its neighbours: control, format and private characters, half characters,
 * spaces of other kinds, fillers, and a heap of marks on one letter.
 */
const hidden =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}\u{2800}]|(?! )\p{Zs}|(?<=\p{M}{3})\p{M}/gu;
/** Words, addresses and paths: in one with Latin letters, those that only look so. */
const words = /[\p{L}\p{M}\p{N}@./_-]+/gu;
const lookalikes =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\uff21-\uff5a\u{1d400}-\u{1d7ff}]/gu;

/**
 * A text of others for a decision: what cannot be seen, or would be read as something else, is written as JSON writes
 * it, such as `\u202e`. Line breaks and tabs stay. Pure.
 */
export function showHidden(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(hidden, (found) => (found === '\n' || found === '\t' ? found : escaped(found)))
    .replace(words, (word) => (/\p{Script=Latin}/u.test(word) ? word.replace(lookalikes, escaped) : word));
}

/** A name of others, in one line of at most 80 characters. Pure. */
export function showName(name: string): string {
  const shown = showHidden(name.slice(0, 1_000)).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return shown.length <= 80 ? shown : `${shown.slice(0, 60)}…${shown.slice(-15)} (${name.length} characters)`;
}

/** The input of a tool call for a person: JSON, laid out in lines. Pure. */
export function describeInput(input: unknown): string {
  return showHidden(JSON.stringify(input, plain, 2) ?? '');
}

/** What a schema's library may have made of the model's JSON, and JSON would leave out. Pure. */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

function escaped(found: string): string {
  return found
    .split('')
    .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
