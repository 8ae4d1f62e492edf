import { type ErrorRule, text } from './rule.ts';

/** What a Converse request says that the service, or this model, does not take. */
export const transcriptRules: readonly ErrorRule[] = [
  {
    kind: 'request',
    matches: text(/prompt caching|cache_control|cachePoint/),
    hint: () =>
      'The prompt cache does not work so: not every model has one, at most four cache points go in, and those of an hour come before those of five minutes. Leave the cache points out.',
  },
  {
    kind: 'request',
    matches: text(/doesn.t support system messages/i),
    hint: () => 'Leave the system prompt out and put it in front of the first message, or use another model.',
  },
  {
    kind: 'request',
    matches: text(/doesn.t support tool use in streaming mode|unsupported for streaming/i),
    hint: () =>
      'This model answers such a request only whole: use Converse, such as `send` of a Conversation.',
  },
  {
    kind: 'request',
    matches: text(/doesn.t support tool use/i),
    hint: () => 'This model calls no tools. Leave toolConfig out, or use another model.',
  },
  {
    kind: 'request',
    matches: text(/doesn.t support the \w+ content block/i),
    hint: () => 'This model does not read that. Leave it out, or use a model that does.',
  },
  {
    kind: 'request',
    matches: text(/doesn.t support the model that you provided/i),
    hint: () =>
      'Converse does not call this model. For an answer in words use a text model, for vectors embed().',
  },
  {
    kind: 'request',
    matches: text(
      /must (start with a user message|alternate between)|is blank\. Add text|is empty\. Add a ContentBlock|toolResult blocks|tool_result block|toolResult cannot be empty|toolConfig field must be defined|cannot be provided in the same turn|document (file )?names?\b|text block must be included|roles must alternate|text content blocks must be non-empty|does not support assistant message prefill|cannot end with trailing whitespace/i,
    ),
    hint: () =>
      'The transcript breaks a rule of Converse. `converse` and `Conversation` of lib repair it before they send it; `legalise` does it alone.',
  },
];
