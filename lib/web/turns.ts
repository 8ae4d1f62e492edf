import { randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { toLibError } from '../aws-errors.ts';
import { type History, isSummary } from '../history/history.ts';
import { formatDollars } from '../models/cost.ts';
import { type ChatLimits, createRate, defaultLimits } from './limits.ts';
import type { OfferedModel } from './list-models.ts';
import { renderMarkdown } from './render-markdown.ts';
import type { Talker, TalkerRequest } from './talk.ts';
import { visitorOf } from './visitor.ts';

export interface TurnsOptions {
  readonly history: History;
  readonly models: () => Promise<readonly OfferedModel[]>;
  readonly createConversation: (request: TalkerRequest) => Talker;
  readonly limits: ChatLimits;
  /** Ends every answer when the page is stopped. */
  readonly stopped: AbortSignal;
}

/** The route that takes a message and streams its answer, within the limits. */
export function addTurns(app: Hono, options: TurnsOptions): void {
  const { history, models, createConversation, stopped } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const mayPass = createRate(limits.turnsPerMinute);
  /** Sessions that are being answered. */
  const busy = new Set<string>();
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
}

/** The log is only ever added to: another answer to the last question begins a session of its own. */
async function copyAllButLast(history: History, from: string, to: string): Promise<void> {
  const turns = (await history.read(from)).entries.filter((entry) => !isSummary(entry)).slice(0, -1);
  let sequence = 0;
  for (const { sequence: _, createdAt: __, ...turn } of turns)
    sequence = await history.append(to, turn, sequence);
}
