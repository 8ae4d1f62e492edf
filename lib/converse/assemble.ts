import type { ConverseStreamMetadataEvent, ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { Message } from '../base/message.ts';
import {
  addPiece,
  type BlockBuilder,
  beginBlock,
  finishBlock,
  type InvalidToolInput,
} from './block-builder.ts';
import { type Delta, deltaOf } from './delta.ts';

/** A whole answer out of the events of its stream, in the terms of Converse. */
export interface AssembledAnswer {
  readonly message: Message;
  /** `undefined` when the stream did not say: the answer is not whole. */
  readonly stopReason: string | undefined;
  readonly metadata: ConverseStreamMetadataEvent | undefined;
  readonly additionalModelResponseFields: unknown;
  readonly invalidToolInputs: readonly InvalidToolInput[];
}

export interface Assembler {
  /** Takes one event and gives what a reader sees of it, if anything. */
  add(event: ConverseStreamOutput): Delta | undefined;
  finish(): AssembledAnswer;
}

/**
 * Puts an answer together from the events of ConverseStream, blocks of every kind. Text blocks have no start event;
 * a kind that is not known is kept as it came.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */
export function createAssembler(): Assembler {
  const blocks = new Map<number, BlockBuilder>();
  let stopReason: string | undefined;
  let additionalModelResponseFields: unknown;
  let metadata: ConverseStreamMetadataEvent | undefined;

  function blockAt(index: number): BlockBuilder {
    const known = blocks.get(index);
    if (known !== undefined) return known;
    const block = beginBlock();
    blocks.set(index, block);
    return block;
  }

  return {
    add: (event) => {
      if (event.contentBlockDelta?.delta !== undefined) {
        const { contentBlockIndex = 0, delta } = event.contentBlockDelta;
        const block = blockAt(contentBlockIndex);
        addPiece(block, delta);
        return deltaOf(delta, block.start?.toolUse?.toolUseId ?? '');
      }
      if (event.contentBlockStart !== undefined) {
        const { contentBlockIndex = 0, start } = event.contentBlockStart;
        blocks.set(contentBlockIndex, beginBlock(start));
        const { toolUseId = '', name = '' } = start?.toolUse ?? {};
        return start?.toolUse === undefined ? undefined : { type: 'toolUse', toolUseId, name };
      }
      if (event.messageStop !== undefined) {
        ({ stopReason, additionalModelResponseFields } = event.messageStop);
      } else if (event.metadata !== undefined) metadata = event.metadata;
      return undefined;
    },
    finish: () => {
      const invalidToolInputs: InvalidToolInput[] = [];
      const content = [...blocks]
        .sort(([first], [second]) => first - second)
        .map(([, block]) => finishBlock(block, (input) => invalidToolInputs.push(input)))
        .filter((block) => block !== undefined);
      const message = { role: 'assistant', content } as const;
      return { message, stopReason, metadata, additionalModelResponseFields, invalidToolInputs };
    },
  };
}
