import type { VerbForm } from './conjugate.ts';
import forms from './forms.json' with { type: 'json' };
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

/** In the order in which they are taught. */
export const taughtForms: readonly TaughtForm[] = forms.map((taught) => ({
  ...taught,
  form: taught.form as VerbForm,
  asked: new RegExp(taught.asked, 'i'),
}));

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
