import table from './vocabulary.json' with { type: 'json' };
import type { Adjective, Noun, Verb, VerbGroup } from './word.ts';

/** Rows of `vocabulary.json`: written, reading, group, English, English past, particle of the object where not を. */
export const verbs: readonly Verb[] = table.verbs.map(
  ([written = '', reading = '', group = '', english = '', past = '', particle = 'を']) => ({
    kind: 'verb',
    written,
    reading,
    group: group as VerbGroup,
    english,
    past,
    particle,
  }),
);

/** Rows: group, written, reading, English. */
export const adjectives: readonly Adjective[] = table.adjectives.map(
  ([group = '', written = '', reading = '', english = '']) => ({
    kind: group === 'i' ? 'i-adjective' : 'na-adjective',
    written,
    reading,
    english,
  }),
);

/** Rows: topic, written, reading, English; the last four lists have one topic each and no column for it. */
export const nouns: readonly Noun[] = [
  ...table.nouns.map(([topic = '', ...row]) => nounOf('noun', topic, row)),
  ...table.moments.map((row) => nounOf('noun', 'moment', row)),
  ...table.times.map((row) => nounOf('time', 'time', row)),
  ...table.pronouns.map((row) => nounOf('pronoun', 'pronoun', row)),
  ...table.phrases.map((row) => nounOf('phrase', 'phrase', row)),
];

function nounOf(
  kind: Noun['kind'],
  topic: string,
  [written = '', reading = '', english = '']: readonly string[],
): Noun {
  return { kind, topic, written, reading, english };
}
