import { expect, it } from 'vitest';
import { chooseSlot } from '../../../src/words/model/slots.ts';

const prompt = [1, 2, 3, 4, 5, 6];

it.each([
  ['has most of it', { tokens: [1, 2, 3, 4, 9], usedAt: 7 }, { tokens: [1, 2, 9], usedAt: 1 }],
  ['has all of it and more', { tokens: [...prompt, 7, 8], usedAt: 7 }, { tokens: [1, 2, 3, 4], usedAt: 1 }],
  ['is the beginning of it', { tokens: [1, 2, 3, 4], usedAt: 7 }, { tokens: [], usedAt: 0 }],
  ['was never used, where none has much of it', { tokens: [], usedAt: 0 }, { tokens: [1, 2, 3], usedAt: 7 }],
  ['was used before the others', { tokens: [8, 9], usedAt: 3 }, { tokens: [1, 2, 9], usedAt: 4 }],
])('a prompt goes on in the slot that %s', (_, wanted, other) => {
  expect(chooseSlot([other, wanted], prompt)).toBe(wanted);
  expect(chooseSlot([wanted, other], prompt)).toBe(wanted);
});

it('an engine without slots has none to choose', () => {
  expect(chooseSlot([], prompt)).toBeUndefined();
});
