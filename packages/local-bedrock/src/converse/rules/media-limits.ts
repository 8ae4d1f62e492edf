import { invalid } from '../../refusal.ts';
import type { Rule } from './rule.ts';

/** Documents in one request, whatever the model. */
const documentLimit = 5;

/** Pictures and documents together, and the length of one picture's base64, for Claude. */
const claudeMediaLimit = 20;
const claudeImageLimit = 5 * 1024 * 1024;

/** How many pictures and documents a request may carry, and how large. The texts are from users' reports. */
export const mediaLimits: Rule = ({ messages = [] }, model) => {
  let documents = 0;
  let images = 0;
  messages.forEach(({ content }, index) => {
    content.forEach(({ image, document, toolResult }, position) => {
      for (const part of [{ image, document }, ...(toolResult?.content ?? [])]) {
        if (part.document !== undefined) documents += 1;
        if (part.image !== undefined) images += 1;
      }
      const length = image?.source.bytes?.length ?? 0;
      if (model.family === 'claude-messages' && length > claudeImageLimit) {
        throw invalid(
          `The model returned the following errors: messages.${index}.content.${position}.image.source.base64: image exceeds 5 MB maximum: ${length} bytes > ${claudeImageLimit} bytes`,
        );
      }
    });
  });
  if (documents > documentLimit) {
    throw invalid(`You can't include more than ${documentLimit} documents in a request.`);
  }
  if (model.family === 'claude-messages' && images + documents > claudeMediaLimit) {
    throw invalid(
      `The model returned the following errors: messages: too many images and documents: ${images} + ${documents} > ${claudeMediaLimit}`,
    );
  }
};
