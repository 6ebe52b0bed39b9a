import { expectProbabilities } from './binary-cases';

/**
 * Brier score: the mean squared distance of a forecast probability from what happened.
 *
 * 0 for a certain forecast that is right, .25 for saying one half each time, 1 at worst. Smaller is better, and only the true
 * probabilities make it least on average. Gentler than the log loss to a certain forecast that is wrong.
 *
 * @param probabilities of the positive class, 0 to 1
 * @param positive      1 for a positive case, 0 for a negative one
 * @throws RangeError when lengths differ or are 0, a probability is not from 0 to 1, or a label is not 0 or 1
 * @source Brier, "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather Review 78(1), 1950.
 * @differs One class of two is counted, not both, which halves the paper's number; so does scikit-learn.
 */
export function brierScore(probabilities: ArrayLike<number>, positive: ArrayLike<number>): number {
  expectProbabilities('brierScore', probabilities, positive);
  let sum = 0;
  for (let at = 0; at < probabilities.length; at++) sum += (probabilities[at]! - positive[at]!) ** 2;
  return sum / probabilities.length;
}
