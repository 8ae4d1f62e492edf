import type {
  BedrockRuntimeClient,
  ConverseCommandInput,
  ConverseStreamOutput,
  ResponseStream,
} from '@aws-sdk/client-bedrock-runtime';
import type { BilledUsage } from 'bedrock-models';
import { checkInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { processGlobal } from '../base/process-global.ts';
import { type CallEstimate, CostMeter, type Spending } from './cost-meter.ts';
import { estimateRequest, longestAnswerOf, mostTokens } from './estimate-tokens.ts';
import { usageFromHeaders, usageFromMetrics } from './invoke-usage.ts';

/**
 * What the calls of one process cost together. In a notebook every client of `createClient` is counted, so that
 * `showCost()` has a sum to show, and on AWS a learner's mistake has an end.
 */

/** US dollars that a notebook's kernel may spend on AWS, unless `BEDROCK_MAX_COST_USD` or `limitCost` says otherwise. */
const defaultLimitUsd = 1;

const hint =
  'That is as much as this kernel may spend, so that a mistake stays cheap. To allow $5, run limitCost(5) in a cell (it is imported from lib), or set BEDROCK_MAX_COST_USD=5 before JupyterLab starts; or lower maxTokens. Nothing was sent.';

/** The meter of this process. It has a limit in a notebook that calls AWS; elsewhere it only counts. */
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
        const spending = sessionMeter().begin(call, hint);
        try {
          const result = await next(args);
          operation.count(result as CountedResult, spending, call);
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

interface CountedInput {
  readonly modelId?: string;
  readonly body?: unknown;
}

interface CountedResult {
  readonly output: {
    readonly usage?: BilledUsage;
    stream?: AsyncIterable<ConverseStreamOutput>;
    body?: unknown;
  };
  readonly response: { readonly headers?: Readonly<Record<string, string>> };
}

interface CountedOperation {
  readonly estimate: (input: CountedInput) => CallEstimate;
  readonly count: (result: CountedResult, spending: Spending, call: CallEstimate) => void;
}

/** What is billed by tokens. */
const operations: Readonly<Record<string, CountedOperation>> = {
  ConverseCommand: {
    estimate: estimateConverse,
    count: ({ output }, spending) => spending.answered(output.usage),
  },
  ConverseStreamCommand: {
    estimate: estimateConverse,
    count: ({ output }, spending, call) => {
      if (output.stream === undefined) return spending.answered(undefined);
      output.stream = countedStream(output.stream, spending, call, ({ contentBlockDelta, metadata }) => ({
        text: contentBlockDelta === undefined ? '' : Object.values(contentBlockDelta.delta ?? {}).join(),
        usage: metadata?.usage as BilledUsage | undefined,
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

/** The names under which the families' bodies have the longest answer, in tokens. */
const limitInBody =
  /"(?:max_tokens|maxTokens|maxTokenCount|max_gen_len|max_completion_tokens|max_new_tokens|max_tokens_to_sample)"\s*:\s*(\d+)/;

function estimateInvoke({ modelId = '', body }: CountedInput): CallEstimate {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array | undefined);
  const limit = limitInBody.exec(text)?.[1];
  return {
    modelId,
    inputTokens: mostTokens(text),
    outputTokens: limit === undefined ? longestAnswerOf(modelId) : Number(limit),
  };
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

/** The stream as it is, counted at its end; when it is left or breaks, by what had come until then. */
function countedStream<Event>(
  events: AsyncIterable<Event>,
  spending: Spending,
  { inputTokens }: CallEstimate,
  read: (event: Event) => { readonly text: string; readonly usage: BilledUsage | undefined },
): AsyncIterable<Event> {
  let text = '';
  let usage: BilledUsage | undefined;
  const end = () => spending.answered(usage ?? { inputTokens, outputTokens: mostTokens(text) });
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
              text += event.text;
              usage = event.usage ?? usage;
            }
            return result;
          } catch (error) {
            end();
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
