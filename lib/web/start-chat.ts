import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { findModel } from 'bedrock-models';
import type { Tool } from '../agent/tool.ts';
import { checkOptions, wrongInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { runOutsideCells } from '../base/interrupt.ts';
import { createClient } from '../call/client.ts';
import type { Window } from '../converse/context.ts';
import { Conversation } from '../converse/conversation.ts';
import { type Inference, inferenceOf, refuseOldNames } from '../converse/options.ts';
import type { Summarize } from '../converse/summarize.ts';
import type { History } from '../history/history.ts';
import { openHistory } from '../history/open-history.ts';
import type { Answerer, AnswererRequest, AskVisitor } from './answerer.ts';
import type { ChatBudget, ChatLimits } from './limits.ts';
import type { OfferedModel } from './list-models.ts';
import { pageNotInstalled } from './page-files.ts';
import { codespaceHosts } from './proxies.ts';

/** `maxTokens`, the longest answer, is 1,000 where it is not given. */
export interface ChatOptions extends Inference {
  /** Default: one of `createClient`, which ends with the page. */
  readonly client?: BedrockRuntimeClient;
  /** The model that is chosen when the page opens; it is always on the list. Default: Nova Lite, where it is listed. */
  readonly modelId?: string;
  /** The models that a visitor may choose. Default: the text models that Bedrock lists in this region. */
  readonly models?: () => Promise<readonly OfferedModel[]>;
  /** Instructions that stand above every conversation. */
  readonly system?: string;
  /**
   * With tools an `Agent` answers, and the page shows each call and its result. A tool with effects asks the visitor:
   * `tools: (askVisitor) => [weatherTool, { ...bookTool, approve: askVisitor }]`. Default: none.
   */
  readonly tools?: readonly Tool[] | ((askVisitor: AskVisitor) => readonly Tool[]);
  /**
   * Who answers in a session, in place of `system`, `maxTokens` and its like, `tools`, `window` and `summarize`; asked once for each message:
   * `(request, askVisitor) => new Agent({ client, ...request, tools, limits })`.
   */
  readonly createConversation?: (request: AnswererRequest, askVisitor: AskVisitor) => Answerer;
  /**
   * How much of a conversation is sent with each message; `false`: all of it. Default: the newest 32,000 tokens, or half
   * of what the model can read where that is less.
   */
  readonly window?: Window | false;
  /**
   * When older turns are replaced, in what is sent, by a summary; `false`: never. Default: from 16,000 tokens on, or a
   * quarter of what the model can read, all but the last 6 turns.
   */
  readonly summarize?: Summarize | false;
  /**
   * US dollars that one conversation may cost, or `{ conversation, day }`; `day` is for all of them together. A message
   * that could pass it is not sent, and its visitor is told. Default: no limit. A `createConversation` keeps it by the
   * `meter` that it is given.
   */
  readonly maxCostUsd?: number | ChatBudget;
  /** What a visitor may begin with at a click. Default: two questions about Japanese, and a sum. */
  readonly suggestions?: readonly string[];
  /** Where conversations are kept: a path, or an open history, which stays open. Default `:memory:`. */
  readonly history?: History | string;
  /** Default: a free one. */
  readonly port?: number;
  readonly limits?: ChatLimits;
  /** Further `host:port` names, such as that of the Jupyter server whose proxy leads here. */
  readonly hosts?: readonly string[];
}

export interface Chat {
  /** The page's address with its key: whoever has it may spend. */
  readonly url: string;
  readonly port: number;
  /** Ends answers that are under way, and the page. A second call does nothing more. */
  close(): Promise<void>;
}

const suggestions = [
  'How do I conjugate taberu?',
  'Translate into Japanese, with furigana: Let’s eat sushi',
  'What is 17 + 25?',
];

/**
 * Serves the chat page on 127.0.0.1 only, until `close`. Every visitor has conversations of their own.
 *
 * @throws LibError of kind `network` when the port is taken, of kind `file` without the packages hono,
 *   @hono/node-server and marked, which are optional; as `openHistory` does
 */
export async function startChat(options: ChatOptions = {}): Promise<Chat> {
  checkOptions('startChat', options, {
    client: 'client?',
    modelId: 'text?',
    models: 'function?',
    system: 'text?',
    maxTokens: 'amount?',
    temperature: 'amount?',
    topP: 'amount?',
    stopSequences: 'texts?',
    createConversation: 'function?',
    suggestions: 'texts?',
    port: 'amount?',
    limits: 'object?',
    hosts: 'texts?',
  });
  refuseOldNames('startChat', options);
  const { window, summarize, maxCostUsd = {} } = options;
  if (window !== false) checkOptions('startChat', { window }, { window: 'object?' });
  if (summarize !== false) checkOptions('startChat', { summarize }, { summarize: 'object?' });
  const budget = typeof maxCostUsd === 'number' ? { conversation: maxCostUsd } : maxCostUsd;
  checkOptions('startChat', { maxCostUsd: budget }, { maxCostUsd: 'object' });
  checkOptions('startChat', { ...budget }, { conversation: 'amount?', day: 'amount?' }, 'maxCostUsd');
  checkHistory(options.history);
  checkTools(options.tools);
  const [{ getRequestListener }, { createChatApp }, { createRunningTurns }, { modelList }, { createServer }] =
    await Promise.all([
      import('@hono/node-server').catch(pageNotInstalled),
      import('./chat-app.ts'),
      import('./run-turn.ts'),
      import('./list-models.ts'),
      import('node:http'),
    ]);
  const { Agent } = await import('../agent/agent.ts');
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const key = randomBytes(24).toString('base64url');
  const runningTurns = createRunningTurns();
  const client = options.client ?? createClient();
  const given = options.history ?? ':memory:';
  const history =
    typeof given === 'string'
      ? // Of a page that stays up: what it stores takes as long in a large file as in a small one.
        await openHistory(given, { driver: 'node' }).catch((error: unknown) => {
          server.close();
          throw error;
        })
      : given;
  const { system, tools, createConversation } = options;
  const common = {
    client,
    maxTokens: 1_000,
    ...inferenceOf(options),
    ...(system !== undefined && { system }),
  };
  const limit = { maxCostUsd: budget.conversation, allowUnknownPrice: false };
  const answererOf = (request: AnswererRequest, askVisitor: AskVisitor): Answerer => {
    const { meter, ...asked } = { ...common, ...request, ...contextFor(request.modelId, window, summarize) };
    if (tools === undefined) return new Conversation({ ...asked, ...limit, ...(meter && { meter }) });
    const offered = typeof tools === 'function' ? tools(askVisitor) : tools;
    const limits = budget.conversation === undefined ? {} : { maxCostUsd: budget.conversation };
    return new Agent({ ...asked, tools: offered, limits, ...(meter && { meter }) });
  };
  let closing: Promise<void> | undefined;
  const close = async () => {
    server.close();
    // What they keep, they keep before the history closes.
    await runningTurns.stopAll(2_000);
    server.closeAllConnections();
    if (history !== given) await history.close();
    if (client !== options.client) client.destroy();
  };
  const app = await createChatApp({
    access: {
      key,
      hosts: [
        `127.0.0.1:${port}`,
        `localhost:${port}`,
        ...codespaceHosts(process.env, port),
        ...(options.hosts ?? []),
      ],
    },
    history,
    models: modelList({ ...options, client }),
    createConversation: createConversation ?? answererOf,
    // A budget counts all that a conversation has cost.
    sinceSummary: createConversation === undefined && budget.conversation === undefined,
    limits: options.limits ?? {},
    budget,
    suggestions: options.suggestions ?? suggestions,
    runningTurns,
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const listener = getRequestListener(app.fetch);
  server.on('request', (request, response) => runOutsideCells(() => listener(request, response)));
  return {
    url: `http://127.0.0.1:${port}/${key}/`,
    port,
    close: () => (closing ??= close()),
  };
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    throw new LibError(`The chat page cannot listen on port ${port}`, {
      kind: 'network',
      hint: 'Choose another port, or leave it out: a free one is found.',
      cause,
    });
  }
  return (server.address() as { port: number }).port;
}

/**
 * What of a conversation is sent by default: it lives on, and a message costs about the same after a thousand turns as
 * after ten. Pure.
 */
function contextFor(
  modelId: string,
  window: ChatOptions['window'],
  summarize: ChatOptions['summarize'],
): { readonly window?: Window; readonly summarize?: Summarize } {
  const { contextTokens = 128_000 } = findModel(modelId) ?? {};
  const usualWindow = { tokens: Math.min(32_000, Math.floor(contextTokens / 2)) };
  const usualSummary = { afterTokens: Math.min(16_000, Math.floor(contextTokens / 4)), keepTurns: 6 };
  return {
    ...(window !== false && { window: window ?? usualWindow }),
    ...(summarize !== false && { summarize: summarize ?? usualSummary }),
  };
}

function checkHistory(history: unknown): void {
  const isOne = typeof history === 'object' && history !== null && 'append' in history && 'read' in history;
  if (history === undefined || typeof history === 'string' || isOne) return;
  throw wrongInput('startChat', 'history', 'a path, or what openHistory gives', history);
}

function checkTools(tools: unknown): void {
  if (tools === undefined || typeof tools === 'function' || Array.isArray(tools)) return;
  throw wrongInput('startChat', 'tools', 'a list of tools, or a function that gives one', tools);
}
