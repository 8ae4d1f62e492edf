import type { VerbForm } from './conjugate.ts';
import type { VerbGroup } from './word.ts';

/** A form of the verb as a teacher names it. */
export interface TaughtForm {
  readonly form: VerbForm;
  readonly name: string;
  /** How a student asks for it. */
  readonly asked: RegExp;
  /** What the form does in English, with `…` for the verb. */
  readonly meaning: string;
  readonly isForBeginners: boolean;
  /** How it is made, for each group. */
  readonly rule: Readonly<Partial<Record<VerbGroup, string>>>;
}

const stem = 'move the last kana to the い row';
const aRow = 'move the last kana to the あ row (う to わ)';
const eRow = 'move the last kana to the え row';
const sound =
  'change the ending: う, つ, る to っ; む, ぶ, ぬ to ん; く to い; ぐ to い with だ/で; す to し';

/** In the order in which they are taught. */
export const taughtForms: readonly TaughtForm[] = [
  form(
    'dictionary',
    'dictionary form',
    /\bdictionary|\bplain (?:present|non-past)|\bu-?form/i,
    '… (plain)',
    true,
    {},
  ),
  form(
    'masu',
    'polite (ます)',
    /\bmasu|\bpolite(?! (?:past|negative))|ます(?!し)/i,
    '…, will …',
    true,
    rules(`${stem}, add ます`, 'drop る, add ます', 'します', 'きます'),
  ),
  form(
    'masen',
    'polite negative',
    /\bpolite negative|\bnegative polite|\bmasen\b|ません/i,
    'do not …',
    true,
    rules(`${stem}, add ません`, 'drop る, add ません', 'しません', 'きません'),
  ),
  form(
    'mashita',
    'polite past',
    /\bpolite past|\bpast polite|\bmashita|ました/i,
    '… (past)',
    true,
    rules(`${stem}, add ました`, 'drop る, add ました', 'しました', 'きました'),
  ),
  form(
    'masendeshita',
    'polite past negative',
    /\bpolite past negative|\bpast negative polite|masen ?deshita|ませんでした/i,
    'did not …',
    true,
    rules(`${stem}, add ませんでした`, 'drop る, add ませんでした', 'しませんでした', 'きませんでした'),
  ),
  form(
    'mashou',
    "polite volitional (let's)",
    /\bmash[oō]u?\b|\blet'?s\b|\bpolite volitional|ましょう/i,
    "let's …",
    true,
    rules(`${stem}, add ましょう`, 'drop る, add ましょう', 'しましょう', 'きましょう'),
  ),
  form(
    'te-iru',
    'progressive (ている)',
    /\bprogressive|\bcontinuous|\bte-?iru|\bongoing|ている/i,
    'is …-ing',
    false,
    rules('て-form, add いる', 'て-form, add いる', 'している', 'きている'),
  ),
  form(
    'te',
    'て-form',
    /\bte[- ]?form|\bte\b|て[- ]?form|て形/i,
    '… and …; please …',
    true,
    rules(`${sound}, add て`, 'drop る, add て', 'して', 'きて'),
  ),
  form(
    'nakatta',
    'plain past negative',
    /\bpast negative|\bnegative past|\bnakatta|なかった/i,
    'did not … (plain)',
    false,
    rules(`${aRow}, add なかった`, 'drop る, add なかった', 'しなかった', 'こなかった'),
  ),
  form(
    'ta',
    'plain past (た)',
    /\bpast\b|\bta[- ]form|た[- ]?form|た形/i,
    '… (past, plain)',
    true,
    rules(`${sound}, add た`, 'drop る, add た', 'した', 'きた'),
  ),
  form(
    'nai',
    'plain negative (ない)',
    /\bnegative|\bnai\b|ない/i,
    'do not … (plain)',
    true,
    rules(`${aRow}, add ない`, 'drop る, add ない', 'しない', 'こない'),
  ),
  form(
    'tai',
    'desire (たい)',
    /\btai\b|\bdesire|\bwant to\b|たい/i,
    'want to …',
    true,
    rules(`${stem}, add たい`, 'drop る, add たい', 'したい', 'きたい'),
  ),
  form(
    'potential',
    'potential',
    /\bpotential|\bcan do\b|\bability/i,
    'can …',
    false,
    rules(`${eRow}, add る`, 'drop る, add られる', 'できる', 'こられる'),
  ),
  form(
    'volitional',
    'plain volitional',
    /\bvolitional|\bintention|\byou-?form/i,
    "let's … (plain)",
    false,
    rules('move the last kana to the お row, add う', 'drop る, add よう', 'しよう', 'こよう'),
  ),
  form(
    'causative-passive',
    'causative passive',
    /\bcausative[- ]passive/i,
    'is made to …',
    false,
    rules(`${aRow}, add せられる`, 'drop る, add させられる', 'させられる', 'こさせられる'),
  ),
  form(
    'passive',
    'passive',
    /\bpassive/i,
    'is …-ed',
    false,
    rules(`${aRow}, add れる`, 'drop る, add られる', 'される', 'こられる'),
  ),
  form(
    'causative',
    'causative',
    /\bcausative/i,
    'makes or lets somebody …',
    false,
    rules(`${aRow}, add せる`, 'drop る, add させる', 'させる', 'こさせる'),
  ),
  form(
    'ba',
    'conditional (ば)',
    /\bconditional|\bba[- ]form|\bba\b|\bif\b/i,
    'if … (ば)',
    false,
    rules(`${eRow}, add ば`, 'drop る, add れば', 'すれば', 'くれば'),
  ),
  form(
    'tara',
    'conditional (たら)',
    /\bconditional|\btara\b|たら/i,
    'if or when … (たら)',
    false,
    rules('plain past, add ら', 'plain past, add ら', 'したら', 'きたら'),
  ),
  form(
    'imperative',
    'imperative',
    /\bimperative|\bcommand/i,
    '…!',
    false,
    rules('move the last kana to the え row', 'drop る, add ろ', 'しろ', 'こい'),
  ),
];

