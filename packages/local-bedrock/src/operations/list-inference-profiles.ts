import { inferenceProfiles } from '../inference-profiles.ts';
import { page } from '../paging.ts';
import { invalid } from '../refusal.ts';
import { jsonReply } from '../reply.ts';
import type { Operation } from './operation.ts';

const types = ['SYSTEM_DEFINED', 'APPLICATION'];

/** `GET /inference-profiles`, by type and page by page. The endpoint has no application profiles. */
export const listInferenceProfiles: Operation = {
  name: 'ListInferenceProfiles',
  method: 'GET',
  path: /\/inference-profiles\/?$/,
  run({ query }, service) {
    const type = query.get('type');
    if (type !== null && !types.includes(type)) {
      throw invalid(
        `1 validation error detected: Value '${type}' at 'typeEquals' failed to satisfy constraint: Member must satisfy enum value set: [${types.join(', ')}]`,
      );
    }
    const profiles = inferenceProfiles(service).filter((profile) => type === null || profile.type === type);
    const { items, nextToken } = page(profiles, query);
    return jsonReply({ inferenceProfileSummaries: items, ...(nextToken === undefined ? {} : { nextToken }) });
  },
};
