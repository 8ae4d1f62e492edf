import type { Question } from './question.ts';

const wordsQuoted = 12;

/** The answer to everything no other skill knows: what this is, what was asked, and how to reach a real model. */
export function honest({ prompt }: Question): string {
  return `This is the local stand-in, not a language model, and it has no answer of its own to this. You asked: ${quoteStart(prompt)}. To ask a real model, use Amazon Bedrock in place of this endpoint.`;
}

/** How a text begins, in quotation marks. Pure. */
export function quoteStart(text: string): string {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const start = words.slice(0, wordsQuoted).join(' ').slice(0, 120);
  return start === '' ? 'nothing in words' : `"${start}${words.length > wordsQuoted ? ' …' : ''}"`;
}
