import type {
  ContentBlock,
  ToolConfiguration,
  ToolResultContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { cachePointLimit, findModel, longestDocumentName, splitModelId } from 'bedrock-models';
import { checkInput, checkOptions } from '../base/check-input.ts';
import type { Message } from '../base/message.ts';
import { cleanBlock } from './legal-blocks.ts';
import { completeToolConfig, pairTools, splitToolTurns, toolsAsText } from './legal-tools.ts';
import { renderBlock } from './render.ts';
import type { NoteRepair, Repair } from './types.ts';

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
  checkInput('legalise', { messages }, { messages: 'messages' });
  checkOptions('legalise', options, { modelId: 'text?', toolConfig: 'object?' });
  const { modelId, toolConfig, cachePointsElsewhere = 0 } = options;
  const repairs: Repair[] = [];
  const note: NoteRepair = (kind, detail) => repairs.push({ kind, detail });
  const refuses = refusalsOf(modelId);

  let legal = messages.map((message) => cleanMessage(message, note));
  if (refuses('reasoning')) legal = withoutThoughts(legal, note);
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

/** Some models take no thoughts back, whoever signed them. */
function withoutThoughts(messages: readonly Message[], note: NoteRepair): Message[] {
  return messages.map(({ role, content }) => {
    const kept = content.filter((block) => !('reasoningContent' in block));
    if (kept.length < content.length)
      note('reasoning-dropped', 'Reasoning was left out: the model takes none.');
    return { role, content: kept };
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
function endLegally(messages: readonly Message[], goesOn: boolean, note: NoteRepair): Message[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return [...messages];
  if (!goesOn) {
    note(
      'last-turn-added',
      'A user message was put at the end: this model does not go on with its own words.',
    );
    return [...messages, { role: 'user', content: [{ text: goOn }] }];
  }
  const text = last.content.at(-1)?.text;
  if (text === undefined || text === text.trimEnd()) return [...messages];
  note('trailing-space-trimmed', 'White space at the end of the last message was left out.');
  const content = [...last.content.slice(0, -1), { text: text.trimEnd() }];
  return [...messages.slice(0, -1), { role: last.role, content }];
}

/**
 * Cache points stay where Bedrock takes them: after content that is no document, not twice in a row, and at most four
 * in a request, of which the last ones are worth most. Pure.
 *
 * @param elsewhere how many there are in the tools and in the system prompt
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
function placeCachePoints(
  messages: readonly Message[],
  elsewhere: number,
  allowed: boolean,
  note: NoteRepair,
): Message[] {
  const placed = messages.map((message) => ({
    ...message,
    content: message.content.filter((block, index) => {
      if (block.cachePoint === undefined) return true;
      const before = message.content[index - 1];
      const fits = allowed && before !== undefined && !before.cachePoint && !before.document;
      if (!fits) note('cache-point-dropped', 'A cache point was left out, because it may not stand there.');
      return fits;
    }),
  }));
  let surplus = countCachePoints(placed) - Math.max(0, cachePointLimit - elsewhere);
  if (surplus <= 0) return placed;
  return placed.map((message) => ({
    ...message,
    content: message.content.filter((block) => {
      if (block.cachePoint === undefined || surplus <= 0) return true;
      surplus--;
      note('cache-point-dropped', 'The oldest cache points were left out: a request may have four.');
      return false;
    }),
  }));
}

function countCachePoints(messages: readonly { content: readonly ContentBlock[] }[]): number {
  return messages.reduce(
    (sum, { content }) => sum + content.filter(({ cachePoint }) => cachePoint !== undefined).length,
    0,
  );
}

/**
 * Documents get names that Bedrock takes (letters, digits, single spaces, hyphens, brackets; at most 200) and that are
 * unique in the whole transcript, and words beside them. Pure.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
function nameDocuments(messages: readonly Message[], note: NoteRepair): Message[] {
  const taken = new Set<string>();
  const rename = <Block extends ContentBlock | ToolResultContentBlock>(block: Block): Block => {
    if (block.document === undefined) return block;
    const name = uniqueName(block.document.name ?? '', taken);
    taken.add(name);
    if (name === block.document.name) return block;
    note('document-renamed', `A document was renamed to "${name}".`);
    return { ...block, document: { ...block.document, name } };
  };
  return messages.map((message) => {
    const content = message.content.map(
      (block): ContentBlock =>
        block.toolResult === undefined
          ? rename(block)
          : { toolResult: { ...block.toolResult, content: block.toolResult.content?.map(rename) } },
    );
    const hasDocument = content.some(({ document }) => document !== undefined);
    if (!hasDocument || content.some(({ text }) => text !== undefined)) return { ...message, content };
    note('document-text-added', 'Words were put beside a document, which Bedrock does not take alone.');
    return { ...message, content: [...content, { text: 'See the document.' }] };
  });
}

function uniqueName(name: string, taken: ReadonlySet<string>): string {
  const legal = legalName(name).slice(0, longestDocumentName).trim() || 'document';
  if (!taken.has(legal)) return legal;
  for (let number = 2; ; number++) {
    const suffix = ` (${number})`;
    const candidate = legal.slice(0, longestDocumentName - suffix.length).trimEnd() + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}

function legalName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^a-zA-Z0-9\-()[\]]+/g, ' ')
    .trim();
}

/**
 * Pictures and documents of earlier turns, and those in tool results, in words, for a model that cannot read them: a
 * conversation may go on with another model. What the user shows it now is left for Bedrock to refuse, because an
 * answer that has not seen it would be no answer. Pure.
 *
 * @param refuses whether the model takes no `images` (which goes for videos as well) or no `documents`
 */
function mediaAsText(
  messages: readonly Message[],
  refuses: (feature: string) => boolean,
  note: NoteRepair,
): Message[] {
  const isUnread = ({ image, video, document }: ContentBlock | ToolResultContentBlock) =>
    ((image ?? video) !== undefined && refuses('images')) || (document !== undefined && refuses('documents'));
  const inWords = <Block extends ContentBlock | ToolResultContentBlock>(block: Block) => {
    if (!isUnread(block)) return block;
    note('block-as-text', 'A picture or a document was put into words, because this model cannot read it.');
    return { text: renderBlock(block as ContentBlock) };
  };
  const now = messages.findLastIndex(({ role }) => role === 'user');
  return messages.map((message, index) => ({
    ...message,
    content: message.content.map((block): ContentBlock => {
      if (block.toolResult !== undefined) {
        return { toolResult: { ...block.toolResult, content: block.toolResult.content?.map(inWords) } };
      }
      return index < now ? inWords(block) : block;
    }),
  }));
}
