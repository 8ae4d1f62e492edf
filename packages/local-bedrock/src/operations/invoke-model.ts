import type { Model } from 'bedrock-models';
import { eventFrame, paddingFrom } from '../event-stream/frame.ts';
import { begin, framesOf, streamReply } from '../event-stream/stream-reply.ts';
import {
  guardBody,
  guardChunk,
  guardInvocation,
  guardWhole,
  type InvocationConfig,
  splitGuardrailConfig,
} from '../guardrails/guard-requests.ts';
import { invalid } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import { familyOf } from '../invoke/all-families.ts';
import { withBetas } from '../invoke/claude-betas.ts';
import { halfCharacterViolation } from '../invoke/claude-checks.ts';
import type { Family, ModelRequest } from '../invoke/family.ts';
import { asItTells, hasPromptCache, thinksFirst } from '../invoke/model-features.ts';
import { resolveEmbeddingModel, resolveModel } from '../models/resolve-model.ts';
import { checkServiceTier } from '../models/service-tier.ts';
import { unused, withoutCached } from '../prompt-cache/prompt-cache.ts';
import { checkConstraints } from '../shapes/constraints.ts';
import { oneOf, structure } from '../shapes/shape.ts';
import { type AnswerEvent, answerWhole } from '../words/answer.ts';
import {
  hashOf,
  millisecondsSince,
  type Operation,
  type OperationRequest,
  parseBody,
  refuseUnknownLogprobs,
  type Service,
  useCache,
} from './operation.ts';

/** `POST /model/{id}/invoke`: one answer, in the body shape of the model's family. */
export const invokeModel: Operation = {
  name: 'InvokeModel',
  method: 'POST',
  path: /\/model\/(.+)\/invoke$/,
  async run(operationRequest, service) {
    const embeddingModel = resolveEmbeddingModel(operationRequest.label, service);
    if (embeddingModel !== undefined) {
      const { answerEmbedding } = await import('../embeddings/all-embeddings.ts');
      return answerEmbedding(embeddingModel, operationRequest, service.words);
    }
    const { model, family, request, requestHash, native, config, echoed } = readInvocation(
      operationRequest,
      service,
    );
    const { signal, startedAt } = operationRequest;
    const guard = guardInvocation(operationRequest, request, config, service, (said) =>
      family.write(said, model, requestHash, native),
    );
    const words = guard?.guarded(service.words) ?? service.words;
    const whole = await answerWhole(words, request, model, family.lead, signal);
    const cached = useCache(service, model, request, whole.inputTokens);
    const answer = {
      ...whole,
      inputTokens: withoutCached(whole.inputTokens, cached),
      ...(cached !== undefined && { cached }),
    };
    const written = family.write(answer, model, requestHash, native) as object;
    return jsonReply(
      { ...guardWhole(written, guard), ...guardBody(guard, operationRequest) },
      {
        ...echoed,
        'X-Amzn-Bedrock-Invocation-Latency': String(millisecondsSince(startedAt)),
        ...(hasPromptCache(model) ? cacheHeaders(model, cached) : {}),
        'X-Amzn-Bedrock-Output-Token-Count': String(answer.outputTokens * (family.answers?.(native) ?? 1)),
        'X-Amzn-Bedrock-Input-Token-Count': String(answer.inputTokens),
      },
    );
  },
};

/** As recorded: Claude Opus 4.8 has no header of what it wrote (2026, pydantic-ai). */
function cacheHeaders({ id }: Model, { read, written } = unused) {
  const allWritten = String(written['5m'] + written['1h']);
  return {
    ...(!id.includes('claude-opus-4-8') && { 'X-Amzn-Bedrock-Cache-Write-Input-Token-Count': allWritten }),
    'X-Amzn-Bedrock-Cache-Read-Input-Token-Count': String(read),
  };
}

const exceptions: ReadonlySet<string> = new Set([
  'internalServerException',
  'modelStreamErrorException',
  'modelTimeoutException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
]);

/**
 * Seen of Jurassic-2 in September 2023 (langchain-ai/langchainjs#2645), and with its full stop of gpt-oss in August 2025
 * (aws-samples/amazon-bedrock-client-for-mac#112), which streams since.
 */
const notStreamed = 'The model is unsupported for streaming.';

/**
 * `POST /model/{id}/invoke-with-response-stream`: the answer as it is made, as `chunk` events that hold the family's
 * own JSON. The last chunk also tells tokens and times, as `amazon-bedrock-invocationMetrics`.
 */
