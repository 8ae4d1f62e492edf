import type { ErrorFacts } from './facts.ts';
import { type ErrorRule, either, named, status, text } from './rule.ts';

/**
 * More was sent than the model, or the service, takes. Each family says it in words of its own, the newer ones in those
 * of the programs that serve them: a prompt that is too long is told by the shape of what is said.
 */
export const lengthRules: readonly ErrorRule[] = [
  {
    kind: 'too-long',
    matches: text(
      /too many (images|documents|pictures|videos)|can.t include more than \d+ (images|documents|videos)|at most \d+ (images?|documents?|videos?)|(image|document|video|picture|file)s?\b.{0,40}\b(exceeds?|larger than|too large|greater than).{0,40}\b(maximum|limit|size|MB|bytes|pixels)|image dimensions exceed|number of (images|documents|videos).{0,40}exceed|maximum of \d+ (images|documents|PDF pages|pages)/i,
    ),
    hint: () =>
      'Send fewer or smaller pictures and documents: their number and their size are limited by themselves. In a conversation `window` leaves out those of earlier turns.',
  },
  {
    kind: 'too-long',
    matches: either(
      named('RequestEntityTooLargeException', 'PayloadTooLargeException', 'RequestTooLargeException'),
      status(413),
      text(/request (body|entity|payload)?\s*(is )?(too large|size exceed)|length limit exceeded/i),
    ),
    hint: () =>
      'The request is larger than the service takes, whatever the model: send fewer or smaller pictures and documents, or less text.',
  },
  {
    kind: 'too-long',
    matches: isTooLong,
    hint: () => 'Shorten the prompt, or choose a model with a longer context.',
  },
];

/** What Titan, Nova and Claude say, which name no measure. */
const ownWords =
  /input is too long|prompt is too long|too many total text bytes|expected maxLength: \d+, actual: \d+|(reduce|decrease) (the )?(length of (the|your) (prompt|input|messages)|input length)/i;
/** What a prompt is measured in. */
const measure =
  /\b(input_?|prompt_?)?tokens?\b|\bcontext\b|\b(input|prompt|sequence|model|message)s?\b.{0,12}\blen(gth)?\b/i;
const tokenOrContext = /tokens?\b|\bcontext\b/i;
/** That a limit was passed. */
const passed =
  /exceed|(longer|larger|more|bigger|greater|higher) than (?!or equal)|too (long|many|large|big)|(less|fewer|smaller|shorter) than|must be <|should be \[\d|\bat most\b|overflow|(not|n.t) fit|\d\D{0,12} > \d/i;
/** That a number is a limit. */
const limit = /limit|\bmax(imum)?\b|\bonly\b|allow|support|window|\bup to\b/i;
/** Tokens of another sort, a pace, a name's length, and what is too short. */
const otherwise =
  /(security|session|bearer|access|refresh|unexpected) token|rate limit|quota|\bper[ -](minute|day|second|hour)|please wait|failed to satisfy constraint|budget_?tokens|deadline|minimum|too short/i;
/** The longest answer that was asked for, which is a limit of its own. */
const ofAnswer =
  /max_?(new_?|completion_?|output_?|gen_?)?token|(output|completion|generated) tokens|maximum tokens you requested/i;
const ofPrompt = /\b(inputs?|prompts?|messages)\b/i;

/** Whether a message says that the prompt was too long: a measure, and a limit that is passed, or a count beside it. Pure. */
function isTooLong({ message, name, status: code }: ErrorFacts): boolean {
  const said = message.replace(/malformed input request/gi, '');
  if (ownWords.test(said)) return true;
  if ([401, 403, 429].includes(code ?? 0) || /throttl/i.test(name) || otherwise.test(said)) return false;
  if (ofAnswer.test(said) && !ofPrompt.test(said)) return false;
  if (measure.test(said) && passed.test(said)) return true;
  const numbers = said.replace(/(\d),(?=\d{3}\b)/g, '$1').match(/\b\d{3,}\b/g) ?? [];
  return tokenOrContext.test(said) && limit.test(said) && new Set(numbers).size > 1;
}

/** Whether it is the pictures and documents that are too many or too large, or may be. Pure. */
export function mayBeMedia(error: {
  readonly message: string;
  readonly status: number | undefined;
}): boolean {
  return (
    error.status === 413 ||
    /\b(images?|documents?|pictures?|videos?|PDF|request (body|entity|payload)|length limit)\b/i.test(
      error.message,
    )
  );
}
