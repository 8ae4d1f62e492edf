import type { Adjective, Verb } from './word.ts';

/** The forms of a verb that are taught here. */
export type VerbForm =
  | 'dictionary'
  | 'masu'
  | 'masen'
  | 'mashita'
  | 'masendeshita'
  | 'mashou'
  | 'te'
  | 'te-iru'
  | 'ta'
  | 'nai'
  | 'nakatta'
  | 'tai'
  | 'potential'
  | 'volitional'
  | 'passive'
  | 'causative'
  | 'causative-passive'
  | 'ba'
  | 'tara'
  | 'imperative';

/** A form as it is written and as it is read. */
export interface Conjugated {
  readonly written: string;
  readonly reading: string;
}

/** The stems that every form is built on. */
interface Stems {
  /** In front of ます. */
  readonly polite: string;
  /** In front of ない. */
  readonly negative: string;
  readonly te: string;
  readonly potential: string;
  readonly volitional: string;
  readonly passive: string;
  readonly causative: string;
  readonly conditional: string;
  readonly imperative: string;
}

/** The five kana of each last sign of a godan verb: `く` moves along か き く け こ. */
const godanRows: Readonly<Record<string, string>> = {
  う: 'わいうえお',
  く: 'かきくけこ',
  ぐ: 'がぎぐげご',
  す: 'さしすせそ',
  つ: 'たちつてと',
  ぬ: 'なにぬねの',
  ぶ: 'ばびぶべぼ',
  む: 'まみむめも',
  る: 'らりるれろ',
};
const godanTe: Readonly<Record<string, string>> = {
  う: 'って',
  つ: 'って',
  る: 'って',
  む: 'んで',
  ぶ: 'んで',
  ぬ: 'んで',
  く: 'いて',
  ぐ: 'いで',
  す: 'して',
};
const honorific = /(?:いらっしゃる|くださる|なさる|おっしゃる|ござる|下さる)$/;

const suru: Stems = {
  polite: 'し',
  negative: 'し',
  te: 'して',
  potential: 'できる',
  volitional: 'しよう',
  passive: 'される',
  causative: 'させる',
  conditional: 'すれば',
  imperative: 'しろ',
};

/** The form of a verb, written and read. Pure. */
export function conjugate(verb: Verb, form: VerbForm): Conjugated {
  return {
    written: build(verb, verb.written, form, 'written'),
    reading: build(verb, verb.reading, form, 'reading'),
  };
}

function build(verb: Verb, spelling: string, form: VerbForm, kind: 'written' | 'reading'): string {
  const { base, stems } = stemsOf(verb, spelling, kind);
  const past = stems.te.replace(/て$/, 'た').replace(/で$/, 'だ');
  const isAru = verb.reading === 'ある' && verb.group === 'godan';
  if (isAru && form === 'nai') return 'ない';
  if (isAru && form === 'nakatta') return 'なかった';
  const endings: Readonly<Record<VerbForm, string>> = {
    dictionary: spelling.slice(base.length),
    masu: `${stems.polite}ます`,
    masen: `${stems.polite}ません`,
    mashita: `${stems.polite}ました`,
    masendeshita: `${stems.polite}ませんでした`,
    mashou: `${stems.polite}ましょう`,
    te: stems.te,
    'te-iru': `${stems.te}いる`,
    ta: past,
    nai: `${stems.negative}ない`,
    nakatta: `${stems.negative}なかった`,
    tai: `${stems.polite}たい`,
    potential: stems.potential,
    volitional: stems.volitional,
    passive: stems.passive,
    causative: stems.causative,
    'causative-passive': stems.causative.replace(/る$/, 'られる'),
    ba: stems.conditional,
    tara: `${past}ら`,
    imperative: stems.imperative,
  };
  return base + endings[form];
}

function stemsOf(
  { group }: Verb,
  spelling: string,
  kind: 'written' | 'reading',
): { base: string; stems: Stems } {
  if (group === 'suru') return { base: spelling.slice(0, -2), stems: suru };
  if (group === 'kuru') return comeStems(spelling, kind);
  const base = spelling.slice(0, -1);
  return { base, stems: group === 'ichidan' ? ichidanStems : godanStems(spelling) };
}

const ichidanStems: Stems = {
  polite: '',
  negative: '',
  te: 'て',
  potential: 'られる',
  volitional: 'よう',
  passive: 'られる',
  causative: 'させる',
  conditional: 'れば',
  imperative: 'ろ',
};

function godanStems(spelling: string): Stems {
  const last = spelling.at(-1) ?? '';
  const [a = '', i = '', , e = '', o = ''] = godanRows[last] ?? godanRows.る ?? '';
  const isHonorific = honorific.test(spelling);
  return {
    polite: isHonorific ? 'い' : i,
    negative: a,
    te: /(?:行く|^いく)$/.test(spelling) ? 'って' : (godanTe[last] ?? 'って'),
    potential: `${e}る`,
    volitional: `${o}う`,
    passive: `${a}れる`,
    causative: `${a}せる`,
    conditional: `${e}ば`,
    imperative: isHonorific ? 'い' : e,
  };
}

/** 来る keeps its sign and changes how it is read: くる, きます, こない. */
function comeStems(spelling: string, kind: 'written' | 'reading'): { base: string; stems: Stems } {
  const isKanji = kind === 'written' && spelling.endsWith('来る');
  const base = isKanji ? spelling.slice(0, -1) : spelling.slice(0, -2);
  const sound = (kana: string, rest: string) => (isKanji ? rest : kana + rest);
  return {
    base,
    stems: {
      polite: sound('き', ''),
      negative: sound('こ', ''),
      te: sound('き', 'て'),
      potential: sound('こ', 'られる'),
      volitional: sound('こ', 'よう'),
      passive: sound('こ', 'られる'),
      causative: sound('こ', 'させる'),
      conditional: sound('く', 'れば'),
      imperative: sound('こ', 'い'),
    },
  };
}

/** The forms of an adjective that are taught here. */
export type AdjectiveForm =
  | 'plain'
  | 'polite'
  | 'negative'
  | 'past'
  | 'past-negative'
  | 'te'
  | 'adverb'
  | 'before-noun';

const iEndings: Readonly<Record<AdjectiveForm, string>> = {
  plain: 'い',
  polite: 'いです',
  negative: 'くないです',
  past: 'かったです',
  'past-negative': 'くなかったです',
  te: 'くて',
  adverb: 'く',
  'before-noun': 'い',
};
const naEndings: Readonly<Record<AdjectiveForm, string>> = {
  plain: 'だ',
  polite: 'です',
  negative: 'じゃないです',
  past: 'でした',
  'past-negative': 'じゃなかったです',
  te: 'で',
  adverb: 'に',
  'before-noun': 'な',
};

/** The form of an adjective, written and read; いい is built on よい but for its own ending. Pure. */
export function inflect(adjective: Adjective, form: AdjectiveForm): Conjugated {
  if (adjective.kind === 'na-adjective') {
    const ending = naEndings[form];
    return { written: adjective.written + ending, reading: adjective.reading + ending };
  }
  const ending = iEndings[form];
  const keepsI = ending.startsWith('い');
  const reading = adjective.reading === 'いい' && !keepsI ? 'よい' : adjective.reading;
  return { written: adjective.written.slice(0, -1) + ending, reading: reading.slice(0, -1) + ending };
}
