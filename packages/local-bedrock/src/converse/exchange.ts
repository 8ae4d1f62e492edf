import type { Model } from 'bedrock-models';
import type { ModelAnswer, ModelRequest } from '../families/family.ts';
import { families } from '../families/table.ts';
import { hashOf } from '../operations/invocation.ts';
import type { OperationRequest } from '../operations/operation.ts';
import { resolveModel } from '../resolve-model.ts';
import type { Service } from '../service.ts';
import { checkConstraints, checkUnions } from '../shapes/constraints.ts';
import { deserializeBody } from '../shapes/deserialize.ts';
import { thinksFirst } from '../thinking.ts';
import { checkRequest } from './check-request.ts';
import { readRequest } from './read-request.ts';
import type { ConverseRequest } from './request.ts';
import { converseRequest } from './request-shape.ts';
import { additionalFields } from './response-fields.ts';

/** A Converse request, checked and read: by both operations. */
export interface Exchange {
  readonly model: Model;
  /** The endpoint's date, as YYYY-MM-DD. */
  readonly today: string;
  readonly converse: ConverseRequest;
  readonly request: ModelRequest;
  /** Hex digits, the same for the same request. Computed when asked for. */
  readonly requestHash: () => string;
}

/** Reads a Converse request. Throws a `Refusal`: its form first, then the model's id, then what it says. */
export function readExchange(
  { label, body }: OperationRequest,
  service: Service,
  operation: 'Converse' | 'ConverseStream',
): Exchange {
  const fields = deserializeBody(body, converseRequest);
  checkConstraints(fields, converseRequest);
  const model = resolveModel(label, service);
  checkUnions(fields, converseRequest);
  const converse = fields as ConverseRequest;
  checkRequest(converse, model, operation);
  const { today } = service;
  const requestHash = () => hashOf(label, body);
  const request = {
    ...readRequest(converse, model),
    thinksFirst: thinksFirst(model, converse.additionalModelRequestFields),
  };
  return { model, today, converse, request, requestHash };
}

/** The members that both operations send beside the answer, keys sorted; those the request did not ask for are absent. */
export function echoed({ performanceConfig, serviceTier }: ConverseRequest): {
  performanceConfig?: object;
  serviceTier?: object;
} {
  return {
    ...(performanceConfig === undefined ? {} : { performanceConfig }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

/** What the request asks of the model's own response, as the family would have written it. */
export function askedFields(
  { converse, model, requestHash }: Exchange,
  answer: ModelAnswer,
): Record<string, unknown> | undefined {
  const paths = converse.additionalModelResponseFieldPaths ?? [];
  if (paths.length === 0) return undefined;
  return additionalFields(families[model.family].write(answer, model, requestHash()), paths);
}
