import { type ErrorRule, either, named, status, text } from './rule.ts';

/** How the call itself went: quotas, time, the model and the request's body. */
export const callRules: readonly ErrorRule[] = [
  {
    kind: 'too-long',
    matches: text(/input is too long|prompt is too long|exceed context limit|too many total text bytes/i),
    hint: () => 'Shorten the prompt, or choose a model with a longer context.',
  },
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
    kind: 'response',
    matches: ({ unreadable }) => unreadable,
    hint: () =>
      'The answer was not from Bedrock: often a login page or a proxy in between. Check the network and AWS_ENDPOINT_URL_BEDROCK_RUNTIME.',
  },
  {
    kind: 'model',
    matches: named('ModelErrorException', 'ModelStreamErrorException'),
    hint: () =>
      'The model itself failed on this request. Call again; if it stays, change the prompt or the model.',
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
    matches: text(/is deprecated for this model|cannot both be specified|doesn.t support the \w+ field/i),
    hint: () => 'This model does not take that parameter, or not together with the other. Leave it out.',
  },
  {
    kind: 'request',
    matches: text(/failed to satisfy constraint|can ?not be converted to/i),
    hint: () => 'The message names the member of the request, and the values that it may have.',
  },
  {
    kind: 'request',
    matches: either(named('ValidationException'), status(400)),
    hint: () =>
      'The request does not fit this model. Compare its body with what the model family expects (lib/invoke has one file a family).',
  },
];
