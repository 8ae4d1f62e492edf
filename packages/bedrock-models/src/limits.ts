/**
 * Limits of Bedrock that hold for every model, or for a family of them. Both sides need the numbers: who sends, to keep
 * them, and who answers, to refuse what does not.
 */

/** Characters of a document's name in a Converse request (API reference, DocumentBlock). */
export const longestDocumentName = 200;

/** Characters of a tool call's id, and of a tool's name (API reference, ToolUseBlock, ToolSpecification). */
export const longestToolName = 64;

/** Pictures, and documents, in one Converse request (API reference, Message). */
export const pictureLimit = 20;

export const documentLimit = 5;

/**
 * Cache points in one request, wherever they stand.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export const cachePointLimit = 4;

/** Pictures and documents together in one request to Claude through Converse, as users of Bedrock report it. */
export const claudeMediaLimit = 20;

/** The length of one picture in base64 for Claude, in bytes. */
export const claudeImageLimit = 5 * 1024 * 1024;
