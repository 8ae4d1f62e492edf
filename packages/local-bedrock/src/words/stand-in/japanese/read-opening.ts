import { findEnglish } from './find-word.ts';
import type { Part, Pattern, Phrase } from './meaning.ts';
import { phraseOf, readPhrase } from './read-phrase.ts';
import { accept, peek, type Reader, skip, take } from './sentence-reader.ts';
import type { Noun } from './word.ts';

/** Forms of `to be`. */
export const be = /^(?:am|is|are|was|were|'m|'s|'re)$/;

/** What is known of a sentence before its verb. */
export interface Opening {
  readonly pattern: Pattern;
  readonly asks: boolean;
  readonly isPast: boolean;
  readonly isNegative: boolean;
  readonly isBe: boolean;
  /** `there is`: something exists. */
  readonly exists: boolean;
  readonly part?: Part;
  readonly subject?: Phrase;
}

const plain: Opening = {
  pattern: 'statement',
  asks: false,
  isPast: false,
  isNegative: false,
  isBe: false,
  exists: false,
};

/** What stands before the subject, and the subject. */
export function readOpening(reader: Reader): Opening {
  const word = peek(reader);
  if (word === 'lets') {
    skip(reader, 1);
    return { ...plain, pattern: 'lets', isNegative: accept(reader, 'not') };
  }
  if (word === 'shall' && peek(reader, 1) === 'we') {
    skip(reader, 2);
    return { ...plain, pattern: 'shall-we', asks: true };
  }
  if (word === 'please' || (word === 'do' && peek(reader, 1) === 'not')) {
    skip(reader, word === 'please' ? 1 : 0);
    const isNegative = accept(reader, 'do') && accept(reader, 'not');
    return { ...plain, pattern: 'please', isNegative };
  }
  const asked = /^(?:what|where|when|who|why)$/.test(word) ? readPhrase(reader) : undefined;
  const part = asked === undefined ? undefined : { phrase: asked, particle: '' };
  const auxiliary = peek(reader);
  const isBe = be.test(auxiliary);
  if (
    /^(?:do|does|did|can|could|will|would|may|must|should)$/.test(auxiliary) ||
    (isBe && (asked !== undefined || reader.at === 0))
  ) {
    skip(reader, 1);
    const exists = isBe && accept(reader, 'there');
    const isNegative = accept(reader, 'not');
    const subject = exists ? undefined : readPhrase(reader);
    return {
      ...plain,
      pattern:
        ({ can: 'can', could: 'can', may: 'may', must: 'must', should: 'should' } as const)[auxiliary] ??
        'statement',
      asks: true,
      isPast: /^(?:did|was|were|could)$/.test(auxiliary),
      isNegative: isNegative || accept(reader, 'not'),
      isBe,
      exists,
      ...(part === undefined ? {} : { part }),
      ...(subject === undefined ? {} : { subject }),
    };
  }
  if (auxiliary === 'there' && be.test(peek(reader, 1))) {
    const isPast = /^(?:was|were)$/.test(peek(reader, 1));
    skip(reader, 2);
    return { ...plain, exists: true, isBe: true, isPast, isNegative: accept(reader, 'not') };
  }
  const lead: Part[] = [];
  const time = findEnglish(reader.words, reader.at);
  if (time?.word.kind === 'time') {
    take(reader, time);
    lead.push({ phrase: phraseOf(time.word as Noun), particle: '' });
  }
  const subject = startsWithVerb(reader) ? undefined : readPhrase(reader);
  return {
    ...plain,
    asks: asked !== undefined,
    ...(lead[0] !== undefined ? { part: lead[0] } : part === undefined ? {} : { part }),
    ...(subject === undefined ? {} : { subject }),
  };
}

function startsWithVerb(reader: Reader): boolean {
  return findEnglish(reader.words, reader.at)?.word.kind === 'verb';
}
