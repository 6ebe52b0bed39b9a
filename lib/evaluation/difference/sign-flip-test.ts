import type { Rng } from '../../base/random';
import { createRandomWords } from '../../base/random-words';

export interface SignFlipOptions {
  readonly rng: Rng;
  /** Default 10,000. */
  readonly resamples?: number;
}

/** What a permutation test found. */
export interface SignFlipResult {
  /** Two-sided. */
  readonly p: number;
  readonly mean: number;
  /** Whether all ways of turning signs were gone through; else some were drawn. */
  readonly exact: boolean;
  /** Ways of turning signs that were looked at. */
  readonly resamples: number;
}

/**
 * Ask whether the users' differences have the mean 0, by turning the signs of some of them: were both models alike, either could have been the first.
 *
 * It asks for no distribution, only that users are independent and that without a difference a sign is as likely as the other. Where
 * there are no more ways than `resamples` all are gone through, and p is exact; else p counts the found mean as one of those drawn, so
 * that it is never 0 and not too small.
 *
 * @param differences one a user, second model minus first
 * @throws RangeError when there are none, one is not finite, or `resamples` is not a whole number from 1
 * @source Fisher, "The Design of Experiments", 1935, section 21; for rankings: Smucker, Allan & Carterette, "A Comparison of Statistical
 *   Significance Tests for Information Retrieval Evaluation", CIKM 2007; the count: Phipson & Smyth, "Permutation P-values Should Never
 *   Be Zero", Statistical Applications in Genetics and Molecular Biology 9(1), 2010.
 */
export function signFlipTest(
  differences: ArrayLike<number>,
  { rng, resamples = 10_000 }: SignFlipOptions,
): SignFlipResult {
  if (differences.length === 0) throw new RangeError('signFlipTest: there are no differences');
  if (!(Number.isInteger(resamples) && resamples >= 1))
    throw new RangeError(`signFlipTest: resamples must be a whole number from 1, got ${resamples}`);
  const all = Float64Array.from(differences);
  const wrong = all.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new RangeError(`signFlipTest: difference ${wrong} is ${all[wrong]}`);
  const moving = all.filter((value) => value !== 0);
  let [total, size] = [0, 0];
  for (const value of moving) {
    total += value;
    size += Math.abs(value);
  }
  // The same sum in another order of additions is not the same number.
  const limit = Math.abs(total) - 1e-12 * size;
  const mean = total / all.length;
  const ways = 2 ** moving.length;
  if (ways <= resamples) {
    let asFar = 0;
    for (let way = 0; way < ways; way++) {
      let kept = 0;
      for (let at = 0; at < moving.length; at++) if ((way >>> at) & 1) kept += moving[at]!;
      if (Math.abs(2 * kept - total) >= limit) asFar += 1;
    }
    return { p: asFar / ways, mean, exact: true, resamples: ways };
  }
  const random = createRandomWords(rng);
  const signs = new Int32Array(Math.ceil(moving.length / 32));
  let asFar = 0;
  for (let resample = 0; resample < resamples; resample++) {
    random.words(signs);
    if (Math.abs(2 * sumWhere(moving, signs) - total) >= limit) asFar += 1;
  }
  return { p: (asFar + 1) / (resamples + 1), mean, exact: false, resamples };
}

/** The sum of the values whose bit is set. */
function sumWhere(values: Float64Array, bits: Int32Array): number {
  let [a, b] = [0, 0];
  for (let word = 0; word < bits.length; word++) {
    const own = bits[word]!;
    const from = word * 32;
    const count = Math.min(32, values.length - from);
    for (let bit = 0; bit < count - 1; bit += 2) {
      a += values[from + bit]! * ((own >>> bit) & 1);
      b += values[from + bit + 1]! * ((own >>> (bit + 1)) & 1);
    }
    if (count % 2 === 1) a += values[from + count - 1]! * ((own >>> (count - 1)) & 1);
  }
  return a + b;
}
