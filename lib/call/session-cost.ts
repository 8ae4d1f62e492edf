import type {
  BedrockRuntimeClient,
  ConverseCommandInput,
  ConverseStreamOutput,
  ResponseStream,
} from '@aws-sdk/client-bedrock-runtime';
import { type BilledUsage, findModel, hasPrice, type ServedAs, tierOf } from 'bedrock-models';
import { toLibError } from '../base/aws-errors.ts';
import { checkInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { processGlobal } from '../base/process-global.ts';
import { type CallEstimate, CostMeter, type Spending, unknownPrice } from './cost-meter.ts';
import { estimateRequest, limitIn, longestAnswerOf, mostTokens } from './estimate-tokens.ts';
import { usageFromHeaders, usageFromMetrics } from './invoke-usage.ts';

/**
 * What the calls of one process cost together. In a notebook every client of `createClient` is counted, so that
 * `showCost()` has a sum to show, and on AWS a learner's mistake has an end.
 */

/** US dollars that a notebook's kernel may spend on AWS, unless `BEDROCK_MAX_COST_USD` or `limitCost` says otherwise. */
const defaultLimitUsd = 1;

const hint =
  'That is as much as this kernel may spend, so that a mistake stays cheap. To allow $5, run limitCost(5) in a cell (it is imported from lib), or set BEDROCK_MAX_COST_USD=5 before JupyterLab starts; or lower maxTokens. Nothing was sent.';
const unknownHint =
  'What this kernel may spend on AWS is limited, and that cannot be held for such a model. Use one that the catalogue has a price for; or run limitCost(undefined) in a cell (it is imported from lib), and nothing is limited. Nothing was sent.';

/**
 * The meter of this process. It has a limit in a notebook that calls AWS; elsewhere it only counts. A model without a
 * price is refused before it comes here; what of a call has none, such as a tier, leaves the sum unknown.
 */
export function sessionMeter(): CostMeter {
  return processGlobal('lib.session-meter', () => {
    const maxCostUsd = isNotebook() && localEra() === undefined ? limitOfEnvironment() : undefined;
    return new CostMeter({ maxCostUsd, allowUnknownPrice: true });
  });
}

/** Whether this process is a notebook's kernel. */
export function isNotebook(): boolean {
  return '__tslab__' in globalThis;
}

/** The local endpoint's era, when the cells really talk to it. */
export function localEra(): string | undefined {
  return process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME === undefined
    ? undefined
    : process.env.LOCAL_BEDROCK_ERA;
}

function limitOfEnvironment(): number {
  const set = process.env.BEDROCK_MAX_COST_USD?.trim();
  if (!set) return defaultLimitUsd;
  const dollars = Number(set);
  if (dollars >= 0) return dollars;
  throw new LibError(`BEDROCK_MAX_COST_USD is "${set}", which is no amount of US dollars`, {
    kind: 'request',
    hint: 'Set it to a number such as 5, or unset it, and restart the kernel.',
  });
}

/**
 * How much all counted calls of this process may cost together, those before included: of a notebook's kernel, where on
 * AWS it is one dollar until you say otherwise, or of a program that has called `countCost`.
 *
 * @param maxCostUsd US dollars; `undefined`: no limit
 * @example
 * limitCost(5); // this kernel may spend five dollars
 */
export function limitCost(maxCostUsd: number | undefined): void {
  checkInput('limitCost', { maxCostUsd }, { maxCostUsd: 'amount?' });
  sessionMeter().maxCostUsd = maxCostUsd;
}

/**
 * Counts what a client's calls cost into the sum that `showCost()` shows, and holds them to its limit: InvokeModel and
 * Converse, whole and streamed, whoever sends them. In a notebook the clients of `createClient` are counted already.
 *
 * @returns the client
 */
export function countCost<Client extends Pick<BedrockRuntimeClient, 'middlewareStack'>>(
  client: Client,
): Client {
  checkInput('countCost', { client }, { client: 'object' });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const operation = operations[commandName];
        if (operation === undefined) return next(args);
        const call = operation.estimate(args.input as CountedInput);
        const spending = begin(call);
        try {
          const result = await next(args);
          operation.count(result as CountedResult, spending, call, args.input as ServedAs);
          return result;
        } catch (error) {
          spending.failed(error);
          throw error;
        }
      },
    { step: 'initialize', name: 'countCost', override: true },
  );
  return client;
}

function begin(call: CallEstimate): Spending {
  const meter = sessionMeter();
  const { modelId } = call;
  if (meter.maxCostUsd !== undefined && !hasPrice(modelId))
    throw new LibError(unknownPrice({ modelId }).message, { kind: 'limit', hint: unknownHint, modelId });
  return meter.begin(call, hint);
}

/** Whether an error's hint is that of the limit on this process, and not of one on a conversation or a page. */
export function isSessionHint(given: string): boolean {
  return given === hint || given === unknownHint;
}

interface CountedInput extends ServedAs {
  readonly modelId?: string;
  readonly body?: unknown;
}

/** How InvokeModel is asked for a tier. */
interface InvokeTier {
  readonly serviceTier?: string;
  readonly performanceConfigLatency?: string;
}

interface CountedResult {
  readonly output: ServedAs & {
    readonly usage?: BilledUsage;
    stream?: AsyncIterable<ConverseStreamOutput>;
    body?: unknown;
  };
  readonly response: { readonly headers?: Readonly<Record<string, string>> };
}

