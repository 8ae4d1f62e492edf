/** Letters and digits side by side: what stands alone in a text as a word. */
const word = /[\p{L}\p{N}]+/gu;

/** As many words as AWS allows a phrase of a guardrail's list to have. */
const longest = 3;

/** What is known of a text, so that each of 10,000 phrases is looked up rather than searched for. */
export interface Phrases {
  /** The first place where the text has the words or phrase, as whole words and whatever their case, as it is written there. */
  find(phrase: string): string | undefined;
}

/** Reads a text once, for all the phrases that are asked for. */
export function phrasesIn(text: string): Phrases {
  const words = [...text.matchAll(word)].map(({ 0: found, index }) => ({
    from: index,
    to: index + found.length,
  }));
  /** Where each run of up to three words begins and ends first. */
  const runs = new Map<string, { readonly from: number; readonly to: number }>();
  for (const [index, { from }] of words.entries()) {
    for (const { to } of words.slice(index, index + longest)) {
      const key = keyOf(text.slice(from, to));
      if (!runs.has(key)) runs.set(key, { from, to });
    }
  }
  return {
    find(phrase) {
      const parts = [...phrase.matchAll(word)];
      const [first, last] = [parts[0], parts.at(-1)];
      if (first === undefined || last === undefined) return searched(text, phrase);
      const [from, to] = [first.index, last.index + last[0].length];
      const isWhole = from === 0 && to === phrase.length;
      if (isWhole && parts.length <= longest) {
        const run = runs.get(keyOf(phrase));
        return run && text.slice(run.from, run.to);
      }
      // It begins or ends with a sign, or is longer: what it is made of has to be there at least.
      const mayBe = parts.slice(0, Math.max(1, parts.length - longest + 1)).every((part, index) => {
        const end = parts[Math.min(index + longest, parts.length) - 1] ?? part;
        return runs.has(keyOf(phrase.slice(part.index, end.index + end[0].length)));
      });
      return mayBe ? searched(text, phrase) : undefined;
    },
  };
}

function keyOf(run: string): string {
  return run.toLowerCase().replaceAll(/\s+/g, ' ');
}

function searched(text: string, phrase: string): string | undefined {
  const escaped = phrase.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').exec(text)?.[0];
}
