/** Words that say nothing of what a sentence is about. */
const empty = new Set(
  'a about all also am an and any are as at be been but by can could did do does for from get give had has have how i if in into is it its just like may me my no not of on or our please should so some such tell than that the their them then there these they this to up us was we were what when where which who why will with would you your'.split(
    ' ',
  ),
);

/** The words of a text that carry its meaning, without their endings: `stocks` and `stock` are one. Pure. */
export function stemsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !empty.has(word)).map(stemOf));
}

function stemOf(word: string): string {
  if (word.length <= 4) return word.replace(/(?<=\w{3})s$/, '');
  return word.replace(/(?:ments?|ations?|ings?|ions?|ies|ers?|ors?|ed|es|s|e|y)$/, '');
}
