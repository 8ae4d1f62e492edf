import { list, table } from '../layout.ts';
import { type Style, spellWithReading, vocabularyColumns } from '../style.ts';
import { glossOf, type Word } from '../word.ts';

/** Words as a table of dictionary form, reading and English. Pure. */
export function wordTable(words: readonly Word[], style: Style): string {
  const { heads, cells } = vocabularyColumns(style);
  const rows = words.map((word) => cells(word, glossOf(word)));
  return style.usesTables ? table(heads, rows) : list(rows);
}

/** What one word means, or how it is said. Pure. */
export function wordAnswer(word: Word, style: Style): string {
  const kinds = {
    godan: 'godan verb',
    ichidan: 'ichidan verb',
    suru: 'irregular verb',
    kuru: 'irregular verb',
  };
  const kind = word.kind === 'verb' ? kinds[word.group] : word.kind;
  const shown = kind === 'time' || kind === 'pronoun' ? 'word' : kind;
  const note = word.kind === 'phrase' ? '' : ` (${shown})`;
  return `${spellWithReading(word, style)}: ${glossOf(word)}${note}.`;
}

const particleLessons: Readonly<Record<string, readonly [string, string, string]>> = {
  は: ['wa', 'marks the topic: what the sentence is about', '私は学生です。'],
  が: ['ga', 'marks the subject, and what is liked, wanted or understood', '寿司が好きです。'],
  を: ['o', 'marks what the verb acts on', '本を読みます。'],
  に: ['ni', 'marks a destination, a moment, or where something is', '東京に行きます。'],
  で: ['de', 'marks the place where something is done, or the means', 'レストランで食べます。'],
  と: ['to', 'means "and" between nouns, and "with" somebody', '友達と話します。'],
  へ: ['e', 'marks a direction', '駅へ行きます。'],
  も: ['mo', 'means "also" and takes the place of は, が and を', '私も行きます。'],
  の: ['no', 'joins an owner to what is owned', '私の本です。'],
  から: ['kara', 'means "from"', '九時から働きます。'],
  まで: ['made', 'means "until" or "as far as"', '駅まで歩きます。'],
  か: ['ka', 'ends a polite question', '学生ですか。'],
};

/** What a particle does, with an example; `undefined` for anything that is not a particle. Pure. */
export function particleAnswer(asked: string, style: Style): string | undefined {
  const kana = /(から|まで|[はがをにでとへものか])/.exec(asked.replace(/particles?/gi, ''))?.[1];
  const romaji =
    /particles?\s+["“]?(wa|ga|o|wo|ni|de|to|e|mo|no|kara|made|ka)\b|\b(wa|ga|wo|ni|de|mo|no|kara|made|ka)["”]?\s+particle/i.exec(
      asked,
    );
  const name = (romaji?.[1] ?? romaji?.[2] ?? '').toLowerCase().replace('wo', 'o');
  const particle = kana ?? Object.entries(particleLessons).find(([, [sound]]) => sound === name)?.[0];
  const lesson = particle === undefined ? undefined : particleLessons[particle];
  if (particle === undefined || lesson === undefined) return undefined;
  const [sound, meaning, example] = lesson;
  return `${particle}${style.hasRomaji ? ` (${sound})` : ''} ${meaning}. An example: ${example}`;
}
