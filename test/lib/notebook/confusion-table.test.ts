import { confusion, confusionRows } from 'lib';
import { expect, it } from 'vitest';

it('a confusion matrix is a row for each right label, with a column for missing ones only when there are any', () => {
  const labels = ['a', 'b', 'b'];
  expect(confusionRows(confusion(['a', 'b', 'a'], labels))).toEqual([
    { 'right label': 'a', 'taken for a': 1, 'taken for b': 0 },
    { 'right label': 'b', 'taken for a': 1, 'taken for b': 1 },
  ]);
  expect(confusionRows(confusion(['a', 'b', undefined], labels))[1]).toMatchObject({ 'no label': 1 });
});
