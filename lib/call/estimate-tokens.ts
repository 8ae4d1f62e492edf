import type {
  ContentBlock,
  ConverseCommandInput,
  ToolResultContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { findModel, tierOf } from 'bedrock-models';
import type { CallEstimate } from './cost-meter.ts';

/**
 * How many tokens something is at most. An estimate that guards a promise errs upwards: the tokenizers are not public,
 * and differ. It is for limits of money only; how long a prompt roughly is, says `estimateTokens`.
 */

/** What a character is taken for, in tokens. */
const weights = { letter: 1 / 3, other: 1, wide: 1.2, astral: 3, space: 1 / 2 } as const;
/** A word is one token at least; so many letters of it are in that. */
const lettersInFirst = 3;

/** The most tokens that a text has. Pure. */
export function mostTokens(text: string): number {
  let tokens = 0;
  let letters = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x61 && code <= 0x7a) {
      letters++;
      if (letters === 1) tokens += 1;
      else if (letters > lettersInFirst) tokens += weights.letter;
      continue;
    }
    letters = 0;
    if (code === 0x20) {
      // A space goes with what is behind it; the others of a run do not.
      if (text.charCodeAt(index + 1) === 0x20) tokens += weights.space;
    } else if (code < 0x80) tokens += weights.other;
    else if (code >= 0xd800 && code <= 0xdfff) tokens += weights.astral / 2;
    else tokens += weights.wide;
  }
  return Math.ceil(tokens);
}

/** The largest picture that a model reads, and what a page of a document, shown as a picture with its text, comes to. */
const tokensPerPicture = 5_000;
const tokensPerPage = 4_000;
/** A page of a PDF, or of an office file, has seldom fewer bytes than tokens: both are packed. */
const bytesPerToken = 1;
/** Sound and moving pictures are packed more densely than they are read. */
const bytesPerMediaToken = 4;
/** What is around a message, and around the tools, which the model is told how to use. */
const perMessage = 12;
const perTools = 700;
/** What stands in S3, and so is of a length that is not known here. */
const unknownLength = 10_000_000;

type Part = ContentBlock | ToolResultContentBlock;

/** The most tokens that a request to Converse has: messages, system prompt, tools, and what is shown in them. Pure. */
export function mostTokensOf(input: ConverseCommandInput, modelId: string): number {
  const { system = [], messages = [], toolConfig, outputConfig, promptVariables } = input;
  const { additionalModelRequestFields: fields } = input;
  let tokens = 0;
  for (const block of system) tokens += mostInPart(block as Part);
  for (const { content = [] } of messages) {
    tokens += perMessage;
    for (const block of content) tokens += mostInPart(block);
  }
  if (toolConfig !== undefined || hasTools(fields)) tokens += perTools;
  // What goes to the model as it is may hold tools and texts as well.
  for (const part of [toolConfig, outputConfig, promptVariables, fields])
    if (part !== undefined) tokens += mostTokens(JSON.stringify(part));
  // A longer one is refused, and costs nothing.
  const { contextTokens, price } = findModel(modelId) ?? {};
  return contextTokens === undefined || price?.long ? tokens : Math.min(tokens, contextTokens);
}

function hasTools(fields: ConverseCommandInput['additionalModelRequestFields']): boolean {
  return typeof fields === 'object' && fields !== null && 'tools' in fields;
}

/** The longest answer of a model, in tokens; of one that is not known, a long one. Pure. */
export function longestAnswerOf(modelId: string): number {
  return findModel(modelId)?.maxOutputTokens ?? 128_000;
}

/** The names under which the families' bodies have the longest answer, in tokens. */
const limitInBody =
  /"(?:max_tokens|maxTokens|maxTokenCount|max_gen_len|max_completion_tokens|max_new_tokens|max_tokens_to_sample)"\s*:\s*(\d+)/;

/** The longest answer that a body asks for, in tokens; `undefined` when it does not say. Pure. */
export function limitIn(body: string): number | undefined {
  const limit = limitInBody.exec(body)?.[1];
  return limit === undefined ? undefined : Number(limit);
}

/**
 * What a request to Converse may come to. Where there are cache points, all of it may be written to the cache, which
 * costs more than to read it. Pure.
 */
export function estimateRequest(input: ConverseCommandInput, modelId: string): CallEstimate {
  const tokens = mostTokensOf(input, modelId);
  const points = [
    ...(input.toolConfig?.tools ?? []),
    ...(input.system ?? []),
    ...(input.messages ?? []).flatMap(({ content = [] }) => content),
  ].flatMap(({ cachePoint }) => (cachePoint === undefined ? [] : [cachePoint]));
  return {
    modelId,
    tier: tierOf(input),
    ...(input.guardrailConfig !== undefined && { unpriced: ['guardrail'] }),
    outputTokens: Math.max(
      input.inferenceConfig?.maxTokens ?? longestAnswerOf(modelId),
      limitIn(JSON.stringify(input.additionalModelRequestFields ?? {})) ?? 0,
    ),
    ...(points.length === 0
      ? { inputTokens: tokens }
      : {
          inputTokens: 0,
          cacheWriteInputTokens: tokens,
          cacheDetails: [{ ttl: points.some(({ ttl }) => ttl === '1h') ? '1h' : '5m', inputTokens: tokens }],
        }),
  };
}

function mostInPart(part: Part): number {
  const { text, image, document, video, ...rest } = part;
  if (text !== undefined) return mostTokens(text);
  if (image !== undefined) return tokensPerPicture;
  if (document !== undefined)
    return mostTokens(`${document.name} ${document.context ?? ''}`) + mostInDocument(document);
  if (video !== undefined) {
    const { bytes } = video.source ?? {};
    return bytes === undefined ? unknownLength : tokensPerPicture + bytes.length / bytesPerMediaToken;
  }
  const { audio, toolResult, reasoningContent, cachePoint, guardContent } = rest as Partial<ContentBlock>;
  if (cachePoint !== undefined) return 0;
  if (audio !== undefined) {
    const { bytes } = audio.source ?? {};
    return bytes === undefined ? unknownLength : tokensPerPicture + bytes.length / bytesPerMediaToken;
  }
  if (guardContent?.image !== undefined) return tokensPerPicture;
  if (toolResult?.content !== undefined)
    return toolResult.content.reduce((sum, inner) => sum + mostInPart(inner), perMessage);
  if (reasoningContent?.redactedContent !== undefined) return reasoningContent.redactedContent.length;
  if (reasoningContent?.reasoningText !== undefined)
    return mostTokens(reasoningContent.reasoningText.text ?? '');
  return mostTokens(JSON.stringify(part));
}

function mostInDocument({ source, format }: NonNullable<ContentBlock['document']>): number {
  const { bytes, text, content, s3Location } = source ?? {};
  if (text !== undefined) return mostTokens(text);
  if (content !== undefined) return content.reduce((sum, part) => sum + mostTokens(part.text ?? ''), 0);
  if (s3Location !== undefined || bytes === undefined) return unknownLength;
  if (['txt', 'md', 'csv', 'html'].includes(format ?? '')) return mostTokens(new TextDecoder().decode(bytes));
  return tokensPerPage + bytes.length / bytesPerToken;
}
