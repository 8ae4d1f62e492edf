import type { ContentBlock, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import {
  cachePointLimit,
  cacheRuleOf,
  findFamily,
  findModel,
  type RequestPart,
  splitModelId,
} from 'bedrock-models';
import { checkInput, checkOptions } from '../base/check-input.ts';
import { type Message, wellFormed } from '../base/message.ts';
import { cleanBlock, holdsMedia, isToolBlock, takesReasoningOf } from './legal-blocks.ts';
import { mediaAsText, mediaBesideResults, nameDocuments } from './legal-media.ts';
import { pairTools, splitToolTurns, toolsAsText } from './legal-tools.ts';
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
  const goesOn = !isThinking && !refuses('prefill');
  if (isDialogue(given)) return endLegally(given, goesOn, note);
  const hasTools = holds(given, isToolBlock);
  const hasMedia = holds(given, holdsMedia);
  let legal: readonly Message[] = given.map((message) =>
    isPlain(message) ? message : cleanMessage(message, modelId, note),
  );
  if (hasTools && refuses('tools')) legal = toolsAsText(legal, note);
  legal = mergeRoles(dropEmpty(legal, note), note);
  if (hasTools) legal = pairTools(legal, note);
  if (hasMedia) {
    legal = mediaAsText(legal, modelId, refuses, note);
    legal = mediaBesideResults(legal, modelId, note);
    legal = nameDocuments(legal, note);
  }
  legal = startWithUser(legal, note);
  if (hasTools && refuses('text-beside-tool-result')) legal = splitToolTurns(legal, note);
  if (hasTools && modelId !== undefined && findFamily(modelId) === 'claude-messages')
    legal = wordsBeforeTools(legal, note);
  return endLegally(cachePointsIn(legal, modelId, before, note), goesOn, note);
}

/** Frozen messages that were found plain: a conversation sends each of its messages again with every turn. */
const foundPlain = new WeakSet<Message>();

/** Whether every model takes the message as it is: words and nothing else. */
function isPlain(message: Message): boolean {
  if (foundPlain.has(message)) return true;
  const { role, content } = message;
  const isRight =
    (role === 'user' || role === 'assistant') &&
    Object.keys(message).length === 2 &&
    content?.length > 0 &&
    content.every(isWords);
  if (isRight && [message, content, ...content].every(Object.isFrozen)) foundPlain.add(message);
  return isRight;
}

function isWords(block: ContentBlock): boolean {
  const { text } = block;
  if (typeof text !== 'string' || Object.keys(block).length !== 1) return false;
  return text.trim() !== '' && text.isWellFormed();
}

/** Plain messages of the user and the assistant in turn: nothing is to be done but at the end. */
function isDialogue(messages: readonly Message[]): boolean {
  return messages.every(
    (message, index) => message.role === (index % 2 === 0 ? 'user' : 'assistant') && isPlain(message),
  );
}

function holds(messages: readonly Message[], isMeant: (block: ContentBlock) => boolean): boolean {
  return messages.some((message) => !foundPlain.has(message) && message.content?.some(isMeant));
}

function cachePointsIn(
  messages: readonly Message[],
  modelId: string | undefined,
  before: CachePointsBefore,
  note: NoteRepair,
): readonly Message[] {
  const contents = messages.map(({ content }) => content);
  const { lists } = placeCachePoints(contents, 'messages', modelId, before, note);
  if (lists === contents) return messages;
  return messages.map((message, index) => {
    const content = lists[index] ?? message.content;
    return content === message.content ? message : { role: message.role, content };
  });
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

/** The cache points that come before, in the order of a request: tools, system prompt, messages. */
export interface CachePointsBefore {
  readonly count: number;
  /** Whether one of them lives for five minutes. */
  readonly isShort: boolean;
}

export const noCachePoints: CachePointsBefore = { count: 0, isShort: false };

interface Block {
  readonly cachePoint?: { readonly type?: unknown; readonly ttl?: unknown } | undefined;
  readonly document?: unknown;
  readonly reasoningContent?: unknown;
}

/**
 * Cache points stay where the model takes them: after something that can be cached and is no document and no thought, not
 * twice in a row, at most four in a request, of which the last ones are worth most, and those of an hour in front of those
 * of five minutes. Pure.
 *
 * @param lists the blocks of this part: the tools, the system prompt, or each message's content
 * @param modelId absent: the rules of no model in particular
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function placeCachePoints<Content extends Block>(
  lists: readonly (readonly Content[])[],
  part: RequestPart,
  modelId: string | undefined,
  before: CachePointsBefore,
  note: NoteRepair,
): { readonly lists: readonly (readonly Content[])[]; readonly after: CachePointsBefore } {
  if (!lists.some((list) => list.some(({ cachePoint }) => cachePoint !== undefined)))
    return { lists, after: before };
  const rule = modelId === undefined ? anyRule : cacheRuleOf(modelId);
  const isAllowed = rule?.parts.includes(part) ?? false;
  let count = 0;
  const placed = lists.map((list) =>
    list.filter((block, index) => {
      if (block.cachePoint === undefined) return true;
      const previous = list[index - 1];
      const fits = isAllowed && previous !== undefined && !isUncacheable(previous);
      if (!fits) note('cache-point-dropped', 'A cache point was left out, because it may not stand there.');
      else count += 1;
      return fits;
    }),
  );
  let surplus = count - Math.max(0, cachePointLimit - before.count);
  let isShort = before.isShort;
  const fitted = placed.map((list) =>
    list.flatMap((block): Content[] => {
      if (block.cachePoint === undefined) return [block];
      if (surplus > 0) {
        surplus -= 1;
        note('cache-point-dropped', 'The oldest cache points were left out: a request may have four.');
        return [];
      }
      const { ttl, ...point } = block.cachePoint;
      const isLong = ttl === '1h' && rule?.takesTimeToLive === true && !isShort;
      isShort ||= !isLong;
      if (ttl === undefined || isLong || (ttl === '5m' && rule?.takesTimeToLive)) return [block];
      note(
        'cache-point-shortened',
        'A cache point lives for five minutes: this model has no longer one, or one of five minutes came before it.',
      );
      return [{ ...block, cachePoint: point }];
    }),
  );
  const kept = fitted.flat().filter(({ cachePoint }) => cachePoint !== undefined).length;
  return { lists: fitted, after: { count: before.count + kept, isShort } };
}

/** What no cache point may stand right behind. */
function isUncacheable({ cachePoint, document, reasoningContent }: Block): boolean {
  return (cachePoint ?? document ?? reasoningContent) !== undefined;
}

const anyRule = { parts: ['tools', 'system', 'messages'], takesTimeToLive: true } as const;

/**
 * The tools to offer: Bedrock takes a transcript with tool calls only together with tools. When the caller offers
 * none, one that does nothing is offered, rather than the calls be taken out of the transcript. Pure.
 */
export function completeToolConfig(
  messages: readonly Message[],
  given: ToolConfiguration | undefined,
  note: NoteRepair,
): ToolConfiguration | undefined {
  if (given?.tools?.length) return given;
  if (!messages.some(({ content }) => content.some(isToolBlock))) return undefined;
  note('tool-config-added', 'A tool that does nothing was offered, because the transcript has tool calls.');
  return {
    tools: [
      {
        toolSpec: {
          name: 'no_tool',
          description: 'Does nothing. Never call it: no tools can be used in this conversation any more.',
          inputSchema: { json: { type: 'object', properties: {} } },
        },
      },
    ],
  };
}
