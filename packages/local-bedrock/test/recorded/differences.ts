import type { AnswerEvent } from '../../src/index.ts';
import type { WholeBlock } from '../../src/invoke/family.ts';
import { type ReadFrame, readFrames } from '../frames.ts';
import type { Exchange } from './exchanges.ts';

/** What the endpoint answered to a recorded request. */
export interface Replayed {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly json: unknown;
  readonly frames: readonly ReadFrame[] | undefined;
}

export async function replay(url: string, { path, request, requestHeaders }: Exchange): Promise<Replayed> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...requestHeaders },
    body: typeof request === 'string' ? request : JSON.stringify(request),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const headers = new Map([...response.headers]);
  const isStream = headers.get('content-type')?.includes('eventstream') ?? false;
  return {
    status: response.status,
    headers,
    json: isStream ? undefined : JSON.parse(bytes.toString('utf8')),
    frames: isStream ? readFrames(bytes) : undefined,
  };
}

/** Headers that say who carried an answer, not what it is. */
const carriers =
  /^(?:date|connection|content-type|content-length|transfer-encoding|keep-alive|via|x-amzn-requestid|x-amzn-bedrock-trace|x-local-bedrock|server|vary)$/;

/**
 * In what two answers differ, a line for each: status, error, its text, names of headers, members, order of events.
 * Words and numbers are not compared. Pure.
 */
export function differencesOf(exchange: Exchange, ours: Replayed): string[] {
  if (exchange.status !== ours.status) {
    return [
      `status ${exchange.status}, here ${ours.status}: ${messageOf(exchange.status === 200 ? ours.json : exchange.json)}`,
    ];
  }
  const error = nameOfError(exchange.headers);
  if (error !== undefined && error !== nameOfError(ours.headers))
    return [`error ${error}, here ${nameOfError(ours.headers)}`];
  if (exchange.status >= 300) {
    const text = messageOf(exchange.json);
    return text === messageOf(ours.json) ? [] : [`text ${text}, here ${messageOf(ours.json)}`];
  }
  const names = (headers: ReadonlyMap<string, string>) =>
    new Set([...headers.keys()].filter((name) => !carriers.test(name)));
  return [
    ...compared('header', names(exchange.headers), names(ours.headers)),
    ...compared('member', membersOf(exchange), membersOf(ours)),
    ...orderDifference(exchange.frames, ours.frames),
  ];
}

function compared(what: string, theirs: ReadonlySet<string>, ours: ReadonlySet<string>): string[] {
  return [
    ...[...theirs].filter((name) => !ours.has(name)).map((name) => `no ${what} ${name}`),
    ...[...ours].filter((name) => !theirs.has(name)).map((name) => `further ${what} ${name}`),
  ];
}

function nameOfError(headers: ReadonlyMap<string, string>): string | undefined {
  return headers.get('x-amzn-errortype')?.split(':', 1)[0];
}

function messageOf(json: unknown): string {
  const { message, Message } = (json ?? {}) as { message?: string; Message?: string };
  return message ?? Message ?? '';
}

/** The paths of all members, lists taken together; what is the caller's own JSON is not looked into. */
function membersOf({
  json,
  frames,
}: {
  json: unknown;
  frames?: readonly ReadFrame[] | undefined;
}): Set<string> {
  const paths = new Set<string>();
  const walk = (value: unknown, path: string) => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item, `${path}[]`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        // A guardrail's id is another here.
        const name = /ssessments?$|\.guardrail\.(?:input|outputs\[\])$/.test(path) ? '*' : key;
        const own = path === '' ? name : `${path}.${name}`;
        paths.add(own);
        if (own.includes('guardrail') || !/(?:^|\.)(?:input|json|arguments)$/.test(own)) walk(child, own);
      }
    }
  };
  if (frames === undefined) walk(json, '');
  for (const frame of frames ?? []) walk(payloadOf(frame), String(frame.headers[0]?.[1]));
  return paths;
}

