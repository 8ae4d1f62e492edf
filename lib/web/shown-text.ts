/**
 * What a reader cannot see, or what moves its neighbours: control, format and private characters, half characters,
 * spaces of other kinds, fillers, and a heap of marks on one letter.
 */
const hidden =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}\u{2800}]|(?! )\p{Zs}|(?<=\p{M}{3})\p{M}/gu;
/** JSON's own escapes, which are no part of a word; words, addresses and paths. */
const words = /\\(?:u[\da-f]{4}|[bfnrt"\\])|[\p{L}\p{M}\p{N}@./_-]+/gu;
/** In a word with Latin letters, those that only look so. */
const lookalikes =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\uff21-\uff5a\u{1d400}-\u{1d7ff}]/gu;
const scripts = [/\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u, /\p{Script=Cherokee}/u];
/** Latin letters that are no letter of ASCII with marks on it. Of them, `writtenLatin` are those of today's languages. */
const otherLatin = /(?![A-Za-z])\p{Script=Latin}/gu;
const writtenLatin = /[ßẞæÆœŒøØđĐðÐþÞłŁħĦŋŊəƏªº]|^[A-Za-z]\p{M}+$/u;
/** Cyrillic and Greek letters that look like Latin ones: a word of nothing else reads as a Latin word. */
const imitating = /^[аеорсухіјѕһԁԛԝѵАВЕКМНОРСТУХІЈЅԌԚԜορνυικαΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]+$/u;
/** What looks like the signs of an address or a path, and stands at a letter like one. */
const signs =
  '[\\u2044\\u2215\\u29f8\\u2571\\u27cb\\u2024\\ua789\\u2236\\ufe52\\ufe55\\ufe6b\\uff0e\\uff0f\\uff20\\u2216\\u29f5\\ufe68]';
const falseSigns = new RegExp(`(?<=[A-Za-z])${signs}|${signs}(?=[A-Za-z])`, 'gu');

/**
 * A text of others for a decision: what cannot be seen, or would be read as something else, is written as JSON writes
 * it, such as `\u202e`. Line breaks and tabs stay. Pure.
 */
export function showHidden(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(hidden, (found) => (found === '\n' || found === '\t' ? found : escaped(found)))
    .replace(falseSigns, escaped)
    .split('\n')
    .map(showLookalikes)
    .join('\n');
}

function showLookalikes(line: string): string {
  // Among words of their own script, words such as «оса» are read as what they are.
  const foreign = line.match(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu) ?? [];
  const isAtHome = foreign.some((letter) => !imitating.test(letter));
  return line.replace(words, (word) => {
    if (word.startsWith('\\')) return word;
    const isMixed = scripts.filter((script) => script.test(word)).length > 1;
    const isImitation = !isAtHome && imitating.test(word.replace(/[^\p{L}]/gu, ''));
    const isLatin = /\p{Script=Latin}/u.test(word);
    const shown = isLatin || isMixed || isImitation ? word.replace(lookalikes, escaped) : word;
    if (!/[A-Za-z]/.test(word)) return shown;
    return shown.replace(otherLatin, (letter) =>
      writtenLatin.test(letter.normalize('NFD')) ? letter : escaped(letter),
    );
  });
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
