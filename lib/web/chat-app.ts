import type { Hono } from 'hono';
import { toLibError } from '../base/aws-errors.ts';
import type { HistoryEntry } from '../history/history.ts';
import { type Access, keepName, ownSession, refusalOf, visitorOf } from './access.ts';
import { pageNotInstalled, readPageFiles } from './page-files.ts';
import { shownTurns } from './session-history.ts';
import { shownViewOf, type TurnView } from './turn-view.ts';
import { addTurns, type TurnsOptions } from './turns.ts';

export interface ChatAppOptions extends TurnsOptions {
  readonly access: Access;
  readonly suggestions: readonly string[];
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const types = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The page and its routes, all below the key. */
export async function createChatApp(options: ChatAppOptions): Promise<Hono> {
  const { access, history, models, suggestions, runningTurns } = options;
  const [{ Hono }] = await Promise.all([
    import('hono').catch(pageNotInstalled),
    // For the answers: better missed now than by a visitor.
    import('marked').catch(pageNotInstalled),
  ]);
  const app = new Hono();

  app.onError((error, context) => {
    const { message, hint } = toLibError(error);
    return context.json({ message: `${message.replace(/\.?$/, '.')} ${hint}` }, 500);
  });
  app.use(async (context, next) => {
    const { req } = context;
    context.header('content-security-policy', policy);
    context.header('referrer-policy', 'no-referrer');
    context.header('x-content-type-options', 'nosniff');
    context.header('cache-control', 'no-store');
    const request = {
      path: req.path,
      method: req.method,
      host: req.header('host'),
      origin: req.header('origin'),
    };
    const refusal = refusalOf(request, access);
    if (refusal !== undefined) return context.text('Use the whole address that was printed.', refusal);
    await next();
    // An event stream comes with `no-cache`, by which a copy may be kept.
    context.header('cache-control', 'no-store');
  });
  // Relative: a proxy may have put something in front.
  app.get('/:key', (context) => context.redirect(`${context.req.param('key')}/`));
  for (const [file, content] of readPageFiles()) {
    app.get(`/:key/${file === 'index.html' ? '' : file}`, (context) => {
      if (file === 'index.html') keepName(context);
      const type = types[file.split('.')[1] as keyof typeof types];
      return context.body(content, 200, { 'content-type': type });
    });
  }
  app.get('/:key/models', async (context) => context.json(await models()));
  app.get('/:key/suggestions', (context) => context.json(suggestions));
  app.get('/:key/sessions', async (context) => {
    const own = `${visitorOf(context)}.`;
    const sessions = (await history.sessions()).filter(({ sessionId }) => sessionId.startsWith(own));
    return context.json(sessions.map((one) => ({ ...one, sessionId: one.sessionId.slice(own.length) })));
  });
  app.get('/:key/sessions/:id', async (context) => {
    const sessionId = ownSession(visitorOf(context), context.req.param('id'));
    if (sessionId !== undefined) {
      await runningTurns.settled(sessionId);
      const { entries } = await history.read(sessionId);
      if (entries.length > 0) {
        const { last, to } = context.req.query();
        const view = partOf(entries, Number(last ?? Number.POSITIVE_INFINITY), Number(to ?? entries.length));
        return context.json(last === undefined ? view.turns : view);
      }
    }
    return context.json({ message: 'There is no such conversation.' }, 404);
  });
  await addTurns(app, options);
  return app;
}

/** A part of a conversation: a long one is opened at its end. */
export interface ConversationPart {
  readonly turns: readonly TurnView[];
  /** How many turns come before these. */
  readonly first: number;
}

/** At most `last` turns before turn `to`, counted from 0. Only what is asked for is rendered. */
function partOf(entries: readonly HistoryEntry[], last: number, to: number): ConversationPart {
  const shown = shownTurns(entries).slice(0, Math.max(0, to || 0));
  const first = Math.max(0, shown.length - Math.max(0, last || 0));
  return { first, turns: shown.slice(first).map(shownViewOf) };
}
