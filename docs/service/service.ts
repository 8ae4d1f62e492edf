/**
 * A chat service for as many processes and machines as you like: each keeps nothing of its own, and the database says
 * whose turn it is. `docs/from-notebook-to-service.md` explains it step by step.
 */
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import {
  Conversation,
  createClient,
  type ErrorKind,
  hasPrice,
  openHistory,
  resolveModel,
  toLibError,
  transcriptOf,
} from 'lib';

const { env } = process;

const limits = {
  /** A user's questions a minute, at this process. What holds for all processes together belongs in front of them. */
  turnsPerMinute: Number(env.TURNS_PER_MINUTE ?? 20),
  /** Answers of this process at once. */
  answers: 100,
  questionBytes: 64 * 1024,
  answerTokens: 800,
  /** Of one conversation, from its first question to its last answer. */
  maxCostUsd: 0.5,
  /** A load balancer of AWS closes a line on which nothing has come for 60 seconds. */
  firstWordMs: 50_000,
  /** ECS kills a process 30 seconds after it has asked it to end. */
  graceMs: 25_000,
};

/**
 * A PLACEHOLDER for your sign-in: `TOKENS=secret-1=sales/anna,secret-2=sales/ben`; a team shares its conversations. A
 * real service checks a signed token here (of Cognito, of your identity provider), which names the user and expires.
 */
const users = new Map(
  (env.TOKENS ?? '').split(',').map((entry) => {
    const [, token = '', team = '', name = ''] = /^(.+)=([^/]+)\/([^/]+)$/.exec(entry) ?? [];
    return [`Bearer ${token}`, { team, name }];
  }),
);
users.delete('Bearer ');

const client = createClient();
const { id: modelId } = await resolveModel(client, env.MODEL_ID ?? 'amazon.nova-micro-v1:0');
if (!hasPrice(modelId))
  throw new Error(
    `No price of ${modelId} is known, so that nothing can be limited: set MODEL_ID to another.`,
  );
const history = await openHistory(env.DATABASE_URL ?? 'service.db', {
  // How long a conversation of a process that was killed is closed to the others.
  abandonedAfterMs: 15_000,
  pool: { max: 10, connectionTimeoutMillis: 5_000 },
  onConflict: env.ON_CONFLICT === 'fail' ? 'fail' : 'wait',
});

