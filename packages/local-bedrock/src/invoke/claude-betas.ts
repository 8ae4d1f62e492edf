import type { Model } from 'bedrock-models';
import { claude47AndLater, wasRefused } from '../models/evidence.ts';
import type { Era } from '../operations/operation.ts';
import { isObject } from '../shapes/body-schema.ts';
import type { Wrong } from './claude-checks.ts';

/**
 * Betas of Claude's: which AWS knows, the members and tools that need one, and the limits that some of them raise. What is
 * called `fields` here is the body of InvokeModel, or Converse's `additionalModelRequestFields`.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
type Fields = Readonly<Record<string, unknown>>;

const computerUse2024 = 'computer-use-2024-10-22';
const compaction = 'compact-2026-01-12';
const computerUse2025 = 'computer-use-2025-01-24';
const computerUse2026 = 'computer-use-2025-11-24';
const contextManagement = 'context-management-2025-06-27';
const dangerousTools = 'dangerous-tool-use-2026-09-03';
const effort = 'effort-2025-11-24';
const longContext = 'context-1m-2025-08-07';
const longOutput = 'output-128k-2025-02-19';
const toolExamples = 'tool-examples-2025-10-29';
const toolSearch = 'tool-search-tool-2025-10-19';

/** Which operation's request the fields are of: each has betas that the other has not. */
export type Api = 'Converse' | 'InvokeModel';

/**
 * AWS's list, as BerriAI/litellm PR 19875 and PR 19877 quote it (January 2026), with four that were seen to be taken beside
 * it: fine-grained streaming of tools, `claude-code` (Opus 4.6: anthropics/claude-code#49648), a computer of the later kind and
 * compaction (Sonnet 4.5: BerriAI/litellm PR 41203; by Converse: maximhq/bifrost#6825). Whatever else a client sends is refused.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/computer-use.html
 */
const known: ReadonlySet<string> = new Set([
  ...[computerUse2024, computerUse2025, computerUse2026, contextManagement, effort, longContext, longOutput],
  ...[compaction, toolExamples, 'interleaved-thinking-2025-05-14', 'dev-full-thinking-2025-05-14'],
  ...['token-efficient-tools-2025-02-19', 'fine-grained-tool-streaming-2025-05-14', 'claude-code-20250219'],
]);

/**
 * Those of one operation alone, by AWS's page of tool search, and by the lists of two gateways that send
 * nothing else (BerriAI/litellm and truefoundry/models, September 2026).
 */
const knownBy: Readonly<Record<Api, readonly string[]>> = {
  Converse: ['structured-outputs-2025-11-13'],
  InvokeModel: [toolSearch],
};

/** Those of later models, by the same lists: Sonnet 4.5 takes none (BerriAI/litellm PR 41203). */
const laterBy: Readonly<Record<Api, readonly string[]>> = {
  Converse: [dangerousTools, 'thinking-binding-controls-2026-08-01', 'thinking-display-updates-2026-08-18'],
  InvokeModel: [
    ...[dangerousTools, 'thinking-binding-controls-2026-08-01', 'thinking-display-updates-2026-08-18'],
    ...['mid-conversation-output-config-2026-07-01', 'mid-conversation-tool-changes-2026-07-01'],
    ...['per-turn-control-2026-07-01'],
  ],
};

function betasOf({ anthropic_beta: betas }: Fields): readonly unknown[] {
  return Array.isArray(betas) ? betas : [];
}

/** A beta that AWS, or this model, does not have. Opus 4.7 takes one alone (anthropics/claude-code#49370, April 2026). */
export function betaViolation(fields: Fields, model: Model, api: Api): Wrong {
  const isTaken = (beta: unknown) => {
    const name = String(beta);
    if (wasRefused('betas', model)) return name === 'interleaved-thinking-2025-05-14';
    if (known.has(name) || knownBy[api].includes(name)) return true;
    return claude47AndLater.test(model.id) && laterBy[api].includes(name);
  };
  return betasOf(fields).every(isTaken) ? undefined : 'invalid beta flag';
}

/** Members of a request, and the betas of which each needs one: of the second the words are those of the first. */
const membersOfBetas: Readonly<Record<string, readonly string[]>> = {
  context_management: [contextManagement, compaction],
  safeguards: [dangerousTools],
};

/**
 * Members that come with a beta, without it (anthropics/claude-code#49548 of Sonnet 4.5, #82549 of Sonnet 4.6 and Haiku 4.5;
 * anthropics/claude-code-action#1005). How hard to think may be said to the models from 4.6 on as it is, as recorded of
 * Sonnet 4.6 (pydantic-ai, test_bedrock_model_thinking_part_anthropic_adaptive_effort), to Opus 4.5 with its beta, by AWS's page.
 */
