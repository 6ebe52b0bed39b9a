import { contingency } from './contingency';
import { entropy, mutualInformation } from './normalized-mutual-information';

/** Two ways in which clusters can miss the truth, and both in one number; each 0 to 1. */
export interface VMeasure {
  /** 1 when each cluster holds members of one true class only. */
  readonly homogeneity: number;
  /** 1 when all members of a true class are in one cluster. */
  readonly completeness: number;
  /** Harmonic mean of both. */
  readonly vMeasure: number;
}

/**
 * Are clusters pure (homogeneity), and are classes whole (completeness)?
 *
 * One cluster for each thing is pure and in pieces; one cluster for all is whole and mixed. The harmonic mean equals the
 * normalised mutual information.
 *
 * @param truth the class of each thing
 * @param found its cluster
 * @throws RangeError when the groupings differ in length or are empty
 * @source Rosenberg & Hirschberg, "V-Measure: A Conditional Entropy-Based External Cluster Evaluation Measure", EMNLP
 *   2007, eqs. 1-3 with beta 1
 */
export function vMeasure(truth: ArrayLike<number>, found: ArrayLike<number>): VMeasure {
  const table = contingency('vMeasure', truth, found);
  const shared = mutualInformation(table);
  const share = (sizes: readonly number[]): number => {
    const whole = entropy(sizes);
    return whole === 0 ? 1 : Math.min(1, shared / whole);
  };
  const homogeneity = share(table.rowSums);
  const completeness = share(table.columnSums);
  const sum = homogeneity + completeness;
  return { homogeneity, completeness, vMeasure: sum === 0 ? 0 : (2 * homogeneity * completeness) / sum };
}