/** What a frame says: its own JSON, or that of the chunk inside it. */
export function payloadOf({ json }: ReadFrame): unknown {
  if (typeof json?.bytes !== 'string') return json;
  return JSON.parse(Buffer.from(json.bytes, 'base64').toString('utf8'));
}

function orderDifference(
  theirs: readonly ReadFrame[] | undefined,
  ours: readonly ReadFrame[] | undefined,
): string[] {
  if (theirs === undefined || ours === undefined) return [];
  const order = (frames: readonly ReadFrame[]) =>
    frames
      .map((frame) => {
        const payload = payloadOf(frame) as { type?: string };
        return payload.type ?? String(frame.headers[0]?.[1]);
      })
      .filter((kind, index, all) => kind !== 'ping' && kind !== all[index - 1])
      .join(' ');
  return order(theirs) === order(ours) ? [] : [`order ${order(theirs)}, here ${order(ours)}`];
}

/** The recorded answer as words for the endpoint, so that only its form can differ. */
export function wordsOf({ json, frames }: Exchange): AnswerEvent[] {
  const blocks = frames === undefined ? blocksOf(json) : streamedBlocks(frames);
  const calls = blocks.some((block) => block.type === 'toolUse' && !block.isServers);
  return [
    ...blocks.flatMap((block): AnswerEvent[] => {
      if (block.type === 'block') return [block];
      if (block.type !== 'toolUse') return [{ type: block.type, text: block.text }];
      const { id, name, json: input, isServers } = block;
      if (isServers) {
        return [{ type: 'block', block: { type: 'serverToolUse', id, name, input: JSON.parse(input) } }];
      }
      return [
        { type: 'toolUse', id, name },
        { type: 'toolInput', json: input },
      ];
    }),
    { type: 'end', ending: endingOf(json, frames, calls), inputTokens: 10, outputTokens: 10 },
  ];
}

type Words =
  | { type: 'block'; block: WholeBlock }
  | { type: 'text' | 'reasoning'; text: string }
  /** `isServers`: of a tool that AWS runs. */
  | { type: 'toolUse'; id: string; name: string; json: string; isServers?: boolean };

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON of a dozen families is looked into freely.
type Loose = any;

/** The blocks of a whole answer, of whichever family and operation. */
function blocksOf(body: Loose): Words[] {
  const calls: Loose[] | undefined = body?.choices?.[0]?.message?.tool_calls;
  if (calls?.length) {
    return calls.map(({ id, function: { name, arguments: json } }) => ({ type: 'toolUse', id, name, json }));
  }
  const content: Loose[] | undefined =
    body?.output?.message?.content ?? (Array.isArray(body?.content) ? body.content : undefined);
  if (content !== undefined) return content.flatMap(wordsOfBlock);
  const text =
    body?.completion ??
    body?.generation ??
    body?.text ??
    body?.results?.[0]?.outputText ??
    body?.outputs?.[0]?.text ??
    body?.generations?.[0]?.text ??
    body?.completions?.[0]?.data?.text ??
    body?.choices?.[0]?.message?.content ??
    body?.outputText;
  return typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : [];
}

function wordsOfBlock(block: Loose): Words[] {
  const whole = wholeBlock(block);
  if (whole !== undefined) return [{ type: 'block', block: whole }];
  const call = block.toolUse ?? (block.type === 'tool_use' ? block : undefined);
  if (call !== undefined) {
    const { toolUseId, id = toolUseId, name, input } = call;
    return [{ type: 'toolUse', id, name, json: JSON.stringify(input) }];
  }
  const thought = block.reasoningContent?.reasoningText?.text ?? block.thinking;
  if (typeof thought === 'string') return [{ type: 'reasoning', text: thought }];
  const cited: Loose[] | undefined = block.citationsContent?.content;
  if (cited !== undefined) return cited.map(({ text }) => ({ type: 'text', text }));
  return typeof block.text === 'string' ? [{ type: 'text', text: block.text }] : [];
}

