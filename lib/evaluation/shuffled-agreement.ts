import type { Rng } from '../base/random';

/** Agreement of two groupings, beside that of groupings that have nothing to do with each other. */
export interface ShuffledAgreement {
  readonly value: number;
  /** Mean over the shuffles. */
  readonly shuffled: number;
  /** The largest of the shuffles. */
  readonly highest: number;
  /** Share of the shuffles that agree as much, the pair itself counted as one. */
  readonly p: number;
}

/**
 * Compare the agreement of two groupings with what groups of the same sizes have by chance: labels of one are shuffled, many times.
 *
 * Measures such as NMI are well above 0 for many small groups that mean nothing; here is how much.
 *
 * @param measure  `normalizedMutualInformation`, `adjustedRand`, ...
 * @param shuffles from 1; p is never below 1 / (shuffles + 1)
 * @throws RangeError when `shuffles` is no whole number from 1, or as the measure does
 * @source Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd ed., 2005, chapter 3; Phipson & Smyth, "Permutation
 *   P-values Should Never Be Zero", Statistical Applications in Genetics and Molecular Biology 9(1), 2010.
 */
export function shuffledAgreement(
  measure: (a: ArrayLike<number>, b: ArrayLike<number>) => number,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { shuffles, rng }: { readonly shuffles: number; readonly rng: Rng },
): ShuffledAgreement {
  if (!(Number.isInteger(shuffles) && shuffles >= 1))
    throw new RangeError(`shuffledAgreement: shuffles must be a whole number from 1, got ${shuffles}`);
  const value = measure(a, b);
  const dealt = Int32Array.from(b);
  const others = Array.from({ length: shuffles }, () => measure(a, rng.shuffle(dealt)));
  return {
    value,
    shuffled: others.reduce((sum, other) => sum + other, 0) / shuffles,
    highest: Math.max(...others),
    p: (1 + others.filter((other) => other >= value - 1e-12).length) / (shuffles + 1),
  };
}
