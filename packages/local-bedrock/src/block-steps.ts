import type { AnswerEvent } from './answer.ts';

export type BlockKind = 'text' | 'reasoning' | 'toolUse';
type EndEvent = Extract<AnswerEvent, { type: 'end' }>;

/** What happens to the blocks of an answer: one starts, gets its pieces, stops; then the next; then the end. */
export type BlockStep =
  | { readonly type: 'start'; readonly index: number; readonly kind: 'text' | 'reasoning' }
  | {
      readonly type: 'start';
      readonly index: number;
      readonly kind: 'toolUse';
      readonly id: string;
      readonly name: string;
    }
  /** `piece` is text, or part of a tool input's JSON. */
  | { readonly type: 'delta'; readonly index: number; readonly kind: BlockKind; readonly piece: string }
  | { readonly type: 'stop'; readonly index: number; readonly kind: BlockKind }
  | { readonly type: 'end'; readonly event: EndEvent };

/**
 * A function that is called with each event of an answer in order and gives the steps it comes to: for formats that
 * number their blocks and mark where each begins and ends.
 */
export function blockSteps(): (event: AnswerEvent) => BlockStep[] {
  let index = -1;
  let open: BlockKind | undefined;
  const stop = (): BlockStep[] => {
    const kind = open;
    open = undefined;
    return kind === undefined ? [] : [{ type: 'stop', index, kind }];
  };
  return (event) => {
    if (event.type === 'end') return [...stop(), { type: 'end', event }];
    if (event.type === 'toolInput') return [{ type: 'delta', index, kind: 'toolUse', piece: event.json }];
    if (event.type === 'toolUse') {
      const { id, name } = event;
      const stopped = stop();
      index += 1;
      open = 'toolUse';
      return [...stopped, { type: 'start', index, kind: 'toolUse', id, name }];
    }
    const steps: BlockStep[] = [];
    if (open !== event.type) {
      steps.push(...stop());
      index += 1;
      open = event.type;
      steps.push({ type: 'start', index, kind: event.type });
    }
    steps.push({ type: 'delta', index, kind: event.type, piece: event.text });
    return steps;
  };
}
