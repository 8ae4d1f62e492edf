import { invalid } from '../../refusal.ts';
import type { Rule } from './rule.ts';

/** Letters and digits, hyphens, parentheses, square brackets, single spaces; underscores pass though not mentioned. */
const documentName = /^(?!.* {2})[a-zA-Z0-9 ()[\]_-]+$/;

/** Documents have names that the service takes, each its own, and words beside them. */
export const documents: Rule = ({ messages = [] }) => {
  const names = new Set<string>();
  for (const { content } of messages) {
    for (const { document, toolResult } of content) {
      const inResult = toolResult?.content.flatMap((part) =>
        part.document === undefined ? [] : [part.document],
      );
      for (const { name } of document === undefined ? (inResult ?? []) : [document]) {
        if (!documentName.test(name)) {
          throw invalid(
            "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request.",
          );
        }
        if (names.has(name)) {
          throw invalid(
            "Messages can't contain duplicate document names. Rename the document and retry your request.",
          );
        }
        names.add(name);
      }
    }
    const hasDocument = content.some(({ document }) => document !== undefined);
    if (
      hasDocument &&
      !content.some(({ text, guardContent }) => (text ?? guardContent?.text) !== undefined)
    ) {
      throw invalid('A text block must be included when using documents.');
    }
  }
};
