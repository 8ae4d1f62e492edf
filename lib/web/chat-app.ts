import { randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { toLibError } from '../base/aws-errors.ts';
import { escapeHtml } from '../base/escape-html.ts';
import type { History, HistoryEntry, SessionLog } from '../history/history.ts';
import { beginningOf, type StandingTurn, standingTurns } from '../history/log-part.ts';
import { type Access, isKnown, keepName, ownSession, refusalOf, visitorOf } from './access.ts';
import type { Answerer, AnswererRequest, AskVisitor } from './answerer.ts';
import { createApprovals } from './approvals.ts';
import { type ChatBudget, type ChatLimits, createDayBudget, createRate, withDefaults } from './limits.ts';
import type { OfferedModel } from './list-models.ts';
import { pageNotInstalled, readPageFiles } from './page-files.ts';
import { historyOfTurn, type RunningTurns, runTurn } from './run-turn.ts';
import { shownViewOf, type TurnView } from './turn-view.ts';

export interface ChatAppOptions {
  readonly access: Access;
  readonly suggestions: readonly string[];
  readonly history: History;
  readonly models: () => Promise<readonly OfferedModel[]>;
  readonly createConversation: (request: AnswererRequest, askVisitor: AskVisitor) => Answerer;
  /** Whoever answers needs no more of a conversation than its summary, and what that does not cover. Default: all. */
  readonly sinceSummary?: boolean;
  readonly limits: ChatLimits;
  readonly budget?: ChatBudget;
  readonly runningTurns: RunningTurns;
  /** Milliseconds after which something is sent, so that no proxy takes the line for dead. Default 15,000. */
  readonly silenceMs?: number;
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
      const body = content.replace('<!-- who answers -->', () => escapeHtml(whoAnswers(process.env)));
      return context.body(body, 200, { 'content-type': type });
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
      const { last, to } = context.req.query();
      const [turns, end] = [wholeNumber(last), wholeNumber(to)];
      const part = { ...(turns && { turns }), ...(end !== undefined && { before: end + 1 }) };
      const log = await history.read(sessionId, part);
      const view = viewOfPart(log.entries, turns, end);
      if (log.sequence > 0) return context.json(last === undefined ? view.turns : view);
    }
    return context.json({ message: 'There is no such conversation.' }, 404);
  });
  await addTurns(app, options);
  return app;
}

/** A part of a conversation: a long one is opened at its end. */
export interface ConversationPart {
  readonly turns: readonly TurnView[];
  /** How many entries of the log come before these. */
  readonly first: number;
  /** The number of the entry with which the last of these turns begins. 0: there is none. */
  readonly lastTurn: number;
}

/**
 * The last turns of a part of a log, of which may have been read more than was asked for.
 *
 * @param end the number of the last entry
 */
function viewOfPart(
  entries: readonly HistoryEntry[],
  turns = Number.POSITIVE_INFINITY,
  end = Number.POSITIVE_INFINITY,
): ConversationPart {
  const shown = standingTurns(entries.filter(({ sequence }) => sequence <= end)).slice(-turns);
  const [oldest] = shown;
  return {
    turns: shown.map(shownViewOf),
    first: oldest === undefined ? 0 : beginningOf(oldest) - 1,
    lastTurn: lastTurnOf(shown),
  };
}

/** The number of the entry with which the last turn begins. */
function lastTurnOf(turns: readonly StandingTurn[]): number {
  return turns.at(-1)?.turn[0]?.sequence ?? 0;
}

