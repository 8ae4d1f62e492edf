import { splitModelId } from './find.ts';

/**
 * Models that Converse can hold to a JSON Schema (`outputConfig.textFormat`). The list has changed more than once, also
 * to fewer: whoever uses it must be ready for a refusal.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
const structured =
  /^(anthropic\.claude-(haiku-4-5|sonnet-4-[56]|opus-4-[156])|qwen\.qwen3-|openai\.gpt-oss-|deepseek\.v3|mistral\.(mistral-large-3|ministral-3)-)/;

/** Whether the model is listed as one that Converse can hold to a JSON Schema. Pure. */
export function hasStructuredOutput(modelId: string): boolean {
  return structured.test(splitModelId(modelId).baseId);
}