/** The forms that a question names; none when it asks for the verb as a whole. Pure. */
export function askedForms(asked: string, isPolite: boolean): TaughtForm[] {
  const found: TaughtForm[] = [];
  let rest = asked;
  for (const taught of [...taughtForms].sort((one, other) => weight(other) - weight(one))) {
    const pattern = new RegExp(taught.asked.source, `${taught.asked.flags}g`);
    if (!pattern.test(rest)) continue;
    found.push(taught);
    if (taught.form !== 'ba') rest = rest.replace(pattern, ' ');
  }
  const wished = isPolite ? found.map((taught) => politeOf(taught)) : found;
  return taughtForms.filter((taught) => wished.includes(taught));
}

/** Names of several words are looked for before the single words in them. */
function weight({ form: name }: TaughtForm): number {
  return ['masendeshita', 'causative-passive', 'masen', 'mashita', 'mashou', 'nakatta', 'te-iru'].indexOf(
    name,
  ) >= 0
    ? 1
    : 0;
}

/** Where a polite style is wanted, `past` means the polite one. */
function politeOf(taught: TaughtForm): TaughtForm {
  const polite = { ta: 'mashita', nai: 'masen', nakatta: 'masendeshita' }[taught.form as string];
  return taughtForms.find(({ form: name }) => name === polite) ?? taught;
}

function form(
  name: VerbForm,
  label: string,
  asked: RegExp,
  meaning: string,
  isForBeginners: boolean,
  rule: TaughtForm['rule'],
): TaughtForm {
  return { form: name, name: label, asked, meaning, isForBeginners, rule };
}

function rules(godan: string, ichidan: string, suru: string, kuru: string): TaughtForm['rule'] {
  return { godan, ichidan, suru: `irregular: する becomes ${suru}`, kuru: `irregular: くる becomes ${kuru}` };
}
