import { tQuantile, tTwoSided } from '../distributions';
import { summarise } from '../summary';
import type { TTest } from './t-test';

/**
 * Ask whether differences over the folds of a cross-validation, or over repeated splits, have the mean 0.
 *
 * Models of two folds have learned from many of the same users, so their differences go together, and the usual t test takes chance for
 * proof. Here the variance of the mean is larger by the share tested: 1 / k + tested / learned from, in place of 1 / k.
 *
 * @param differences one a fold, second minus first, at least 2
 * @param ratio users tested by users learned from in a fold: 1 / (k - 1) for k folds
 * @param level of the interval, default .95
 * @throws RangeError when there are fewer than 2 differences, one is not finite, all are equal, or ratio or level is out of range
 * @source Nadeau & Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003, section 5 (corrected resampled t-test).
 * @differs Made for random splits; for folds it is usual, and no exact correction exists (Bengio & Grandvalet, "No Unbiased Estimator of
 *   the Variance of K-Fold Cross-Validation", JMLR 5, 2004).
 */
export function resampledTTest(differences: readonly number[], ratio: number, level = 0.95): TTest {
  if (differences.length < 2)
    throw new RangeError(`resampledTTest: needs 2 differences or more, got ${differences.length}`);
  if (!(ratio >= 0 && ratio < Infinity))
    throw new RangeError(`resampledTTest: ratio must be a number from 0, got ${ratio}`);
  if (!(level > 0 && level < 1))
    throw new RangeError(`resampledTTest: the level must be above 0 and below 1, got ${level}`);
  const { mean, standardDeviation, count } = summarise(differences);
  const standardError = standardDeviation! * Math.sqrt(1 / count + ratio);
  if (!(standardError > 0))
    throw new RangeError('resampledTTest: nothing varies, so there is nothing to judge by');
  const degreesOfFreedom = count - 1;
  const t = mean / standardError;
  const half = tQuantile((1 + level) / 2, degreesOfFreedom) * standardError;
  return {
    difference: mean,
    low: mean - half,
    high: mean + half,
    standardError,
    t,
    degreesOfFreedom,
    p: tTwoSided(t, degreesOfFreedom),
  };
}