export function memberViolation(fields: Fields, model: Model): Wrong {
  const betas = betasOf(fields);
  const { output_config: output, tools } = fields;
  for (const [member, some] of Object.entries(membersOfBetas)) {
    if (fields[member] !== undefined && !some.some((beta) => betas.includes(beta))) return extra(member);
  }
  if (isObject(output) && output.effort !== undefined) {
    const isTaken = !wasRefused('effort', model) || (model.id.includes('opus-4-5') && betas.includes(effort));
    if (!isTaken) return extra('output_config.effort');
    if (output.effort !== null && !efforts.includes(output.effort)) {
      return "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'";
    }
  }
  if (!Array.isArray(tools)) return undefined;
  const types = toolTypesOf(model, betas);
  for (const [index, tool] of tools.entries()) {
    if (!isObject(tool)) continue;
    const { type = 'custom' } = tool;
    if (!types.includes(String(type))) {
      return `tools.${index}: Input tag '${type}' found using 'type' does not match any of the expected tags: ${types.map((name) => `'${name}'`).join(', ')}`;
    }
    for (const [member, beta] of Object.entries(toolMembers)) {
      if (tool[member] !== undefined && !betas.includes(beta))
        return extra(`tools.${index}.custom.${member}`);
    }
    if (tool.eager_input_streaming !== undefined && wasRefused('early-tool-input', model)) {
      return extra(`tools.${index}.custom.eager_input_streaming`);
    }
  }
  return undefined;
}

/** Anthropic's page, "Effort"; the words are those of other members. */
const efforts: readonly unknown[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/**
 * Compaction through Converse (stdapi-ai/stdapi.ai#288, September 2026, which quotes the end of the sentence).
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-compaction.html
 */
export function compactionViolation({ context_management: management }: Fields): Wrong {
  const edits = isObject(management) && Array.isArray(management.edits) ? management.edits : [];
  return edits.some((edit) => isObject(edit) && String(edit.type).startsWith('compact_'))
    ? 'Compaction is not currently supported on the Converse and ConverseStream APIs'
    : undefined;
}

function extra(path: string): string {
  return `${path}: Extra inputs are not permitted`;
}

const toolMembers: Readonly<Record<string, string>> = {
  defer_loading: toolSearch,
  input_examples: toolExamples,
};

const toolsOfBetas: Readonly<Record<string, readonly string[]>> = {
  [computerUse2024]: ['bash_20241022', 'computer_20241022', 'text_editor_20241022'],
  [computerUse2025]: ['computer_20250124'],
  [computerUse2026]: ['computer_20251124'],
  [contextManagement]: ['memory_20250818'],
  [toolSearch]: [
    ...['tool_search_tool_bm25', 'tool_search_tool_bm25_20251119'],
    ...['tool_search_tool_regex', 'tool_search_tool_regex_20251119'],
  ],
};

/**
 * Toolsets need no beta (AWS's page of computer use). Of which models the newer ones are that it speaks of was not seen: it
 * is taken to be those of the fifth generation.
 */
const toolsets = ['browser_toolset_20260801', 'computer_toolset_20260801'];

/**
 * The tools that need no schema, in the order of Claude's own list: of Claude 3.7 by anthropics/claude-quickstarts#251, of
 * Sonnet 4 recorded in 2026 (pydantic-ai, by CountTokens). That those of a beta stand among them is a guess.
 */
function toolTypesOf({ id }: Model, betas: readonly unknown[]): readonly string[] {
  const editors = id.includes('claude-3-') ? [] : ['text_editor_20250429', 'text_editor_20250728'];
  const sets = /claude-(?:opus|sonnet|haiku|fable)-[5-9]/.test(id) ? toolsets : [];
  const ofBetas = betas.flatMap((beta) => toolsOfBetas[String(beta)] ?? []);
  return ['bash_20250124', 'custom', 'text_editor_20250124', ...editors, ...sets, ...ofBetas].sort();
}

/** The longer context was a beta from the one day to the other (NousResearch/hermes-agent#31277). */
const longContextDays = { from: '2025-08-12', to: '2026-04-30' };

/**
 * The model with the limits that a request's betas give it: a longer answer to Claude 3.7 (langchain-ai/langchain-aws#471),
 * a longer prompt to Sonnet 4 and 4.5 (Helicone/helicone PR 5308), while that was a beta; `lab` serves what there once was.
 */
export function withBetas(
  model: Model,
  fields: unknown,
  { era, today }: { readonly era: Era; readonly today: string },
): Model {
  if (model.family !== 'claude-messages' || !isObject(fields)) return model;
  const betas = betasOf(fields);
  if (betas.includes(longOutput) && model.id.includes('claude-3-7-')) {
    return { ...model, maxOutputTokens: 128_000 };
  }
  const isBeta = era === 'lab' || (today >= longContextDays.from && today <= longContextDays.to);
  if (betas.includes(longContext) && isBeta && /claude-sonnet-4-(?:5-)?2025/.test(model.id)) {
    return { ...model, contextTokens: 1_000_000 };
  }
  return model;
}

/**
 * What the validator of Claude 4 and later says of a member that it does not know; `undefined`: an older one, or there is no
 * such member. Of several, which ones it names is not known: the first.
 *
 * @param found what `violations` found
 */
export function extraInputViolation(found: readonly string[], model: Model): Wrong {
  if (!wasRefused('extra-inputs', model)) return undefined;
  for (const violation of found) {
    const [, path = '', key] = /^#(\S*): extraneous key \[(.*)\] is not permitted$/.exec(violation) ?? [];
    if (key !== undefined) return extra([...path.split('/').slice(1), key].join('.'));
  }
  return undefined;
}
