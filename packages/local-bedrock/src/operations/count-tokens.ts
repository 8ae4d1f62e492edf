import { checkRequest } from '../converse/exchange.ts';
import { readRequest } from '../converse/read-request.ts';
import type { ConverseRequest } from '../converse/request.ts';
import { countableConverseRequest } from '../converse/request-shape.ts';
import { invalid } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import { families } from '../invoke/all-families.ts';
import { withBetas } from '../invoke/claude-betas.ts';
import { resolveCountable } from '../models/resolve-model.ts';
import { checkConstraints, checkUnions } from '../shapes/constraints.ts';
import { deserializeBody } from '../shapes/deserialize.ts';
import { blob, structure, union } from '../shapes/shape.ts';
import type { Operation } from './operation.ts';
import { parseBody } from './operation.ts';

const shape = structure(
  {
    input: union('CountTokensInput', {
      invokeModel: structure({ body: blob }, ['body']),
      converse: countableConverseRequest,
    }),
  },
  ['input'],
);

interface Input {
  readonly invokeModel?: { readonly body: string };
  readonly converse?: ConverseRequest;
}

/**
 * `POST /model/{id}/count-tokens`: how many input tokens a request would be, the same number as in its `usage`. The
 * request is checked as the call itself would be.
 */
export const countTokens: Operation = {
  name: 'CountTokens',
  method: 'POST',
  path: /\/model\/(.+)\/count-tokens$/,
  async run({ label, body }, service) {
    const fields = deserializeBody(body, shape);
    checkConstraints(fields, shape);
    const named = resolveCountable(label, service);
    checkUnions(fields, shape);
    const { invokeModel, converse } = fields.input as Input;
    if (invokeModel !== undefined) {
      const native = parseBody(Buffer.from(invokeModel.body, 'base64'));
      const model = withBetas(named, native, service);
      const request = families[model.family].read(native, model);
      return jsonReply({ inputTokens: await service.words.countTokens(request, model) });
    }
    if (converse === undefined)
      throw invalid('The input is empty. Provide an invokeModel or a converse request.');
    const model = withBetas(named, converse.additionalModelRequestFields, service);
    checkRequest(converse, model, 'Converse');
    return jsonReply({ inputTokens: await service.words.countTokens(readRequest(converse, model), model) });
  },
};
