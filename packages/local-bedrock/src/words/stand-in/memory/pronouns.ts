const retold: Readonly<Record<string, string>> = {
  "i'm": "you're",
  "i've": "you've",
  "i'd": "you'd",
  "i'll": "you'll",
  i: 'you',
  me: 'you',
  my: 'your',
  mine: 'yours',
  myself: 'yourself',
};

/** What somebody said of themselves, said back to them: `I am tired of my job` is `you are tired of your job`. Pure. */
export function toSecondPerson(text: string): string {
  return text
    .replaceAll('’', "'")
    .replace(/\bI am\b/gi, 'you are')
    .replace(/\bI was\b/gi, 'you were')
    .replace(/\b(?:I'm|I've|I'd|I'll|I|me|my|mine|myself)\b/gi, (word) => retold[word.toLowerCase()] ?? word);
}
