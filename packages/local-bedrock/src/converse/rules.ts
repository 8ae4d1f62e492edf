import { claudeImageLimit, claudeMediaLimit, documentLimit, type Feature, type Model } from 'bedrock-models';
import { invalid, Refusal } from '../http/refusal.ts';
import { wasAccepted, wasRefused } from '../models/evidence.ts';
import type { CachePoint, ContentBlock, ConverseRequest } from './request.ts';

/** One group of the service's rules: throws a `Refusal` in its words when the request breaks one. */
export type Rule = (request: ConverseRequest, model: Model, operation: 'Converse' | 'ConverseStream') => void;

/**
 * A conversation starts with the user, alternates, and every turn says something. Recorded of Nova and Claude 3 in 2024
 * and 2025; of whom it does not hold, says `evidence.ts`.
 */
export const conversation: Rule = ({ messages = [], system = [] }, model, operation) => {
  const first = messages[0]?.role;
  if (first !== 'user' && !(first === 'assistant' && wasAccepted('assistant-first', model, operation))) {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  messages.forEach(({ role }, index) => {
    if (role === messages[index - 1]?.role && !wasAccepted('same-role-twice', model, operation)) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
  });
  messages.forEach(({ content }, index) => {
    if (content.length === 0) {
      throw invalid(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    content.forEach(({ text }, position) => {
      if (text?.trim() !== '') return;
      const isTaken =
        text !== '' &&
        wasAccepted('blank-beside-text', model, operation) &&
        content.some(({ text: other = '' }) => other.trim() !== '');
      if (!isTaken) throw blank('ContentBlock', `messages.${index}.content.${position}`);
    });
  });
  system.forEach(({ text }, index) => {
    // Not backed by a recording: the sentence of the other texts.
    if (text?.trim() === '') throw blank('SystemContentBlock', `system.${index}`);
  });
};

function blank(kind: string, path: string) {
  return invalid(
    `The text field in the ${kind} object at ${path} is blank. Add text to the text field, and try again.`,
  );
}

/**
 * What only one side may say: pictures and documents are the user's, and some models are not to be begun for. And
 * Claude does not stop at nothing.
 */
export const turns: Rule = ({ messages = [], inferenceConfig }, model) => {
  if (
    model.family === 'claude-messages' &&
    inferenceConfig?.stopSequences?.some((sequence) => sequence.trim() === '')
  ) {
    throw invalid(
      'The model returned the following errors: stop_sequences: each stop sequence must contain non-whitespace',
    );
  }
  messages.forEach(({ role, content }, index) => {
    if (role === 'user') {
      checkResults(content, model);
      return;
    }
    for (const kind of ['image', 'document', 'video'] as const) {
      if (content.some((block) => block[kind] !== undefined)) {
        throw invalid(
          `The model returned the following errors: messages.${index}.content: '${kind}' blocks are not permitted within assistant turns.`,
        );
      }
    }
  });
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return;
  if (model.refuses?.includes('prefill')) {
    throw invalid(
      'The model returned the following errors: This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  const end = last.content.at(-1)?.text;
  if (model.family === 'claude-messages' && end !== undefined && /\s$/.test(end)) {
    throw invalid(
      'The model returned the following errors: messages: final assistant content cannot end with trailing whitespace',
    );
  }
};

/** Claude reads no empty text in a tool's result either (NousResearch/hermes-agent#55092). */
function checkResults(content: readonly ContentBlock[], { family }: Model): void {
  if (family !== 'claude-messages') return;
  if (content.some(({ toolResult }) => toolResult?.content.some(({ text }) => text === ''))) {
    throw invalid('The model returned the following errors: messages: text content blocks must be non-empty');
  }
}

/** Blocks that the model does not take. */
export const blocks: Rule = (request, model, operation) => {
  checkMedia(request, model, operation);
  checkReasoning(request, model, operation);
  checkSources(request, model);
  if (wasRefused('long-cache', model) && cachePointsOf(request).some(({ ttl }) => ttl === '1h')) {
    throw invalid('Extended TTL prompt caching is only supported for Anthropic models');
  }
};

/** What else the model does not take, as far as the catalogue knows (`refuses`). */
export const features: Rule = (request, model, operation) => {
  const { refuses } = model;
  if (refuses === undefined) return;
  const { system = [], toolConfig } = request;
  if (refuses.includes('streaming') && operation === 'ConverseStream') {
    throw invalid('The model is unsupported for streaming.');
  }
  if (refuses.includes('system') && system.length > 0) {
    throw invalid(
      "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    );
  }
  if (toolConfig !== undefined) {
    // Of a model that takes no tools at all, a stream says the same (danny-avila/LibreChat#6351, DeepSeek-R1, March 2025).
    const inStream = refuses.includes('tools') || refuses.includes('tools-in-stream');
    if (inStream && operation === 'ConverseStream') {
      throw invalid("This model doesn't support tool use in streaming mode.");
    }
    if (refuses.includes('tools')) throw invalid("This model doesn't support tool use.");
  }
  if (refuses.includes('cache-points') && cachePointsOf(request).length > 0) {
    throw new Refusal(
      'AccessDeniedException',
      'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
    );
  }
  checkSettings(request, model, refuses);
};

/**
 * Pictures and documents, also in tools' results. Only Nova watches videos, and reads media from S3; none listens, of which
 * the words are those for other blocks.
 */
function checkMedia({ messages = [] }: ConverseRequest, model: Model, operation: string): void {
  const { family, refuses = [] } = model;
  const refused = {
    image: refuses.includes('images'),
    document: refuses.includes('documents'),
    video: refuses.includes('images') || family !== 'nova',
    audio: true,
  };
  const check = (block: ContentBlock, takesDocuments: boolean) => {
    const takesS3 = (kind: string) => family === 'nova' || (kind === 'document' && takesDocuments);
    for (const kind of ['image', 'document', 'video', 'audio'] as const) {
      if (block[kind]?.source.s3Location !== undefined && !takesS3(kind) && !refused[kind]) {
        throw unsupportedField('s3Uri');
      }
      if (!refused[kind] || block[kind] === undefined) continue;
      throw invalid(
        `This model doesn't support the ${kind} content block that you provided. Update the content block and try again.`,
      );
    }
  };
  for (const { content } of messages) {
    for (const block of content) {
      check(block, false);
      for (const { image, document, video } of block.toolResult?.content ?? []) {
        check(
          { ...(image && { image }), ...(document && { document }), ...(video && { video }) },
          wasAccepted('s3-document-in-tool-result', model, operation),
        );
      }
    }
  }
}

/**
 * Search results, and documents to be cited, where the model has neither: by the API's pages of both, in the words for other
 * blocks and fields. And of a file, Claude cites only plain text and PDF.
 */
function checkSources({ messages = [] }: ConverseRequest, model: Model): void {
  const refusesResults = wasRefused('search-results', model);
  const refusesCitations = wasRefused('citations', model);
  if (!refusesResults && !refusesCitations && model.family !== 'claude-messages') return;
  const parts = messages.flatMap(({ content }) =>
    content.flatMap((block) => [block, ...(block.toolResult?.content ?? [])]),
  );
  for (const { searchResult, document } of parts) {
    if (searchResult !== undefined && refusesResults) {
      throw invalid(
        "This model doesn't support the searchResult content block that you provided. Update the content block and try again.",
      );
    }
    if (document?.citations?.enabled !== true) continue;
    if (refusesCitations) throw unsupportedField('citations');
    const { format = 'txt', source } = document;
    // boto/boto3#4726, February 2026.
    if (source.bytes !== undefined && format !== 'txt' && format !== 'pdf') {
      throw invalid(
        'Unsupported document format. Only txt and pdf formats are supported when citations are enabled',
      );
    }
  }
}

/** Thoughts in the conversation, where the model does not take them back. */
function checkReasoning({ messages = [] }: ConverseRequest, model: Model, operation: string): void {
  const thoughts = messages.flatMap(({ content }) =>
    content.flatMap(({ reasoningContent }) => reasoningContent ?? []),
  );
  if (thoughts.length > 0 && model.refuses?.includes('reasoning')) {
    throw invalid(
      'User messages cannot contain reasoning content. Please remove the reasoning content and try again.',
    );
  }
  const isSigned = thoughts.some(({ reasoningText }) => reasoningText?.signature !== undefined);
  if (isSigned && wasRefused('reasoning-signature', model, operation)) {
    throw unsupportedField('reasoningContent.reasoningText.signature');
  }
}

/** The places where a prompt's cache ends, in the order of the prompt: tools, system prompt, messages. */
export function cachePointsOf({ messages = [], system = [], toolConfig }: ConverseRequest) {
  const points: CachePoint[] = [];
  // Asked of every request: no list of all its blocks is made for it.
  const look = (blocks: readonly { readonly cachePoint?: CachePoint }[]) => {
    for (const { cachePoint } of blocks) if (cachePoint !== undefined) points.push(cachePoint);
  };
  look(toolConfig?.tools ?? []);
  look(system);
  for (const { content } of messages) look(content);
  return points;
}

function checkSettings(
  { inferenceConfig = {} }: ConverseRequest,
  model: Model,
  refuses: readonly Feature[],
): void {
  const { temperature, topP, stopSequences = [] } = inferenceConfig;
  if (refuses.includes('stop-sequences') && stopSequences.length > 0) throw unsupportedField('stopSequences');
  for (const [feature, field, nativeField, value] of [
    ['temperature', 'temperature', 'temperature', temperature],
    ['top-p', 'topP', 'top_p', topP],
  ] as const) {
    if (!refuses.includes(feature) || value === undefined) continue;
    if (model.family !== 'claude-messages') throw unsupportedField(field);
    throw invalid(
      `The model returned the following errors: \`${nativeField}\` is deprecated for this model.`,
    );
  }
  if (refuses.includes('temperature-with-top-p') && temperature !== undefined && topP !== undefined) {
    throw invalid(
      'The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.',
    );
  }
}

function unsupportedField(field: string) {
  return invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
}

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

/** Whether the text is a JSON Pointer that points into an object (RFC 6901). */
export function isPointer(text: string): boolean {
  return /^(?:\/(?:[^~/]|~[01])*)+$/.test(text);
}

/** The fields asked for are named by JSON Pointers. The text is not backed by a recording. */
export const responsePaths: Rule = ({ additionalModelResponseFieldPaths: paths = [] }) => {
  paths.forEach((path, index) => {
    if (!isPointer(path)) {
      throw invalid(
        `The value at additionalModelResponseFieldPaths.${index} is not a valid JSON Pointer. Provide a valid JSON Pointer, such as /stop_sequence, and try again.`,
      );
    }
  });
};
