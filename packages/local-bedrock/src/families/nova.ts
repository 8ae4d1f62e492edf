import { readRequest } from '../converse/read-request.ts';
import type { ConverseRequest } from '../converse/request.ts';
import { conversation } from '../converse/rules/conversation.ts';
import type { Rule } from '../converse/rules/rule.ts';
import { toolTurns } from '../converse/rules/tool-turns.ts';
import { tools } from '../converse/rules/tools.ts';
import { malformed } from '../refusal.ts';
import { violations } from '../schema.ts';
import type { Family } from './family.ts';
import { checkMaxTokens } from './limits.ts';
import { schema } from './nova/schema.ts';
import { streamNova, writeNova } from './nova/write.ts';

/** The body is a Converse request with a further spelling of some settings. */
interface Body extends Omit<ConverseRequest, 'inferenceConfig'> {
  readonly inferenceConfig?: {
    readonly maxTokens?: number;
    readonly max_new_tokens?: number;
    readonly temperature?: number;
    readonly stopSequences?: readonly string[];
    readonly stop_sequences?: readonly string[];
  };
}

/** Bedrock's own rules of conversation, which it checks for Nova before the model sees the request. */
const rules: readonly Rule[] = [conversation, tools, toolTurns];

/** Amazon Nova (Nova user guide, "Complete request schema"); the older spellings of its settings are taken too. */
export const nova: Family = {
  lead: '',
  schema,
  read(body, model) {
    const found = violations(body, schema);
    if (found.length > 0) throw malformed(found);
    const { inferenceConfig = {}, ...rest } = body as Body;
    const { maxTokens, max_new_tokens, temperature, stopSequences, stop_sequences } = inferenceConfig;
    const limit = maxTokens ?? max_new_tokens ?? model.maxOutputTokens;
    const request: ConverseRequest = {
      ...rest,
      inferenceConfig: {
        maxTokens: limit,
        stopSequences: stopSequences ?? stop_sequences ?? [],
        ...(temperature === undefined ? {} : { temperature }),
      },
    };
    for (const rule of rules) rule(request, model, 'Converse');
    checkMaxTokens(limit, model);
    return readRequest(request, model);
  },
  write: writeNova,
  streamWriter: streamNova,
};