/** What an address says, where it is a whole number. */
function wholeNumber(text: string | undefined): number | undefined {
  const number = Number(text || Number.NaN);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** The routes that take a message and stream its answer, stop it, and take a decision about a tool. */
async function addTurns(app: Hono, options: ChatAppOptions): Promise<void> {
  const [{ bodyLimit }, { streamSSE }] = await Promise.all([
    import('hono/body-limit').catch(pageNotInstalled),
    import('hono/streaming').catch(pageNotInstalled),
  ]);
  const { history, models, createConversation, runningTurns } = options;
  const limits = withDefaults(options.limits);
  const { budget = {} } = options;
  const dayBudget = createDayBudget(history, budget.day);
  const approvals = createApprovals(limits.approvalMs);
  const mayAsk = createRate(limits.turnsPerMinute);
  const mayAnybodyAsk = createRate(limits.turnsPerMinuteOfAll);
  // What of a conversation is needed for one turn more.
  const neededPart = options.sinceSummary ? { turns: 1, sinceSummary: true } : {};
  /** Sessions that were begun here, also those of which nothing is kept. */
  const begun = new Set<string>();
  const tooLong = (context: Context) =>
    context.json({ message: 'The message is too long. Shorten it, or send it in parts.' }, 413);
  app.post('*', bodyLimit({ maxSize: limits.bodyBytes, onError: tooLong }));

  app.post('/:key/turns', async (context) => {
    // Whoever keeps no cookie is somebody else each time, but not for the rate.
    const payer = isKnown(context) ? visitorOf(context) : 'without a cookie';
    const visitor = visitorOf(context);
    const { text, modelId, sessionId: given, regenerate, lastTurn } = await bodyOf(context);
    const known = given === undefined ? undefined : ownSession(visitor, given);
    const answering = { message: 'An answer is under way here. Wait for it, or stop it.' };
    if (known !== undefined && runningTurns.has(known)) return context.json(answering, 409);
    // The log is read once for a message; what the turn appends to it is known without reading.
    const log = known === undefined ? newLog : await history.read(known, neededPart);
    const last = lastTurnOf(standingTurns(log.entries));
    if (given !== undefined && !(known !== undefined && (last > 0 || begun.has(known))))
      return context.json({ message: 'There is no such conversation.' }, 404);
    // Whoever does not see the last turns would answer, or ask again, something else than what is on the page.
    if (known !== undefined && typeof lastTurn === 'number' && lastTurn !== last)
      return context.json({ message: 'The conversation has gone on elsewhere.', hasGoneOn: true }, 409);
    if (typeof text !== 'string' || text.trim() === '')
      return context.json({ message: 'Say something.' }, 400);
    if (typeof modelId !== 'string' || !(await models()).some(({ id }) => id === modelId))
      return context.json({ message: 'Choose a model from the list.' }, 400);
    // From here to the beginning of the turn nothing waits, so no other request comes between.
    if (known !== undefined && runningTurns.has(known)) return context.json(answering, 409);
    if (runningTurns.size() >= limits.streams || !mayAsk(payer) || !mayAnybodyAsk(''))
      return context.json({ message: 'Too many messages at once. Wait a minute.' }, 429);
    const shown = known !== undefined ? String(given) : randomUUID();
    const replaces = regenerate === true && last > 0 ? last : undefined;
    const sessionId = `${visitor}.${shown}`;
    const turn = runningTurns.begin(sessionId);
    begun.add(sessionId);
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => turn.stop());
      const tell = (event: object) => stream.writeSSE({ data: JSON.stringify(event) });
      // Proxies cut a line on which nothing comes, also where somebody is thinking about a tool.
      const keeper = setInterval(() => void stream.write(': still here\n\n'), options.silenceMs ?? 15_000);
      try {
        await tell({ type: 'session', sessionId: shown });
        const own = historyOfTurn(history, sessionId, log, replaces);
        const { signal } = turn;
        await runTurn(
          { text, modelId, sessionId, own, approvals, createConversation, signal, dayBudget },
          tell,
        );
      } finally {
        clearInterval(keeper);
        turn.end();
      }
    });
  });
  app.post('/:key/sessions/:id/stop', async (context) => {
    const sessionId = ownSession(visitorOf(context), context.req.param('id'));
    const isStopped = sessionId !== undefined && (await runningTurns.stop(sessionId));
    return isStopped ? context.body(null, 204) : context.json({ message: 'Nothing is under way here.' }, 404);
  });
  app.post('/:key/sessions/:id/approvals', async (context) => {
    const sessionId = ownSession(visitorOf(context), context.req.param('id'));
    const { question, digest, isAllowed } = await bodyOf(context);
    const decision = { question, digest, isAllowed: isAllowed === true };
    const outcome = approvals.decide(sessionId ?? '', decision);
    if (outcome === 'decided') return context.body(null, 204);
    return outcome === 'gone'
      ? context.json({ message: 'Nobody waits for this decision any more.' }, 404)
      : context.json({ message: 'What would have been done is not what you decided on.' }, 409);
  });
}

const newLog: SessionLog = { entries: [], sequence: 0, repairs: [] };

async function bodyOf(context: Context): Promise<Record<string, unknown>> {
  const body: unknown = await context.req.json().catch(() => ({}));
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

/** Whose words a visitor reads on the local endpoint, which are not those of the model that is named. */
function whoAnswers({ LOCAL_BEDROCK_ERA: era, LOCAL_BEDROCK_WORDS: model }: NodeJS.ProcessEnv): string {
  if (!era) return '';
  if (!model) return 'A stand-in answers here, not a language model. ';
  return `${model} answers here, for every model that is named. `;
}
