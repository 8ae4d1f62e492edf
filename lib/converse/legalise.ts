import type { ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { findModel, splitModelId } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import { placeCachePoints } from './legal/cache-points.ts';
import { cleanBlock } from './legal/clean-block.ts';
import { nameDocuments } from './legal/documents.ts';
import { mediaAsText } from './legal/media.ts';
import { dropEmpty, endLegally, mergeRoles, startWithUser } from './legal/roles.ts';
import { completeToolConfig, pairTools, splitToolTurns, toolsAsText } from './legal/tools.ts';
import type { NoteRepair, Repair } from './repair.ts';

export interface LegaliseOptions {
  /** Rules that differ by model are kept for this one. */
  readonly modelId?: string;
  /** The tools that this call offers. */
  readonly toolConfig?: ToolConfiguration;
  /** How many cache points there are in the tools and in the system prompt. Default 0. */
  readonly cachePointsElsewhere?: number;
}

export interface LegalTranscript {
  readonly messages: readonly Message[];
  /** What to send as `toolConfig`; `undefined`: nothing. */
  readonly toolConfig: ToolConfiguration | undefined;
  /** What was changed; empty when the transcript was legal. */
  readonly repairs: readonly Repair[];
}

/**
 * A transcript that Bedrock accepts, whatever the input: it starts with the user, roles alternate, nothing is blank or
 * empty, every tool call has its result and the other way round, tool blocks come with tools, documents have legal and
 * unique names. No words of the user are lost. Legal in, the same out. Pure.
 *
 * A picture or document that the model cannot read at all is left for Bedrock to refuse in the last message, where an
 * answer that has not seen it would be no answer; further back it is put into words.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function legalise(messages: readonly Message[], options: LegaliseOptions = {}): LegalTranscript {
  const { modelId, toolConfig, cachePointsElsewhere = 0 } = options;
  const repairs: Repair[] = [];
  const note: NoteRepair = (kind, detail) => repairs.push({ kind, detail });
  const refuses = refusalsOf(modelId);

  let legal = messages.map((message) => cleanMessage(message, note));
  if (refuses('tools')) legal = toolsAsText(legal, note);
  legal = mergeRoles(dropEmpty(legal, note), note);
  legal = pairTools(legal, note);
  if (refuses('images') || refuses('documents')) legal = mediaAsText(legal, refuses, note);
  legal = nameDocuments(legal, note);
  legal = startWithUser(legal, note);
  if (refuses('text-beside-tool-result')) legal = splitToolTurns(legal, note);
  legal = placeCachePoints(legal, cachePointsElsewhere, !refuses('cache-points'), note);
  legal = endLegally(legal, !refuses('prefill'), note);
  return { messages: legal, toolConfig: completeToolConfig(legal, toolConfig, note), repairs };
}

function cleanMessage({ role, content }: Message, note: NoteRepair): Message {
  const known = role === 'assistant' ? 'assistant' : 'user';
  if (known !== role) note('role-unknown', `A message of the role "${role}" was sent as the user's.`);
  const cleaned = (content ?? []).map((block) => cleanBlock(block, known, note));
  return { role: known, content: cleaned.filter((block) => block !== undefined) };
}

/** What the model does not take, by the catalogue; for a model that is newer, by its family's name. */
function refusalsOf(modelId: string | undefined): (feature: string) => boolean {
  if (modelId === undefined) return () => false;
  const known = findModel(modelId);
  if (known !== undefined) return (feature) => known.refuses?.some((refused) => refused === feature) ?? false;
  const { baseId } = splitModelId(modelId);
  return (feature) =>
    (feature === 'text-beside-tool-result' && baseId.startsWith('meta.llama')) ||
    (feature === 'prefill' && baseId.startsWith('anthropic.claude-'));
}
