import { checkInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';

/** A share of right answers, and how far it may be from the truth. Shares are from 0 to 1. */
export interface Accuracy {
  readonly correct: number;
  readonly total: number;
  readonly accuracy: number;
  /** The ends of the 95 % confidence interval. */
  readonly low: number;
  readonly high: number;
}

/** The 97.5th percentile of the normal distribution: 95 % lie within so many standard deviations of the mean. */
const z = 1.959963984540054;

/**
 * The share of predictions that are right, with Wilson's 95 % confidence interval: were the labelled set drawn again
 * and again, 95 of 100 such intervals would hold the true share. It stays between 0 and 1 and is sound for small sets.
 *
 * @param predictions `undefined` where there is none, which counts as wrong
 * @param labels the right answers, in the same order
 * @throws LibError of kind `request` when there is nothing to count, or the lists differ in length
 * @see Wilson, E. B. (1927): Probable inference, the law of succession, and statistical inference
 */
export function accuracy(predictions: readonly (string | undefined)[], labels: readonly string[]): Accuracy {
  checkLengths('accuracy', predictions, labels);
  const total = labels.length;
  const correct = labels.filter((label, index) => predictions[index] === label).length;
  const share = correct / total;
  const spread = 1 + z ** 2 / total;
  const middle = (share + z ** 2 / (2 * total)) / spread;
  const margin = (z / spread) * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2));
  return {
    correct,
    total,
    accuracy: share,
    // At the ends the formula gives 0 and 1 but for a rounding error.
    low: correct === 0 ? 0 : middle - margin,
    high: correct === total ? 1 : middle + margin,
  };
}

/**
 * How far predictions are from the right numbers, on average, in their unit.
 *
 * @throws LibError of kind `request` when there is nothing to count, or the lists differ in length
 */
export function meanAbsoluteError(predictions: readonly number[], values: readonly number[]): number {
  checkLengths('meanAbsoluteError', predictions, values, 'numbers');
  return (
    values.reduce((sum, value, index) => sum + Math.abs(value - (predictions[index] ?? 0)), 0) / values.length
  );
}

/** Who was taken for whom. */
export interface Confusion {
  readonly labels: readonly string[];
  /** A row for each right label, a column for each predicted one, in the order of `labels`. */
  readonly counts: readonly (readonly number[])[];
  /** For each right label, how often there was no prediction, or one that is no right label anywhere. */
  readonly unknown: readonly number[];
}

/**
 * The confusion matrix of predictions against the right labels.
 *
 * @param given the order of the labels. Default: as they first appear among the right ones
 * @throws LibError of kind `request` when there is nothing to count, or the lists differ in length
 */
export function confusion(
  predictions: readonly (string | undefined)[],
  labels: readonly string[],
  given?: readonly string[],
): Confusion {
  checkLengths('confusion', predictions, labels);
  checkInput('confusion', { order: given }, { order: 'texts?' });
  const order = given ?? [...new Set(labels)];
  const count = (actual: string, isPredicted: (prediction: string | undefined) => boolean) =>
    labels.filter((label, index) => label === actual && isPredicted(predictions[index])).length;
  return {
    labels: order,
    counts: order.map((actual) => order.map((predicted) => count(actual, (given) => given === predicted))),
    unknown: order.map((actual) => count(actual, (given) => given === undefined || !order.includes(given))),
  };
}

function checkLengths(
  caller: string,
  predictions: readonly unknown[],
  labels: readonly unknown[],
  rule: 'texts' | 'numbers' = 'texts',
): void {
  checkInput(caller, { predictions, labels }, { predictions: 'list', labels: rule });
  if (labels.length > 0 && predictions.length === labels.length) return;
  throw new LibError(`There are ${predictions.length} predictions for ${labels.length} labels`, {
    kind: 'request',
    hint: 'Pass one prediction for each label, in the same order, and at least one.',
  });
}