export const invokeModelWithResponseStream: Operation = {
  name: 'InvokeModelWithResponseStream',
  method: 'POST',
  path: /\/model\/(.+)\/invoke-with-response-stream$/,
  async run(operationRequest, service) {
    if (resolveEmbeddingModel(operationRequest.label, service) !== undefined) throw invalid(notStreamed);
    const { model, family, request, requestHash, native, config, echoed } = readInvocation(
      operationRequest,
      service,
    );
    const { signal, startedAt } = operationRequest;
    if (family.streamWriter === undefined || model.refuses?.includes('streaming')) {
      throw invalid(notStreamed);
    }
    const guard = guardInvocation(operationRequest, request, config, service);
    const words = guard?.guarded(service.words) ?? service.words;
    const allTokens = await service.words.countTokens(request, model);
    const cached = useCache(service, model, request, allTokens);
    const inputTokens = withoutCached(allTokens, cached);
    const events = await begin(words.answer(request, model, family.lead, signal));
    const firstByteLatency = millisecondsSince(startedAt);
    const chunksOf = family.streamWriter({
      model,
      requestHash,
      inputTokens,
      body: native,
      ...(cached !== undefined && { cached }),
    });
    const padding = paddingFrom(requestHash);
    const write = (said: AnswerEvent) => {
      const event =
        said.type === 'end' ? { ...said, inputTokens: withoutCached(said.inputTokens, cached) } : said;
      return chunksOf(event).map((chunk, index, chunks) => {
        const isLast = event.type === 'end' && index === chunks.length - 1;
        const json = {
          ...guardChunk(chunk, guard),
          ...(isLast && guardBody(guard, operationRequest)),
          // A question that is blocked is no invocation.
          ...(isLast &&
            !guard?.outcome.blockedQuestion &&
            metrics(
              { ...event, outputTokens: event.outputTokens * (family.answers?.(native) ?? 1) },
              model,
              startedAt,
              firstByteLatency,
              cached,
            )),
        };
        const bytes = Buffer.from(JSON.stringify(json)).toString('base64');
        return eventFrame('chunk', `{"bytes":"${bytes}","p":"${padding()}"}`);
      });
    };
    return streamReply(framesOf(events, write, exceptions), {
      'X-Amzn-Bedrock-Content-Type': 'application/json',
      ...echoed,
    });
  },
};

function metrics(
  { inputTokens, outputTokens }: Extract<AnswerEvent, { type: 'end' }>,
  model: Model,
  startedAt: number,
  firstByteLatency: number,
  { read, written } = unused,
) {
  return {
    'amazon-bedrock-invocationMetrics': {
      inputTokenCount: inputTokens,
      outputTokenCount: outputTokens,
      invocationLatency: millisecondsSince(startedAt),
      firstByteLatency,
      ...(hasPromptCache(model)
        ? { cacheReadInputTokenCount: read, cacheWriteInputTokenCount: written['5m'] + written['1h'] }
        : {}),
    },
  };
}

/** An InvokeModel request, read: by both operations, the one that answers whole and the one that streams. */
interface Invocation {
  readonly model: Model;
  readonly family: Family;
  readonly request: ModelRequest;
  readonly requestHash: string;
  /** The body as JSON, as the model gets it. */
  readonly native: unknown;
  /** What it said to the guardrail. */
  readonly config: InvocationConfig;
  /** Headers of the request that belong on the response too. */
  readonly echoed: Readonly<Record<string, string>>;
}

/** Finds the model, checks the body by its family's rules and reads it. Throws a `Refusal`. */
function readInvocation({ label, body, headers }: OperationRequest, service: Service): Invocation {
  const echoed = echoedSettings(headers);
  const named = resolveModel(label, service);
  const { native, config } = splitGuardrailConfig(parseBody(body), headers);
  const resolved = withBetas(named, native, service);
  if (resolved.family === 'claude-messages') {
    const wrong = halfCharacterViolation(body);
    if (wrong !== undefined) throw invalid(wrong);
  }
  const family = familyOf(resolved, native);
  if (family.tellsLogprobs) refuseUnknownLogprobs(native, service);
  const request = { ...family.read(native, resolved), thinksFirst: thinksFirst(resolved, native) };
  const model = asItTells(resolved, service.today, request.promptParts !== undefined);
  return { model, family, request, requestHash: hashOf(label, body), native, config, echoed };
}

/** What an InvokeModel request says in its headers, by the names of the API (API reference, InvokeModel). */
const members = {
  trace: 'x-amzn-bedrock-trace',
  performanceConfigLatency: 'x-amzn-bedrock-performanceconfig-latency',
  serviceTier: 'x-amzn-bedrock-service-tier',
  requestMetadata: 'x-amzn-bedrock-request-metadata',
} as const;

const shape = structure({
  trace: oneOf('ENABLED', 'DISABLED', 'ENABLED_FULL'),
  performanceConfigLatency: oneOf('optimized', 'standard'),
  serviceTier: { type: 'string' },
  requestMetadata: { type: 'string', maxLength: 8_500 },
});

/**
 * The headers that the service sends back as they came: the latency and the tier. Throws a `Refusal` when a header
 * has a value that the API does not know.
 */
function echoedSettings(headers: Readonly<Record<string, string>>): Record<string, string> {
  const settings = Object.fromEntries(
    Object.entries(members).flatMap(([member, header]) =>
      headers[header] === undefined ? [] : [[member, headers[header]]],
    ),
  );
  checkConstraints(settings, shape);
  const { performanceConfigLatency, serviceTier } = settings;
  checkServiceTier(serviceTier);
  return {
    ...(performanceConfigLatency !== undefined && {
      'X-Amzn-Bedrock-PerformanceConfig-Latency': performanceConfigLatency,
    }),
    ...(serviceTier !== undefined && { 'X-Amzn-Bedrock-Service-Tier': serviceTier }),
  };
}
