import type { Turn } from '../../../families/family.ts';

const ordinals = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];
const ordinal = new RegExp(`\\b(${ordinals.join('|')}|last|previous|latest)\\b`, 'i');
const said = '(?:ask|say|said|tell|told|write|wrote|send|sent|want|request|type)';
const mine = new RegExp(
  `\\bwhat (?:did|had|have) i (?:just |first |last |previously |originally )?(?:${said})(?:ed)?(?: you)?(?: (?:first|last|before|earlier|just now|about|at the (?:start|beginning)|to you|you|of you|a moment ago|in my (?:\\w+) (?:message|question)))*\\s*\\??$|\\bmy (?:${ordinals.join('|')}|last|previous|latest|earlier) (?:question|message|request|sentence|words?|thing)|\\brepeat (?:my|what i)\\b|\\bwhich question did i\\b|\\bthe (?:first|last|previous) (?:thing|question|message) i (?:ask|said|sent|wrote|told)`,
  'i',
);
const yours =
  /\bwhat (?:did|have) you (?:just |first |last )?(?:say|said|answer|answered|tell|told|reply|replied|recommend|suggest|suggested)\b|\byour (?:first|last|previous) (?:answer|reply|message|response|words)\b|\brepeat (?:that|your|what you)\b/i;
const count = /\bhow many (?:questions|messages|things|times)\b.{0,30}\b(?:i|we)\b/i;
const all =
  /\bwhat (?:have|did) we (?:talk|discuss|spoke|speak|cover)|\blist (?:all )?(?:my|the) questions\b|\bwhat (?:have i|did i) ask(?:ed)? (?:you )?so far\b|\bwhat were my questions\b/i;

/**
 * Answers what was said in the conversation; `undefined` for a question about anything else. Pure.
 *
 * @param own the user's messages before the one that asks, oldest first
 */
export function recallMessage(
  asked: string,
  own: readonly string[],
  earlier: readonly Turn[],
): string | undefined {
  const answers = earlier.filter(({ role }) => role === 'assistant').map(({ text }) => text.trim());
  if (count.test(asked)) {
    return `You have sent ${own.length} message${own.length === 1 ? '' : 's'} before this one.`;
  }
  if (all.test(asked)) {
    if (own.length === 0) return nothing;
    return `Your messages before this one:\n${own.map((text, index) => `${index + 1}. ${short(text)}`).join('\n')}`;
  }
  if (yours.test(asked)) {
    const text = pick(answers, asked);
    return text === undefined
      ? 'I have not said anything before this: I see no answer of mine.'
      : `I answered: "${short(text)}"`;
  }
  if (!mine.test(asked)) return undefined;
  const text = pick(own, asked);
  if (text === undefined) {
    return own.length === 0
      ? nothing
      : `You have sent only ${own.length} message${own.length === 1 ? '' : 's'} before this one.`;
  }
  const verb =
    text.endsWith('?') || /^(?:how|what|which|who|when|where|why|can|could|do|does|is|are)\b/i.test(text)
      ? 'asked'
      : 'said';
  return `You ${verb}: "${short(text)}"`;
}

const nothing = 'I see no earlier message of yours: this is the first one I have been sent.';

function pick(texts: readonly string[], asked: string): string | undefined {
  const word =
    ordinal.exec(asked)?.[1]?.toLowerCase() ??
    (/at the (?:start|beginning)|originally/i.test(asked) ? 'first' : 'last');
  const index = ordinals.indexOf(word);
  return index < 0 ? texts.at(-1) : texts[index];
}

/** Long messages are quoted from their beginning. */
function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 300 ? line : `${line.slice(0, 300)} …`;
}
