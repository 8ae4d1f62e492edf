import forms from './forms.json' with { type: 'json' };
import grammar from './grammar.json' with { type: 'json' };
import type { Adjective, Pattern, Verb } from './word.ts';

/** The forms of a verb that are taught here. */
export type VerbForm = keyof typeof forms;

/** The forms of an adjective that are taught here. */
type AdjectiveForm = keyof (typeof grammar.adjectives)['i-adjective'];

/** A form as it is written and as it is read. */
export interface Conjugated {
  readonly written: string;
  readonly reading: string;
}

const rows: Readonly<Record<string, string>> = grammar.rows;
const teEndings: Readonly<Record<string, string>> = grammar.te;

/** The form of a verb, written and read. Pure. */
export function conjugate(verb: Verb, form: VerbForm): Conjugated {
  return build(verb, forms[form].made);
}

/** The verb as a sentence pattern ends it: たいです, てください, なければなりません and so on. Pure. */
export function endSentence(
  verb: Verb,
  pattern: Pattern,
  { isPast, isNegative }: { isPast: boolean; isNegative: boolean },
): Conjugated {
  const [present = '', negative = '', past = present, pastNegative = negative] = grammar.patterns[pattern];
  const made = isNegative ? (isPast ? pastNegative : negative) : isPast ? past : present;
  const { written, reading } = build(verb, made);
  return { written, reading: reading.replace('好き', 'すき') };
}

/** `made` is a stem and what is put behind it; a dash takes the stem's last kana away. */
function build(verb: Verb, made: string): Conjugated {
  const [stem = '', ending = ''] = made.split(' ');
  const join = (spelling: string) => {
    const before = stemOf(verb, spelling, stem);
    return ending.startsWith('-') ? before.slice(0, -1) + ending.slice(1) : before + ending;
  };
  return { written: join(verb.written), reading: join(verb.reading) };
}

function stemOf(verb: Verb, spelling: string, stem: string): string {
  if (stem === 'dictionary') return spelling;
  if (stem === 'past')
    return stemOf(verb, spelling, 'te').replace(/[てで]$/, (last) => (last === 'て' ? 'た' : 'だ'));
  const { group, reading } = verb;
  if (reading === 'ある' && stem === 'negative') return '';
  const kana = (grammar.stems[group] as Readonly<Record<string, string>>)[stem] ?? '';
  const last = spelling.slice(-1);
  if (group === 'ichidan') return spelling.slice(0, -1) + kana;
  if (group === 'suru') return spelling.slice(0, -2) + kana;
  if (group === 'kuru')
    return spelling.slice(0, -2) + (spelling.endsWith('来る') ? `来${kana.slice(1)}` : kana);
  const te = /(?:行く|^いく)$/.test(spelling) ? 'って' : (teEndings[last] ?? 'って');
  const moved = kana.replace(/^\d/, (column) => (rows[last] ?? grammar.rows.る)[Number(column)] ?? '');
  return spelling.slice(0, -1) + (stem === 'te' ? te : moved);
}

/** The form of an adjective, written and read; いい is built on よい but for its own ending. Pure. */
export function inflect({ kind, written, reading }: Adjective, form: AdjectiveForm): Conjugated {
  const ending = grammar.adjectives[kind][form];
  if (kind === 'na-adjective') return { written: written + ending, reading: reading + ending };
  const root = reading === 'いい' && !ending.startsWith('い') ? 'よい' : reading;
  return { written: written.slice(0, -1) + ending, reading: root.slice(0, -1) + ending };
}
