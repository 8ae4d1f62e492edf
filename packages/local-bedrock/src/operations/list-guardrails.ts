import { summarizeGuardrail } from '../guardrails/describe.ts';
import { guardrailsOf } from '../guardrails/find-guardrail.ts';
import { page } from '../paging.ts';
import { jsonReply } from '../reply.ts';
import type { Operation } from './operation.ts';

/** `GET /guardrails`: all drafts, or with `guardrailIdentifier` all versions of one, page by page. */
export const listGuardrails: Operation = {
  name: 'ListGuardrails',
  method: 'GET',
  path: /\/guardrails\/?$/,
  run({ query }, service) {
    const all = guardrailsOf(service).list(query.get('guardrailIdentifier') ?? undefined);
    const { items, nextToken } = page(all, query);
    return jsonReply({
      guardrails: items.map(summarizeGuardrail),
      ...(nextToken === undefined ? {} : { nextToken }),
    });
  },
};
