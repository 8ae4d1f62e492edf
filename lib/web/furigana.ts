/**
 * A word that begins with Han characters, and its reading in brackets: `食べ物（たべもの）`, `日本[にほん]`. Behind the
 * reading more may follow: `飲む (のむ, nomu)`. All have an end: a long text without brackets must not be searched again from each of its characters.
 */
const annotated =
  /(?<word>[\p{Script=Han}々〆ヶ][\p{Script=Han}々〆ヶ\p{Script=Hiragana}\p{Script=Katakana}ー]{0,11})\s?(?:[(（](?<round>[\p{Script=Hiragana}\p{Script=Katakana}ー]{1,24})(?:\s?[,、，/／・;；]\s?(?<more>[^()（）]{1,60}))?[)）]|[[［](?<square>[\p{Script=Hiragana}\p{Script=Katakana}ー]{1,24})[\]］])/gu;
const hanRuns = /([\p{Script=Han}々〆ヶ]+)/u;

/**
 * HTML with readings above the Han characters they belong to, in texts only: not inside tags, and not in code.
 * `食べる (たべる)` gives the reading た to 食, and leaves べる as it is. Pure.
 */
export function withFurigana(html: string): string {
  const parts = html.split(/(<pre[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>|<[^>]*>)/);
  return parts.map((part) => (part.startsWith('<') ? part : annotate(part))).join('');
}

interface Annotated {
  readonly word: string;
  readonly round?: string;
  readonly square?: string;
  /** What stands behind the reading. */
  readonly more?: string;
}

function annotate(text: string): string {
  return text.replace(annotated, (whole, ...rest) => {
    const { word, round, square, more } = rest.at(-1) as Annotated;
    const behind = more === undefined ? '' : ` (${more})`;
    const reading = round ?? square ?? '';
    // A particle may stand in front: the longest end of the word that the reading fits is the one it belongs to.
    for (const start of hanStarts(word)) {
      const ruby = rubyOf(word.slice(start), reading);
      if (ruby !== undefined) return word.slice(0, start) + ruby + behind;
    }
    return whole;
  });
}

/** Where runs of Han characters begin, the first one first. Pure. */
function hanStarts(word: string): number[] {
  const pieces = word.split(hanRuns);
  let place = 0;
  return pieces.flatMap((piece, index) => {
    const start = place;
    place += piece.length;
    return index % 2 === 1 ? [start] : [];
  });
}

/** The word as ruby; `undefined` when the reading is not one of it, as its kana tell. Pure. */
function rubyOf(word: string, reading: string): string | undefined {
  const pieces = word.split(hanRuns).filter((piece) => piece !== '');
  // A Han character is read as one kana at least.
  const pattern = pieces.map((piece) => (hanRuns.test(piece) ? `(.{${[...piece].length},}?)` : `(${piece})`));
  const found = new RegExp(`^${pattern.join('')}$`, 'u').exec(reading);
  if (found === null) return undefined;
  const marked = pieces.map((piece, index) =>
    hanRuns.test(piece) ? `${piece}<rp>(</rp><rt>${found[index + 1]}</rt><rp>)</rp>` : piece,
  );
  return marked.map((piece) => (piece.includes('<rt>') ? `<ruby lang="ja">${piece}</ruby>` : piece)).join('');
}
