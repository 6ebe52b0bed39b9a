import type { Rng } from '../../base/random';
import { logGamma } from '../../evaluation/distributions';

/**
 * Prepare to draw how many of `cases` succeed, again and again: one random number and a look into a table each.
 *
 * @param cases a whole number from 0
 * @param rate  0 to 1
 * @throws RangeError when one is out of range
 * @source Devroye, "Non-Uniform Random Variate Generation", 1986, section III.2 (inversion by table look-up).
 */
export function binomialDraw(cases: number, rate: number): (rng: Rng) => number {
  if (!(Number.isInteger(cases) && cases >= 0 && rate >= 0 && rate <= 1))
    throw new RangeError(`binomialDraw: ${cases} cases with rate ${rate}`);
  if (rate === 0 || rate === 1) return () => cases * rate;
  const upTo = new Float64Array(cases + 1);
  let sum = 0;
  for (let successes = 0; successes <= cases; successes++) {
    const ways = logGamma(cases + 1) - logGamma(successes + 1) - logGamma(cases - successes + 1);
    sum += Math.exp(ways + successes * Math.log(rate) + (cases - successes) * Math.log1p(-rate));
    upTo[successes] = sum;
  }
  return (rng) => {
    const drawn = rng.next() * sum;
    let [low, high] = [0, cases];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle]! > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
