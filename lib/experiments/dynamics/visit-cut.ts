import { matrixFromRows, selectRows, type Matrix } from '../../base/matrix';
import type { Rng } from '../../base/random';
import { bestCut, multinomialCost } from '../../evaluation/change-points';

/** The best single cut of a user's row of visits, beside those of shuffled visits. */
export interface VisitCut {
  /** First visit behind the cut; -1 where there are too few. */
  readonly at: number;
  /** What it saves, nats. */
  readonly gain: number;
  /** The gain in standard deviations of the shuffles, from their mean; NaN where there are too few visits. */
  readonly standardised: number;
  /** Share of the shuffles that save as much, the true order counted as one: the p of a test for a change at an unknown time. */
  readonly p: number;
}

/** Visits on each side of a cut, at least. */
export const fewestVisits = 3;

/**
 * Ask when a user's interests changed, if they changed once, and whether they did.
 *
 * @param rows counts or shares of kinds, one row a visit, oldest first
 * @throws RangeError when `shuffles` is no whole number from 1
 * @source Scott & Knott, "A Cluster Analysis Method for Grouping Means in the Analysis of Variance", Biometrics 30(3), 1974 (one cut); Good,
 *   "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd ed., 2005, chapter 3 (its test).
 */
export function cutOfVisits(
  rows: readonly Float64Array[],
  { shuffles, rng }: { readonly shuffles: number; readonly rng: Rng },
): VisitCut {
  if (!(Number.isInteger(shuffles) && shuffles >= 1))
    throw new RangeError(`cutOfVisits: shuffles must be a whole number from 1, got ${shuffles}`);
  if (rows.length < 2 * fewestVisits) return { at: -1, gain: NaN, standardised: NaN, p: NaN };
  const own = matrixOfUsedKinds(rows);
  const cutOf = (of: Matrix) => bestCut(of.rows, multinomialCost(of), fewestVisits);
  const { at, gain } = cutOf(own);
  const order = Int32Array.from({ length: rows.length }, (_, row) => row);
  const others = Array.from({ length: shuffles }, () => cutOf(selectRows(own, rng.shuffle(order))).gain);
  const mean = others.reduce((sum, other) => sum + other, 0) / shuffles;
  const variance = others.reduce((sum, other) => sum + (other - mean) ** 2, 0) / shuffles;
  return {
    at,
    gain,
    standardised: variance > 1e-18 ? (gain - mean) / Math.sqrt(variance) : 0,
    p: (1 + others.filter((other) => other >= gain - 1e-12).length) / (shuffles + 1),
  };
}

/** Rows without the kinds that none of them has, which cost nothing wherever one cuts. */
export function matrixOfUsedKinds(rows: readonly Float64Array[]): Matrix {
  const used = [...(rows[0]?.keys() ?? [])].filter((kind) => rows.some((row) => row[kind] !== 0));
  return matrixFromRows(rows.map((row) => used.map((kind) => row[kind]!)));
}
