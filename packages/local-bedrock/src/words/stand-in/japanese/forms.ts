import type { VerbForm } from './conjugate.ts';
import forms from './forms.json' with { type: 'json' };
import type { VerbGroup } from './word.ts';

/**
 * A form of the verb as a teacher names it. `asked` is a regular expression for how a student asks for it; `meaning` has
 * `…` for the verb; `rule` says for each group how the form is made.
 */
export type TaughtForm = (typeof forms)[VerbForm] & {
  readonly form: VerbForm;
  readonly rule: Readonly<Partial<Record<VerbGroup, string>>>;
};

/** In the order in which they are taught. */
export const taughtForms: readonly TaughtForm[] = Object.entries(forms).map(([form, taught]) => ({
  form: form as VerbForm,
  ...taught,
}));

/** Names of several words, which are looked for before the single words in them. */
const compound = /^(?:masendeshita|causative-passive|masen|mashita|mashou|nakatta|te-iru)$/;

/** The forms that a question names; none when it asks for the verb as a whole. Pure. */
export function askedForms(asked: string, isPolite: boolean): TaughtForm[] {
  const found: TaughtForm[] = [];
  let rest = asked;
  const isCompound = ({ form }: TaughtForm) => compound.test(form);
  const others = taughtForms.filter((taught) => !isCompound(taught));
  for (const taught of [...taughtForms.filter(isCompound), ...others]) {
    const left = rest.replace(new RegExp(taught.asked, 'gi'), ' ');
    if (left === rest) continue;
    found.push(taught);
    if (taught.form !== 'ba') rest = left;
  }
  const wished = isPolite ? found.map(politeOf) : found;
  return taughtForms.filter((taught) => wished.includes(taught));
}

/** Where a polite style is wanted, `past` means the polite one. */
function politeOf(taught: TaughtForm): TaughtForm {
  const polite: Readonly<Partial<Record<VerbForm, VerbForm>>> = {
    ta: 'mashita',
    nai: 'masen',
    nakatta: 'masendeshita',
  };
  return taughtForms.find(({ form }) => form === polite[taught.form]) ?? taught;
}
