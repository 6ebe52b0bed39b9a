/**
 * Refuse what no scorer of two classes gives: lists of two lengths, scores that are NaN, labels other than 0 and 1.
 *
 * @throws RangeError naming the metric, the case and the value
 */
export function expectBinaryCases(
  metric: string,
  scores: ArrayLike<number>,
  positive: ArrayLike<number>,
): void {
  if (scores.length === 0 || scores.length !== positive.length) {
    throw new RangeError(`${metric}: ${scores.length} scores for ${positive.length} cases`);
  }
  for (let at = 0; at < scores.length; at++) {
    if (Number.isNaN(scores[at])) throw new RangeError(`${metric}: score ${at} is not a number`);
    if (positive[at] !== 0 && positive[at] !== 1) {
      throw new RangeError(`${metric}: the label of case ${at} is ${positive[at]}, it must be 0 or 1`);
    }
  }
}

/** The same, and refuse a probability that is not from 0 to 1. @throws RangeError */
export function expectProbabilities(
  metric: string,
  probabilities: ArrayLike<number>,
  positive: ArrayLike<number>,
): void {
  expectBinaryCases(metric, probabilities, positive);
  for (let at = 0; at < probabilities.length; at++) {
    if (!(probabilities[at]! >= 0 && probabilities[at]! <= 1)) {
      throw new RangeError(
        `${metric}: the probability of case ${at} is ${probabilities[at]}, not from 0 to 1`,
      );
    }
  }
}