/** What comes at once: an encrypted thought, a call of a tool that AWS runs, and its result. */
function wholeBlock({ reasoningContent, type, data, toolUse, toolResult }: Loose): WholeBlock | undefined {
  const encrypted = reasoningContent?.redactedContent;
  if (encrypted !== undefined) {
    return { type: 'redacted', data: Buffer.from(encrypted, 'base64').toString('utf8') };
  }
  if (type === 'redacted_thinking') return { type: 'redacted', data };
  if (toolUse?.type === 'server_tool_use') {
    const { toolUseId: id, name, input } = toolUse;
    return { type: 'serverToolUse', id, name, input };
  }
  if (toolResult === undefined) return undefined;
  const { toolUseId: id, type: resultType, content = [], status } = toolResult;
  const results = content.map(({ json }: Loose) => json);
  return { type: 'serverToolResult', id, resultType, content: results, isError: status === 'error' };
}

function streamedBlocks(frames: readonly ReadFrame[]): Words[] {
  const blocks: Words[] = [];
  const add = (type: 'text' | 'reasoning', text: string) => {
    if (text !== '') blocks.push({ type, text });
  };
  for (const frame of frames) {
    const event: Loose = payloadOf(frame);
    const inner: Loose = event.contentBlockStart ?? event.contentBlockDelta ?? event;
    const call =
      inner.start?.toolUse ?? (inner.content_block?.type === 'tool_use' ? inner.content_block : undefined);
    if (call !== undefined) {
      const isServers = call.type === 'server_tool_use';
      blocks.push({ type: 'toolUse', id: call.toolUseId ?? call.id, name: call.name, json: '', isServers });
      continue;
    }
    const { delta } = inner;
    const open = blocks.at(-1);
    if (delta?.toolResult !== undefined && open?.type === 'block') {
      const { block: result } = open;
      const further = delta.toolResult.map(({ json }: Loose) => json);
      if (result.type === 'serverToolResult') {
        open.block = { ...result, content: [...result.content, ...further] };
      }
      continue;
    }
    const whole = wholeBlock(inner.start ?? delta ?? inner.content_block ?? {});
    if (whole !== undefined) {
      blocks.push({ type: 'block', block: whole });
      continue;
    }
    const json = delta?.toolUse?.input ?? delta?.partial_json;
    if (typeof json === 'string') {
      if (open?.type === 'toolUse') open.json += json;
      continue;
    }
    if (delta !== undefined) {
      add('reasoning', delta.reasoningContent?.text ?? delta.thinking ?? '');
      add('text', delta.text ?? '');
      continue;
    }
    for (const block of blocksOf(event)) blocks.push(block);
    const { content: piece, tool_calls: calls = [] } = event.choices?.[0]?.delta ?? {};
    if (typeof piece === 'string') add('text', piece);
    for (const { id, function: called } of calls) {
      if (id !== undefined) blocks.push({ type: 'toolUse', id, name: called.name, json: '' });
      const lastCall = blocks.at(-1);
      if (lastCall?.type === 'toolUse') lastCall.json += called.arguments ?? '';
    }
  }
  return blocks;
}

function endingOf(
  json: Loose,
  frames: readonly ReadFrame[] | undefined,
  calls: boolean,
): Extract<AnswerEvent, { type: 'end' }>['ending'] {
  const all = JSON.stringify(frames === undefined ? json : frames.map(payloadOf));
  if (calls) return { reason: 'toolUse' };
  const cut =
    /"(?:stopReason|stop_reason|completionReason|finish_reason|reason)":"(?:max_tokens|length|LENGTH|MAX_TOKENS)"/i;
  const stop = /"(?:stopReason|stop_reason)":"stop_sequence"/;
  if (cut.test(all)) return { reason: 'maxTokens' };
  return stop.test(all)
    ? { reason: 'stopSequence', sequence: /"stop_sequence":"([^"]+)"/.exec(all)?.[1] ?? '' }
    : { reason: 'end' };
}
