import { currentDay } from 'bedrock-models';
import type { WordSource } from './answer.ts';
import type { FaultOrder } from './faults/fault.ts';
import { parseFault } from './faults/parse-fault.ts';
import { createFaultQueue } from './faults/queue.ts';
import { createGuardrailStore } from './guardrails/store.ts';
import type { Endpoint } from './handler.ts';
import { requireDay } from './is-day.ts';
import { createJournal, type JournalEntry } from './journal/journal.ts';
import { logLine } from './journal/log-line.ts';
import type { LocalBedrockOptions } from './options.ts';
import type { Elsewhere } from './record/recorder.ts';
import type { Era } from './service.ts';
import { standIn } from './words/stand-in/stand-in.ts';

/** An endpoint by its options, before it listens. Throws an `Error` when an option cannot be used. */
export async function createEndpoint(options: LocalBedrockOptions, era: Era): Promise<Endpoint> {
  const { region = 'us-east-1', host = '127.0.0.1', log, journal } = options;
  const today = options.today ?? currentDay();
  requireDay(today);
  const words = await wordsOf(options);
  const elsewhere = await answersElsewhere(options, region);
  const authorize = await authorizerOf(options, region);
  const faults = createFaultQueue();
  for (const order of (options.faults ?? []).map(parseFault)) faults.add(untilCleared(order));
  return {
    service: {
      era,
      today,
      region,
      words,
      access: new Map(Object.entries(options.access ?? {})),
      guardrails: createGuardrailStore(),
    },
    host,
    faults,
    ...(authorize === undefined ? {} : { authorize }),
    ...(elsewhere === undefined ? {} : { answerElsewhere: elsewhere }),
    journal: createJournal([
      ...(log === undefined ? [] : [(entry: JournalEntry) => log(logLine(entry))]),
      ...(journal === undefined ? [] : [journal]),
    ]),
  };
}

// What most endpoints do not need is imported only where it is asked for: every file costs time at the start.

async function wordsOf({ words, backend }: LocalBedrockOptions): Promise<WordSource> {
  if (words !== undefined && backend !== undefined) {
    throw new Error(
      'Words come either from a backend or from a source of your own. Leave out one of the two.',
    );
  }
  if (backend === undefined) return words ?? standIn;
  return (await import('./words/backend/open-ai-compatible.ts')).openAiCompatible(backend);
}

async function authorizerOf({ auth }: LocalBedrockOptions, region: string): Promise<Endpoint['authorize']> {
  if (auth === undefined) return undefined;
  const { createAuthorizer } = await import('./auth/authorize.ts');
  return createAuthorizer(auth, region);
}

async function answersElsewhere(
  options: LocalBedrockOptions,
  region: string,
): Promise<Elsewhere | undefined> {
  const { record, replay } = options;
  if (record !== undefined && replay !== undefined) {
    throw new Error('An endpoint either records or replays. Leave out one of the two.');
  }
  if ((record ?? replay) !== undefined && (options.words ?? options.backend) !== undefined) {
    throw new Error(
      'An endpoint that records or replays has no words of its own. Leave out backend and words.',
    );
  }
  if (record !== undefined) return (await import('./record/recorder.ts')).createRecorder(record, region);
  if (replay !== undefined) return (await import('./record/replayer.ts')).createReplayer(replay);
  return undefined;
}

function untilCleared(order: FaultOrder): FaultOrder {
  return { ...order, times: order.times ?? Number.POSITIVE_INFINITY };
}
