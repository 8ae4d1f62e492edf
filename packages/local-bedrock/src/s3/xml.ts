/** XML that is whole: what is in it is escaped. */
export interface Xml {
  readonly text: string;
}

/** An element with a text, or with elements in it. Pure. */
export function element(name: string, content: string | readonly Xml[], namespace?: string): Xml {
  const inside = typeof content === 'string' ? escaped(content) : content.map(({ text }) => text).join('');
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return { text: `<${name}${attribute}>${inside}</${name}>` };
}

/** A document. Pure. */
export function xml({ text }: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Control characters, too: a reader would make spaces of some and fail on others. */
function escaped(text: string): string {
  return text.replaceAll(
    /[&<>"\p{Cc}]/gu,
    (character) => escapes[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}
