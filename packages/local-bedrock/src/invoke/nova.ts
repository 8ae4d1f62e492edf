import type { Model } from 'bedrock-models';
import { novaViolations } from '../converse/nova-rules.ts';
import { readRequest } from '../converse/read-request.ts';
import type { ConverseRequest } from '../converse/request.ts';
import { conversation, type Rule } from '../converse/rules.ts';
import { tools, toolTurns } from '../converse/tool-rules.ts';
import { invalid, malformed, type Refusal } from '../http/refusal.ts';
import { unused } from '../prompt-cache/prompt-cache.ts';
import { isObject, violations } from '../shapes/body-schema.ts';
import { type BlockStep, blockSteps } from '../words/answer.ts';
import { checkMaxTokens, type Ending, type Family, type ModelAnswer } from './family.ts';
import { uuidFrom } from './ids.ts';
import { hasPromptCache, insteadOfThought } from './model-features.ts';
import { schema } from './nova-schema.ts';

type Chunk = Readonly<Record<string, unknown>>;

/** Nova's response (Nova user guide, "Complete response schema"; members and their order as recorded). */
function writeNova(
  { blocks, ending, inputTokens, outputTokens, cached }: ModelAnswer,
  model: Model,
): unknown {
  const content = blocks.flatMap((block): Chunk[] => {
    if (block.type === 'text') return [{ text: block.text }];
    if (block.type === 'reasoning') {
      return [{ reasoningContent: { reasoningText: { text: insteadOfThought(model) ?? block.text } } }];
    }
    if (block.type !== 'toolUse') return [];
    return [{ toolUse: { name: block.name, toolUseId: toolUseId(block.id), input: block.input } }];
  });
  return {
    output: { message: { content: content.length === 0 ? [{ text: '' }] : content, role: 'assistant' } },
    stopReason: stopReason(ending),
    usage: {
      inputTokens,
      outputTokens,
      totalTokens: inputTokens + outputTokens,
      ...cacheCounts(model, cached),
    },
  };
}

/** Nova's stream: a recorded habit of it is to close the block after every piece of text and to count on. */
const streamNova: NonNullable<Family['streamWriter']> = ({ model, cached }) => {
  const stepsOf = blockSteps(insteadOfThought(model));
  let index = -1;
  let isFirst = true;
  const chunksOf = (step: BlockStep): Chunk[] => {
    switch (step.type) {
      case 'start':
        if (step.kind !== 'toolUse') return [];
        index += 1;
        return [
          {
            contentBlockStart: {
              start: { toolUse: { toolUseId: toolUseId(step.id), name: step.name } },
              contentBlockIndex: index,
            },
          },
        ];
      case 'delta':
        if (step.kind === 'toolUse') {
          return [
            { contentBlockDelta: { delta: { toolUse: { input: step.piece } }, contentBlockIndex: index } },
          ];
        }
        index += 1;
        return [
          {
            contentBlockDelta: {
              delta:
                step.kind === 'text'
                  ? { text: step.piece }
                  : { reasoningContent: { reasoningText: { text: step.piece } } },
              contentBlockIndex: index,
            },
          },
          { contentBlockStop: { contentBlockIndex: index } },
        ];
      case 'block':
        return [];
      case 'stop':
        return step.kind === 'toolUse' ? [{ contentBlockStop: { contentBlockIndex: index } }] : [];
      case 'end': {
        const { ending, inputTokens, outputTokens } = step.event;
        const usage = {
          inputTokens,
          outputTokens,
          ...cacheCounts(model, cached),
        };
        return [
          { messageStop: { stopReason: stopReason(ending) } },
          { metadata: { usage, metrics: {}, trace: {} } },
        ];
      }
    }
  };
  return (event) => {
    const chunks = stepsOf(event).flatMap(chunksOf);
    if (!isFirst) return chunks;
    isFirst = false;
    return [{ messageStart: { role: 'assistant' } }, ...chunks];
  };
};

function cacheCounts(model: Model, { read, written } = unused) {
  if (!hasPromptCache(model)) return {};
  return {
    cacheReadInputTokenCount: read,
    cacheWriteInputTokenCount: written['5m'] + written['1h'],
  };
}

/** Nova's own ids are UUIDs. */
function toolUseId(id: string): string {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)
    ? id
    : uuidFrom(Buffer.from(id).toString('hex').slice(-32).padStart(32, '0'));
}

function stopReason(ending: Ending): string {
  return { end: 'end_turn', maxTokens: 'max_tokens', stopSequence: 'stop_sequence', toolUse: 'tool_use' }[
    ending.reason
  ];
}

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

/** Nova 2 says it in fewer words (run-llama/llama_index#21420, April 2026; Converse has the usual ones). */
function malformedNova(found: readonly string[], { id }: Model): Refusal {
  if (!id.startsWith('amazon.nova-2-')) return malformed(found);
  return invalid(`Malformed input request: ${found.join('')}, reformat your input and try again.`);
}

/** Blocks in OpenAI's or Anthropic's form, which name their `type` (crmne/ruby_llm#586, 2026). */
function typed(body: unknown): string[] {
  const messages = isObject(body) && Array.isArray(body.messages) ? (body.messages as unknown[]) : [];
  return messages.flatMap((message, index) => {
    const content = isObject(message) && Array.isArray(message.content) ? (message.content as unknown[]) : [];
    return content.flatMap((part, position) =>
      isObject(part) && Object.hasOwn(part, 'type')
        ? [`#/messages/${index}/content/${position}: extraneous key [type] is not permitted`]
        : [],
    );
  });
}

/** Bedrock's own rules of conversation, which it checks for Nova before the model sees the request. */
const rules: readonly Rule[] = [conversation, tools, toolTurns];

/** Amazon Nova (Nova user guide, "Complete request schema"); the older spellings of its settings are taken too. */
export const nova: Family = {
  lead: '',
  schema,
  read(body, model) {
    const found = [...violations(body, schema), ...typed(body)];
    if (found.length > 0) throw malformedNova(found, model);
    const { inferenceConfig = {}, ...rest } = body as Body;
    const { maxTokens, max_new_tokens, temperature, stopSequences, stop_sequences } = inferenceConfig;
    const limit = maxTokens ?? max_new_tokens ?? model.maxOutputTokens;
    const request: ConverseRequest = {
      ...rest,
      inferenceConfig: {
        maxTokens: limit,
        stopSequences: stopSequences ?? stop_sequences ?? [],
        ...(temperature !== undefined && { temperature }),
      },
    };
    for (const rule of rules) rule(request, model, 'Converse');
    const refused = novaViolations({ ...rest, inferenceConfig, additionalModelRequestFields: body }, model);
    if (refused.length > 0) throw malformedNova(refused, model);
    checkMaxTokens(limit, model);
    return readRequest(request, model);
  },
  write: writeNova,
  streamWriter: streamNova,
};
