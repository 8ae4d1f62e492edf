import { randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import type { History } from '../history/history.ts';
import { isKnown, ownSession, visitorOf } from './access.ts';
import type { Answerer, AnswererRequest, AskVisitor } from './answerer.ts';
import { createApprovals } from './approvals.ts';
import { type ChatBudget, createDayBudget } from './budget.ts';
import { type ChatLimits, createRate, withDefaults } from './limits.ts';
import type { OfferedModel } from './list-models.ts';
import { pageNotInstalled } from './page-files.ts';
import { runTurn } from './run-turn.ts';
import type { RunningTurns } from './running-turns.ts';
import { shownTurns } from './session-history.ts';

export interface TurnsOptions {
  readonly history: History;
  readonly models: () => Promise<readonly OfferedModel[]>;
  readonly createConversation: (request: AnswererRequest, askVisitor: AskVisitor) => Answerer;
  readonly limits: ChatLimits;
  readonly budget?: ChatBudget;
  readonly runningTurns: RunningTurns;
  /** Milliseconds after which something is sent, so that no proxy takes the line for dead. Default 15,000. */
  readonly silenceMs?: number;
}

/** The routes that take a message and stream its answer, stop it, and take a decision about a tool. */
export async function addTurns(app: Hono, options: TurnsOptions): Promise<void> {
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
  /** Sessions that were begun here, also those of which nothing is kept. */
  const begun = new Set<string>();
  const tooLong = (context: Context) =>
    context.json({ message: 'The message is too long. Shorten it, or send it in parts.' }, 413);
  app.post('*', bodyLimit({ maxSize: limits.bodyBytes, onError: tooLong }));

  app.post('/:key/turns', async (context) => {
    // Whoever keeps no cookie is somebody else each time, but not for the rate.
    const payer = isKnown(context) ? visitorOf(context) : 'without a cookie';
    const visitor = visitorOf(context);
    const { text, modelId, sessionId: given, regenerate, turns } = await bodyOf(context);
    const known = given === undefined ? undefined : ownSession(visitor, given);
    const answering = { message: 'An answer is under way here. Wait for it, or stop it.' };
    if (known !== undefined && runningTurns.has(known)) return context.json(answering, 409);
    const log = known === undefined ? undefined : await history.read(known);
    const { entries = [], sequence = 0 } = log ?? {};
    const shownBefore = shownTurns(entries);
    const kept = shownBefore.length;
    if (given !== undefined && !(known !== undefined && (kept > 0 || begun.has(known))))
      return context.json({ message: 'There is no such conversation.' }, 404);
    // Whoever does not see the last turns would answer, or ask again, something else than what is on the page.
    if (known !== undefined && typeof turns === 'number' && turns !== kept)
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
    const replaces = regenerate === true ? shownBefore.at(-1)?.turn[0]?.sequence : undefined;
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
        const { signal } = turn;
        const settings = {
          text,
          modelId,
          sessionId,
          history,
          approvals,
          createConversation,
          signal,
          dayBudget,
        };
        await runTurn({ ...settings, begunWith: sequence, replaces }, tell);
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

async function bodyOf(context: Context): Promise<Record<string, unknown>> {
  const body: unknown = await context.req.json().catch(() => ({}));
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}
