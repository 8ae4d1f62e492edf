import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { streamSSE } from 'hono/streaming';
import { toLibError } from '../aws-errors.ts';
import { textOf } from '../converse/message.ts';
import { type History, isSummary } from '../history/history.ts';
import { formatDollars } from '../models/cost.ts';
import { type Access, refusalOf } from './access.ts';
import { type ChatLimits, createRate, defaultLimits } from './limits.ts';
import type { OfferedModel } from './list-models.ts';
import { renderMarkdown } from './render-markdown.ts';
import type { Talker, TalkerRequest } from './talk.ts';

export interface ChatAppOptions {
  readonly access: Access;
  readonly history: History;
  readonly models: () => Promise<readonly OfferedModel[]>;
  readonly createConversation: (request: TalkerRequest) => Talker;
  readonly limits: ChatLimits;
  /** Ends every answer when the page is stopped. */
  readonly stopped: AbortSignal;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const files = { '': 'index.html', 'chat.js': 'chat.js', 'chat.css': 'chat.css' } as const;
const types = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** The page and its routes, all below the key. */
export function createChatApp(options: ChatAppOptions): Hono {
  const { access, history, models, createConversation, stopped } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const mayPass = createRate(limits.turnsPerMinute);
  /** Sessions that are being answered. */
  const busy = new Set<string>();
  const app = new Hono();

  app.use(async (context, next) => {
    const { req } = context;
    context.header('content-security-policy', policy);
    context.header('referrer-policy', 'no-referrer');
    context.header('x-content-type-options', 'nosniff');
    context.header('cache-control', 'no-store');
    const knock = {
      path: req.path,
      method: req.method,
      host: req.header('host'),
      origin: req.header('origin'),
    };
    const refusal = refusalOf(knock, access);
    if (refusal !== undefined) return context.text('Use the whole address that was printed.', refusal);
    await next();
    // An event stream comes with `no-cache`, by which a copy may be kept.
    context.header('cache-control', 'no-store');
  });
  for (const [path, file] of Object.entries(files)) {
    app.get(`/:key/${path}`, (context) => {
      visitorOf(context);
      const type = types[file.split('.')[1] as keyof typeof types];
      return context.body(readFileSync(join(import.meta.dirname, 'page', file), 'utf8'), 200, {
        'content-type': type,
      });
    });
  }
  app.get('/:key/models', async (context) => context.json(await models()));
  app.get('/:key/sessions', async (context) => {
    const own = `${visitorOf(context)}.`;
    return context.json((await history.sessions()).filter(({ sessionId }) => sessionId.startsWith(own)));
  });
  app.get('/:key/sessions/:id', async (context) => {
    const id = context.req.param('id');
    if (!id.startsWith(`${visitorOf(context)}.`))
      return context.json({ message: 'There is no such session.' }, 404);
    const { entries } = await history.read(id);
    const messages = entries.flatMap((entry) =>
      isSummary(entry)
        ? []
        : entry.messages.map((message) => ({
            role: message.role,
            text: textOf(message),
            html: renderMarkdown(textOf(message)),
          })),
    );
    return context.json(messages.filter(({ text }) => text !== ''));
  });
  const tooLong = (context: Context) => context.json({ message: 'The message is too long.' }, 413);
  app.post('/:key/turns', bodyLimit({ maxSize: limits.bodyBytes, onError: tooLong }), async (context) => {
    const visitor = visitorOf(context);
    const body: Record<string, unknown> = await context.req.json().catch(() => ({}));
    const { text, modelId, sessionId: given, regenerate } = body;
    const own = typeof given === 'string' && given.startsWith(`${visitor}.`);
    if (given !== undefined && !own) return context.json({ message: 'There is no such session.' }, 404);
    if (typeof text !== 'string' || text.trim() === '')
      return context.json({ message: 'Say something.' }, 400);
    if (typeof modelId !== 'string' || !(await models()).some(({ id }) => id === modelId))
      return context.json({ message: 'Choose a model from the list.' }, 400);
    if (own && busy.has(given as string))
      return context.json({ message: 'An answer is under way here.' }, 409);
    if (busy.size >= limits.streams || !mayPass(visitor))
      return context.json({ message: 'Too many messages at once. Wait a minute.' }, 429);
    const fresh = `${visitor}.${randomUUID()}`;
    const sessionId = own && regenerate !== true ? (given as string) : fresh;
    busy.add(sessionId);
    return streamSSE(context, async (stream) => {
      const left = new AbortController();
      stream.onAbort(() => left.abort());
      const send = (event: object) => stream.writeSSE({ data: JSON.stringify(event) });
      try {
        if (own && regenerate === true) await copyAllButLast(history, given as string, sessionId);
        await send({ type: 'session', sessionId });
        const signal = AbortSignal.any([left.signal, stopped]);
        const talk = createConversation({ modelId, sessionId, history }).stream(text, { signal });
        for await (const piece of talk) {
          if (piece.type === 'text' || piece.type === 'step') await send(piece);
          else if (piece.type === 'toolUse') await send({ type: 'step', name: piece.name, text: '' });
        }
        const { text: answer, usage, costUsd } = await talk.reply;
        await send({
          type: 'end',
          text: answer,
          html: renderMarkdown(answer),
          usage,
          cost: formatDollars(costUsd),
        });
      } catch (error) {
        const { message, hint, kind } = toLibError(error, { modelId });
        await send({ type: 'error', kind, message, hint });
      } finally {
        busy.delete(sessionId);
      }
    });
  });
  return app;
}

/** A browser's own name: a cookie that scripts cannot read. */
function visitorOf(context: Context): string {
  const known = getCookie(context, 'chat-visitor');
  if (known !== undefined && /^[0-9a-f-]{36}$/.test(known)) return known;
  const visitor = randomUUID();
  setCookie(context, 'chat-visitor', visitor, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: 30 * 86_400,
  });
  return visitor;
}

/** The log is only ever added to: another answer to the last question begins a session of its own. */
async function copyAllButLast(history: History, from: string, to: string): Promise<void> {
  const turns = (await history.read(from)).entries.filter((entry) => !isSummary(entry)).slice(0, -1);
  let sequence = 0;
  for (const { sequence: _, createdAt: __, ...turn } of turns)
    sequence = await history.append(to, turn, sequence);
}
