/** What a model is wanted for, when nobody cares which it is. */
export type ModelRole = 'small' | 'balanced' | 'best' | 'embedding';

/**
 * The models for each role, the first choice first. Models that anybody may call at once (Amazon's, OpenAI's open
 * ones) stand before those that ask for a form or a subscription; only for `best` does quality come first.
 */
export const roles: Readonly<Record<ModelRole, readonly string[]>> = {
  small: [
    'amazon.nova-micro-v1:0',
    'amazon.nova-lite-v1:0',
    'openai.gpt-oss-20b-1:0',
    'anthropic.claude-haiku-4-5-20251001-v1:0',
  ],
  balanced: [
    'amazon.nova-lite-v1:0',
    'amazon.nova-2-lite-v1:0',
    'openai.gpt-oss-120b-1:0',
    'anthropic.claude-haiku-4-5-20251001-v1:0',
  ],
  best: [
    'anthropic.claude-opus-5-5',
    'anthropic.claude-opus-5',
    'anthropic.claude-sonnet-5-5',
    'anthropic.claude-sonnet-5',
    'amazon.nova-pro-v1:0',
    'amazon.nova-2-lite-v1:0',
  ],
  embedding: [
    'amazon.titan-embed-text-v2:0',
    'cohere.embed-v4:0',
    'amazon.nova-2-multimodal-embeddings-v1:0',
    'amazon.titan-embed-text-v1',
  ],
};

/** Whether a text is the name of a role, and not a model's id. Pure. */
export function isRole(text: string): text is ModelRole {
  return Object.hasOwn(roles, text);
}
