import { expectProbabilities } from './binary-cases';

/** 2^-52: the spacing of numbers at 1. */
const clip = Number.EPSILON;

/**
 * Log loss: how surprised a forecast is by what happened, the mean of -ln of the probability given to it (binary cross-entropy, in nats).
 *
 * 0 for a certain forecast that is right; .693 for saying one half each time. Smaller is better, and only the true probabilities make it
 * least on average. A forecast of the share of positives scores the entropy of that share: put it beside.
 *
 * Probabilities are kept from 2^-52 to 1 - 2^-52, so that a certain forecast that is wrong costs 36.04 and not infinity. Values of
 * scikit-learn for 64-bit input are the same; other libraries clip at 1e-15 or 1e-7, which shows where forecasts are certain and wrong.
 *
 * @param probabilities of the positive class, 0 to 1
 * @param positive      1 for a positive case, 0 for a negative one
 * @throws RangeError when lengths differ or are 0, a probability is not from 0 to 1, or a label is not 0 or 1
 * @source Good, "Rational Decisions", Journal of the Royal Statistical Society B 14(1), 1952 (the logarithmic score).
 */
export function logLoss(probabilities: ArrayLike<number>, positive: ArrayLike<number>): number {
  expectProbabilities('logLoss', probabilities, positive);
  let sum = 0;
  for (let at = 0; at < probabilities.length; at++) {
    const kept = Math.min(1 - clip, Math.max(clip, probabilities[at]!));
    sum -= Math.log(positive[at] === 1 ? kept : 1 - kept);
  }
  return sum / probabilities.length;
}
