import { createHash } from 'node:crypto';
import type { Model } from 'bedrock-models';
import type { Family, ModelRequest } from '../families/family.ts';
import { families } from '../families/table.ts';
import { parseJson } from '../parse-json.ts';
import { malformed } from '../refusal.ts';
import { resolveModel } from '../resolve-model.ts';
import type { Service } from '../service.ts';
import { thinksFirst } from '../thinking.ts';
import { echoedSettings } from './invoke-settings.ts';
import type { OperationRequest } from './operation.ts';

/** An InvokeModel request, read: by both operations, the one that answers whole and the one that streams. */
export interface Invocation {
  readonly model: Model;
  readonly family: Family;
  readonly request: ModelRequest;
  readonly requestHash: string;
  /** The body as JSON. */
  readonly native: unknown;
  /** Headers of the request that belong on the response too. */
  readonly echoed: Readonly<Record<string, string>>;
}

/** Finds the model, checks the body by its family's rules and reads it. Throws a `Refusal`. */
export function readInvocation({ label, body, headers }: OperationRequest, service: Service): Invocation {
  const echoed = echoedSettings(headers);
  const model = resolveModel(label, service);
  const family = families[model.family];
  const native = parseBody(body);
  const request = { ...family.read(native, model), thinksFirst: thinksFirst(model, native) };
  return { model, family, request, requestHash: hashOf(label, body), native, echoed };
}

/** The same hex digits for the same model id and the same body. */
export function hashOf(label: string, body: Buffer): string {
  return createHash('sha256').update(label).update('\n').update(body).digest('hex');
}

/** The body as JSON; like the service, whatever `Content-Type` says. Empty or unreadable bodies are refused. */
export function parseBody(body: Buffer): unknown {
  try {
    return parseJson(body);
  } catch {
    throw malformed();
  }
}

/** Whole milliseconds since `startedAt`, at least 1: the service never reports none. */
export function millisecondsSince(startedAt: number): number {
  return Math.max(1, Math.round(performance.now() - startedAt));
}
