import { gainOf, idealDcg, type Gain } from './graded-gain';
import { expectCutoff } from './ranks';

/**
 * NDCG@k of one list of scored items, averaged over every order that equal scores allow.
 *
 * A scorer that gives all items the same score gets what a random order gets on average, neither 0 nor 1. Without ties it is the NDCG of
 * the list in the order of the scores.
 *
 * @param scores larger is better
 * @param grades how right each item is, from 0
 * @param k      places that count; default all
 * @throws RangeError when the two differ in length, a score is NaN, a grade is negative or not finite, or none is above 0
 * @source McSherry & Najork, "Computing Information Retrieval Performance Measures Efficiently in the Presence of Tied Scores", ECIR 2008; scikit-learn's `ndcg_score` does the same, with linear gain.
 */
export function tieAveragedNdcg(
  scores: ArrayLike<number>,
  grades: ArrayLike<number>,
  gain: Gain,
  k: number = Math.max(1, scores.length),
): number {
  expectCutoff('tieAveragedNdcg', k);
  if (scores.length !== grades.length) {
    throw new RangeError(`tieAveragedNdcg: ${scores.length} scores for ${grades.length} grades`);
  }
  for (let at = 0; at < scores.length; at++) {
    if (Number.isNaN(scores[at]) || !(grades[at]! >= 0 && grades[at]! < Infinity)) {
      throw new RangeError(
        `tieAveragedNdcg: item ${at} has the score ${scores[at]} and the grade ${grades[at]}`,
      );
    }
  }
  const best = idealDcg(Array.from(grades), k, gain);
  if (best === 0) throw new RangeError('tieAveragedNdcg: no item has a grade above 0');
  const order = Array.from({ length: scores.length }, (_, at) => at).sort((a, b) => scores[b]! - scores[a]!);
  let sum = 0;
  for (let start = 0; start < Math.min(k, order.length);) {
    let [end, gained, discounts] = [start, 0, 0];
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
      gained += gainOf(grades[order[end]!]!, gain);
      if (end < k) discounts += 1 / Math.log2(end + 2);
    }
    sum += (gained / (end - start)) * discounts;
    start = end;
  }
  return sum / best;
}
