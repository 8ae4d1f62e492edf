import { type CitingStep, citingSteps } from '../citations/sources.ts';
import { eventFrame, paddingFrom } from '../event-stream/frame.ts';
import type { WholeBlock } from '../invoke/family.ts';
import { hidesThoughts, insteadOfThought, signsThoughts } from '../invoke/model-features.ts';
import { type AnswerEvent, answerSoFar, blockSteps, isThought } from '../words/answer.ts';
import { writeCitation } from './citations.ts';
import type { Exchange } from './exchange.ts';
import {
  askedFields,
  echoed,
  jsonBlocks,
  redacted,
  serverToolResult,
  serverToolUse,
  signature,
  sorted,
  stopReasonOf,
  usageOf,
} from './write-response.ts';

/**
 * A function that is called with each event of the answer in order and gives the frames it comes to. As recorded:
 * `messageStart` first; only tool calls have a `contentBlockStart`; `metadata` last, after `messageStop`; keys sorted,
 * with the padding among them. `latencyMs` and `guarded`, a guardrail's part, are asked for at the end.
 */
export function streamWriter(
  exchange: Exchange,
  latencyMs: () => number,
  guarded: () => { readonly stopReason?: string; readonly trace?: object } = () => ({}),
): (event: AnswerEvent) => readonly Uint8Array[] {
  const { model, converse, requestHash, sources } = exchange;
  const padding = paddingFrom(requestHash());
  const stepsOf = blockSteps(insteadOfThought(model));
  const citing = citingSteps(sources);
  const whole = answerSoFar();
  const hidden = hidesThoughts(model, converse.additionalModelRequestFields);
  const asksFields = (converse.additionalModelResponseFieldPaths ?? []).length > 0;
  // `p` stands between "metrics" or "delta" and "performanceConfig", "role", "start", "stopReason" or "usage".
  const frame = (type: string, before: object, after: object = {}) =>
    eventFrame(type, JSON.stringify({ ...before, p: padding(), ...after }));
  const delta = (index: number, value: object) =>
    frame('contentBlockDelta', { contentBlockIndex: index, delta: value });

  /** Of what AWS runs itself no stream was recorded: the API's own shapes, start, one piece, stop. */
  const wholeFrames = (index: number, block: WholeBlock): Uint8Array[] => {
    const start = (value: object) =>
      frame('contentBlockStart', { contentBlockIndex: index }, { start: value });
    const stop = frame('contentBlockStop', { contentBlockIndex: index });
    switch (block.type) {
      case 'redacted':
        return [delta(index, { reasoningContent: redacted(block.data) }), stop];
      case 'serverToolUse':
        return [
          start({ toolUse: serverToolUse(block) }),
          delta(index, { toolUse: { input: JSON.stringify(block.input) } }),
          stop,
        ];
      case 'serverToolResult':
        return [
          start({ toolResult: serverToolResult(block) }),
          delta(index, { toolResult: jsonBlocks(block.content) }),
          stop,
        ];
    }
  };

  const framesOf = (step: CitingStep): Uint8Array[] => {
    if (hidden && isThought(step)) return [];
    switch (step.type) {
      case 'start':
        if (step.kind !== 'toolUse') return [];
        return [
          frame(
            'contentBlockStart',
            { contentBlockIndex: step.index },
            { start: { toolUse: { name: step.name, toolUseId: step.id } } },
          ),
          // Claude's first piece of a tool's input is empty.
          ...(model.family === 'claude-messages' ? [delta(step.index, { toolUse: { input: '' } })] : []),
        ];
      case 'citation':
        return [delta(step.index, { citation: writeCitation(step.citation) })];
      case 'block':
        return wholeFrames(step.index, step.block);
      case 'delta':
        if (step.kind === 'text') return [delta(step.index, { text: step.piece })];
        if (step.kind === 'toolUse') return [delta(step.index, { toolUse: { input: step.piece } })];
        return [delta(step.index, { reasoningContent: { text: step.piece } })];
      case 'stop':
        return [
          ...(step.kind === 'reasoning' && signsThoughts(model)
            ? [delta(step.index, { reasoningContent: { signature } })]
            : []),
          frame('contentBlockStop', { contentBlockIndex: step.index }),
        ];
      case 'end': {
        const { ending, inputTokens, outputTokens } = step.event;
        const fields = asksFields ? askedFields(exchange, whole.answer(step.event), true) : undefined;
        const { performanceConfig, serviceTier } = echoed(converse);
        const { stopReason, trace } = guarded();
        return [
          frame(
            'messageStop',
            fields === undefined ? {} : { additionalModelResponseFields: sorted(fields) },
            { stopReason: stopReason ?? stopReasonOf(ending) },
          ),
          frame(
            'metadata',
            { metrics: { latencyMs: latencyMs() } },
            {
              ...(performanceConfig !== undefined && { performanceConfig }),
              ...(serviceTier !== undefined && { serviceTier }),
              ...(trace !== undefined && { trace }),
              usage: usageOf(exchange, true, inputTokens, outputTokens),
            },
          ),
        ];
      }
    }
  };

  let isFirst = true;
  return (event) => {
    if (asksFields) whole.add(event);
    const frames = stepsOf(event).flatMap(citing).flatMap(framesOf);
    if (!isFirst) return frames;
    isFirst = false;
    return [frame('messageStart', {}, { role: 'assistant' }), ...frames];
  };
}