interface Refusal {
  readonly status: 400 | 401 | 403 | 409 | 413 | 429 | 500 | 503;
  readonly message: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

const busy: Refusal = { status: 503, message: 'No answer can be had at the moment.', retryAfter: 5 };
const broken: Refusal = { status: 500, message: 'Something is wrong with this service. It was logged.' };
const refusals: Partial<Record<ErrorKind, Refusal>> = {
  conflict: { status: 409, message: 'Somebody else is being answered in this conversation.', retryAfter: 2 },
  limit: { status: 403, message: 'This conversation has cost as much as it may. Begin another one.' },
  'too-long': { status: 413, message: 'This is too long for the model. Begin another conversation.' },
  timeout: busy,
  aborted: busy,
};

/** What a caller may know of a failure; what only we can put right is for the log. */
function explain(error: unknown, details: object): Refusal & { readonly kind: ErrorKind } {
  const { kind, retryable, message, hint, requestId } = toLibError(error);
  log({ ...details, failed: kind, message, hint, requestId });
  const refusal = refusals[kind] ?? (retryable ? busy : broken);
  return { kind: refusal === broken ? 'unknown' : kind, ...refusal };
}

function refuse(context: Context, { status, ...error }: Refusal & { readonly kind: string }): Response {
  if (error.retryAfter !== undefined) context.header('retry-after', `${error.retryAfter}`);
  return context.json({ error }, status);
}

/** Never what was said. */
function log(event: object): void {
  console.log(JSON.stringify({ at: new Date(), pid: process.pid, ...event }));
}

const asked = new Map<object, number>();
setInterval(() => asked.clear(), 60_000).unref();
const underWay = new Set<Promise<unknown>>();
const ending = new AbortController();
let isEnding = false;

const app = new Hono<{ Variables: { user: { team: string; name: string } } }>();
app.onError((error, context) => refuse(context, explain(error, { path: context.req.path })));
app.get('/health', (context) => context.text(isEnding ? 'ending' : 'up', isEnding ? 503 : 200));
/** Whether the database answers. Not for what restarts processes: none of them is better for it. */
app.get('/ready', async (context) => context.text(`ready, ${(await history.read('ready')).sequence}`));

const tooLong = (context: Context) =>
  refuse(context, { kind: 'too-long', status: 413, message: 'Send a shorter question.' });
app.use(
  '/sessions/*',
  bodyLimit({ maxSize: limits.questionBytes, onError: tooLong }),
  async (context, next) => {
    const user = users.get(context.req.header('authorization') ?? '');
    if (user === undefined) return refuse(context, { kind: 'sign-in', status: 401, message: 'Sign in.' });
    context.set('user', user);
    await next();
  },
);

app.get('/sessions/:id', async (context) => {
  const { entries } = await history.read(`${context.get('user').team}/${context.req.param('id')}`);
  return context.json(transcriptOf(entries).messages);
});

app.post('/sessions/:id/turns', async (context) => {
  const user = context.get('user');
  const sessionId = `${user.team}/${context.req.param('id')}`;
  const body = await context.req.json<{ text?: unknown } | null>().catch(() => null);
  const text = body?.text;
  if (typeof text !== 'string' || text.trim() === '')
    return refuse(context, { kind: 'request', status: 400, message: 'Send { "text": "…" }.' });
  if (isEnding || underWay.size >= limits.answers) return refuse(context, { kind: 'overloaded', ...busy });
  const times = (asked.get(user) ?? 0) + 1;
  asked.set(user, times);
  if (times > limits.turnsPerMinute)
    return refuse(context, { kind: 'rate', status: 429, message: 'Too many questions.', retryAfter: 60 });

  const began = performance.now();
  const tooLate = new AbortController();
  const late = new DOMException('Nothing of an answer came in time', 'TimeoutError');
  const timer = setTimeout(() => tooLate.abort(late), limits.firstWordMs);
  // A caller who has gone, an answer that does not begin, and the end of this process stop the bill.
  const signal = AbortSignal.any([context.req.raw.signal, tooLate.signal, ending.signal]);
  const maxTokens = limits.answerTokens;
  const { maxCostUsd } = limits;
  const conversation = new Conversation({ client, modelId, history, sessionId, maxCostUsd, maxTokens });
  const turn = conversation.stream(text, { signal });
  const ended = turn.result.catch(() => undefined).finally(() => underWay.delete(ended));
  underWay.add(ended);
  const pieces = turn[Symbol.asyncIterator]();
  // Until the first piece is there, a failure can still be a status. An error here is `onError`'s.
  let piece = await pieces.next().finally(() => clearTimeout(timer));
  return streamSSE(context, async (stream) => {
    const tell = (event: string, data: unknown) => stream.writeSSE({ event, data: JSON.stringify(data) });
    // A model that thinks says nothing for a while: no load balancer is to take the line for dead.
    const sign = setInterval(() => void stream.write(': \n\n'), 15_000);
    try {
      for (; !piece.done; piece = await pieces.next())
        if (piece.value.type === 'text') await tell('text', piece.value.text);
      const { stopReason, usage, costUsd } = await turn.result;
      const ms = Math.round(performance.now() - began);
      log({ user: user.name, sessionId, ms, stopReason, usage, costUsd });
      await tell('done', { stopReason, usage, costUsd });
    } catch (error) {
      const { status: _, ...told } = explain(error, { user: user.name, sessionId });
      await tell('error', told);
    } finally {
      clearInterval(sign);
    }
  });
});

const { PORT: port = '8080', HOST: hostname = '127.0.0.1' } = env;
const server = serve(
  // A connection is the load balancer's to close: after a minute without use.
  { fetch: app.fetch, port: Number(port), hostname, serverOptions: { keepAliveTimeout: 65_000 } },
  (at) => log({ up: at.port, modelId }),
);

/** Takes nothing new, lets answers come to their end, and gives back what it has of the conversations. */
async function end(): Promise<void> {
  isEnding = true;
  const idle = setInterval(() => 'closeIdleConnections' in server && server.closeIdleConnections(), 200);
  server.close(() => clearInterval(idle));
  const timer = setTimeout(() => ending.abort(new Error('The service is ending')), limits.graceMs);
  await Promise.all(underWay);
  clearTimeout(timer);
  await history.close();
  client.destroy();
}
process.once('SIGTERM', end).once('SIGINT', end);
