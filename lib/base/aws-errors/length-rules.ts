import { type ErrorRule, either, named, status, text } from './rule.ts';

/**
 * More was sent than the model, or the service, takes. Each family says it in words of its own, the newer ones in those
 * of the programs that serve them.
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
    matches: text(
      new RegExp(
        [
          'input is too long|prompt is too long|too many total text bytes',
          // Claude, and what serves the open models.
          'exceed context limit|context (window|length|limit)\\b.{0,60}(exceed|less|reduce)|exceeds?\\b.{0,60}context (window|length|size|limit)',
          'maximum context length|maximum model length|maximum (input|prompt|sequence) length',
          // Nova.
          'input tokens exceeded|number of input tokens exceeds',
          // Titan.
          'too many input tokens|max input tokens|expected maxLength: \\d+, actual: \\d+',
          // Cohere.
          'too many tokens: (total number of tokens|size limit)|total number of tokens in the prompt',
          // Mistral, Jamba.
          'prompt contains \\d+ tokens|too large for model with|(prompt|input) length .{0,40}exceeds?',
          'reduce the length of (the|your) (prompt|input|messages)|(input|prompt) (token count|tokens) .{0,40}exceeds?',
        ].join('|'),
        'i',
      ),
    ),
    hint: () => 'Shorten the prompt, or choose a model with a longer context.',
  },
];

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