interface CountedOperation {
  readonly estimate: (input: CountedInput) => CallEstimate;
  readonly count: (result: CountedResult, spending: Spending, call: CallEstimate, asked: ServedAs) => void;
}

/** What is billed by tokens. */
const operations: Readonly<Record<string, CountedOperation>> = {
  ConverseCommand: {
    estimate: estimateConverse,
    count: ({ output }, spending, _, asked) => spending.answered(output.usage, servedTier(output, asked)),
  },
  ConverseStreamCommand: {
    estimate: estimateConverse,
    count: ({ output }, spending, call, asked) => {
      if (output.stream === undefined) return spending.answered(undefined);
      output.stream = countedStream(output.stream, spending, call, ({ contentBlockDelta, metadata }) => ({
        text: saidIn(contentBlockDelta?.delta),
        usage: metadata?.usage as BilledUsage | undefined,
        tier: metadata && servedTier(metadata, asked),
      }));
    },
  },
  InvokeModelCommand: {
    estimate: estimateInvoke,
    count: ({ response }, spending) => spending.answered(whole(usageFromHeaders(response.headers ?? {}))),
  },
  InvokeModelWithResponseStreamCommand: {
    estimate: estimateInvoke,
    count: ({ output }, spending, call) => {
      const decoder = new TextDecoder();
      const chunks = output.body as AsyncIterable<ResponseStream> | undefined;
      if (chunks === undefined) return spending.answered(undefined);
      output.body = countedStream(chunks, spending, call, ({ chunk }) => {
        const text = decoder.decode(chunk?.bytes);
        return { text, usage: usageOfChunk(text) };
      });
    },
  },
};

function estimateConverse(input: CountedInput): CallEstimate {
  return estimateRequest(input as ConverseCommandInput, input.modelId ?? '');
}

/** A picture or a document in a body: base64, which is not read as words. */
const base64 = /"[A-Za-z0-9+/=]{2000,}"/g;
const tokensPerFile = 5_000;

function estimateInvoke(input: CountedInput): CallEstimate {
  const { modelId = '', body } = input;
  const { serviceTier, performanceConfigLatency: latency } = input as object as InvokeTier;
  const call = {
    modelId,
    tier: tierOf({
      ...(serviceTier !== undefined && { serviceTier: { type: serviceTier as 'default' } }),
      ...(latency !== undefined && { performanceConfig: { latency: latency as 'optimized' } }),
    }),
  };
  // A longer prompt is refused, and costs nothing.
  const most = findModel(modelId)?.contextTokens ?? Number.POSITIVE_INFINITY;
  const text = textOfBody(body);
  if (text === undefined)
    return { ...call, inputTokens: Math.min(most, 200_000), outputTokens: longestAnswerOf(modelId) };
  let files = 0;
  const words = text.replace(base64, () => {
    files += 1;
    return '""';
  });
  return {
    ...call,
    inputTokens: Math.min(most, mostTokens(words) + files * tokensPerFile),
    outputTokens: limitIn(words) ?? longestAnswerOf(modelId),
  };
}

/** `undefined` for a body that is still to be read, such as a `Blob`. */
function textOfBody(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array || body instanceof ArrayBuffer
    ? new TextDecoder().decode(body)
    : undefined;
}

/** The tier that is billed: the one that served the call, where Bedrock says it. */
function servedTier(served: ServedAs, asked: ServedAs) {
  return tierOf({
    serviceTier: served.serviceTier ?? asked.serviceTier,
    performanceConfig: served.performanceConfig ?? asked.performanceConfig,
  });
}

/** What a piece of an answer says: words, a thought, or the input of a tool. */
function saidIn(delta: object = {}): string {
  return Object.values(delta)
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join('');
}

/** What a chunk says of usage. One that cannot be read is for whoever reads the stream to complain of. */
function usageOfChunk(text: string): BilledUsage | undefined {
  try {
    return whole(usageFromMetrics(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

/** The usage, where Bedrock told how long the prompt was; an embedding has no tokens that came out. */
function whole(usage: Partial<BilledUsage>): BilledUsage | undefined {
  const { inputTokens, outputTokens = 0 } = usage;
  return inputTokens === undefined ? undefined : { ...usage, inputTokens, outputTokens };
}

/** What one event tells. */
interface Counted {
  readonly text: string;
  readonly usage: BilledUsage | undefined;
  readonly tier?: CallEstimate['tier'];
}

/** The stream as it is, counted at its end; when it is left or breaks, by what had come until then. */
function countedStream<Event>(
  events: AsyncIterable<Event>,
  spending: Spending,
  call: CallEstimate,
  read: (event: Event) => Counted,
): AsyncIterable<Event> {
  let text = '';
  let isBegun = false;
  let { usage, tier }: Partial<Counted> = { tier: call.tier };
  const end = () => {
    const came = { ...call, outputTokens: Math.min(call.outputTokens, mostTokens(text)) };
    spending.answered(usage ?? came, tier);
  };
  return {
    [Symbol.asyncIterator]() {
      const iterator = events[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const result = await iterator.next();
            if (result.done) end();
            else {
              const event = read(result.value);
              isBegun = true;
              text += event.text;
              usage = event.usage ?? usage;
              tier = event.tier ?? tier;
            }
            return result;
          } catch (error) {
            // Turned away before the model began.
            if (!isBegun && /^(?:throttled|overloaded)$/.test(toLibError(error).kind)) spending.failed(error);
            else end();
            throw error;
          }
        },
        async return(value?: unknown) {
          end();
          return (await iterator.return?.(value)) ?? { done: true, value };
        },
      };
    },
  };
}
