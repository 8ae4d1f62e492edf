import type { Tokens } from './engine.ts';

/** A place where a model keeps what it has read, so that it reads only what is new. */
export interface Slot {
  /** What it has read there last. */
  readonly tokens: Tokens;
  /** When that was; 0: never. */
  readonly usedAt: number;
}

/**
 * Where a prompt is read: on from the slot that has more than half of it, so that conversations and tasks which come in
 * turns do not drive each other out; else where nothing was read for longest. Pure.
 */
export function chooseSlot<S extends Slot>(slots: readonly S[], prompt: Tokens): S | undefined {
  const shared = slots.map((slot) => commonLength(slot.tokens, prompt));
  const most = Math.max(...shared);
  if (most > prompt.length / 2) return slots[shared.indexOf(most)];
  return slots.toSorted((one, other) => one.usedAt - other.usedAt)[0];
}

function commonLength(one: Tokens, other: Tokens): number {
  const end = one.findIndex((token, index) => token !== other[index]);
  return end < 0 ? one.length : end;
}
