import { type ErrorRule, either, named, status, text } from './rule.ts';

/** How the call itself went: quotas, time, the model and the request's body. */
export const callRules: readonly ErrorRule[] = [
  {
    kind: 'quota',
    matches: either(named('ServiceQuotaExceededException'), text(/too many tokens per day/i)),
    hint: () =>
      "The account's quota for this model is used up. Wait, ask for more in Service Quotas, or use another model.",
  },
  {
    kind: 'throttled',
    matches: either(named('ThrottlingException', 'TooManyRequestsException'), status(429)),
    hint: () =>
      'Bedrock asks to slow down. Wait, then call again; a smaller maxTokens also reserves less of the quota.',
    retryable: true,
  },
  {
    kind: 'timeout',
    matches: either(named('TimeoutError', 'ModelTimeoutException'), text(/ETIMEDOUT/), status(408)),
    hint: () => 'No answer in time. Call again, ask for fewer tokens, or check the network.',
    retryable: true,
  },
  {
    kind: 'overloaded',
    matches: either(
      named(
        'ServiceUnavailableException',
        'InternalServerException',
        'InternalFailure',
        'ModelNotReadyException',
      ),
      status(500, 502, 503, 504, 529),
    ),
    hint: () => 'Bedrock could not answer just now. Call again in a moment.',
    retryable: true,
  },
  {
    kind: 'model',
    matches: text(/invalid sequence as part of ToolUse|malformed tool/i),
    hint: () =>
      'The model wrote a tool call that nobody can read. Call again; if it stays, lower the temperature, make the schema of the tool simpler, or choose another model.',
  },
  {
    kind: 'model',
    matches: text(/blocked by (the )?content filter|content (filtering|management|moderation) policy/i),
    hint: () =>
      'A filter of the model’s provider has stopped the answer, by its policy on content. Say it otherwise, or use another model.',
  },
  {
    kind: 'model',
    matches: named('ModelErrorException', 'ModelStreamErrorException'),
    hint: () =>
      'The model itself failed on this request. Call again; if it stays, change the prompt or the model.',
  },
  {
    kind: 'request',
    matches: text(/max_?tokens.{0,20}must be greater than.{0,20}budget_?tokens/i),
    hint: () =>
      'The answer has to be longer than the thinking within it: raise maxTokens, or lower the budget.',
  },
  {
    kind: 'request',
    matches: text(
      /(thinking|reasoning).{0,60}(tool_?choice|forces tool)|(temperature|top_?p|top_?k|prefill).{0,60}when thinking is enabled|(thinking|reasoning)\b.{0,40}\b(is )?not supported|budget_?tokens/i,
    ),
    hint: () =>
      'Thinking does not go together with everything: leave out a forced toolChoice, temperature, topP and topK, or the thinking itself. The message names which.',
  },
  {
    kind: 'request',
    matches: text(
      /(signature|signed).{0,40}(thinking|reasoning)|(thinking|reasoning).{0,60}signature|cannot contain reasoning|expected .{0,3}thinking.{0,3}|doesn.t support the reasoningContent/i,
    ),
    hint: () =>
      'Reasoning goes back only to the model that signed it, unchanged. Leave the reasoningContent blocks of other models out.',
  },
  {
    kind: 'request',
    matches: text(/input_?schema|JSON schema is invalid|toolSpec|tools\.\d+\./i),
    hint: () =>
      'The message names the tool and what is wrong with it, mostly its schema: an object at the top, without a union, in the draft 2020-12 of JSON Schema.',
  },
  {
    kind: 'request',
    matches: text(
      /exceeds the model limit|maximum allowed number of output tokens|max_?token(s|count)\b.*less (than )?or equal/i,
    ),
    hint: () => 'Ask for fewer tokens: the limit of this model is in the message.',
  },
  {
    kind: 'request',
    matches: text(/is deprecated for this model|cannot both be specified|doesn.t support the \S+ field/i),
    hint: () => 'This model does not take that parameter, or not together with the other. Leave it out.',
  },
  {
    kind: 'request',
    matches: text(/when a prompt resource is used|prompt resource/i),
    hint: () =>
      'A prompt of Prompt management brings its own model, system prompt, tools and settings: pass promptVariables, and leave those out.',
  },
  {
    kind: 'request',
    matches: text(/surrogate|not valid (JSON|UTF-?8)|unicode/i),
    hint: () =>
      'The text holds half of a character: it was cut through one. Cut by characters (`[...text]`), or use toWellFormed().',
  },
  {
    kind: 'request',
    matches: text(/failed to satisfy constraint|can ?not be converted to/i),
    hint: () => 'The message names the member of the request, and the values that it may have.',
  },
  {
    kind: 'request',
    matches: text(/^Malformed input request/),
    hint: () =>
      'The request does not fit this model. Compare its body with what the model family expects (lib/invoke has one file a family).',
  },
  {
    kind: 'request',
    matches: text(/malformed input request|extraneous key|required key/i),
    hint: () =>
      'The model does not take the request in this form: the message names the member. Leave it out where it is yours, such as in additionalModelRequestFields.',
  },
  {
    kind: 'model-unknown',
    matches: status(404),
    hint: () =>
      'What the call names is not there: check the id, the region and AWS_ENDPOINT_URL_BEDROCK_RUNTIME.',
  },
  {
    kind: 'request',
    matches: ({ unreadable, status: code = 0 }) => unreadable !== undefined && code >= 400,
    hint: () =>
      'The answer does not say why, so it may not be from Bedrock: check the network and AWS_ENDPOINT_URL_BEDROCK_RUNTIME.',
  },
  {
    kind: 'request',
    matches: either(named('ValidationException'), status(400)),
    hint: () => 'The request was refused for the reason in the message. What it names is what to change.',
  },
];
