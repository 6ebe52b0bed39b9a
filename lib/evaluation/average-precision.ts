import { expectBinaryCases } from './binary-cases';

/**
 * Average precision: the area under the curve of precision against recall (PR-AUC), as a sum of steps.
 *
 * Going down the scores, each rise of recall counts with the precision reached there. Cases of equal score are taken together, so their
 * order plays no part. A scorer that says nothing gets the share of positive cases, not .5: put that share beside it. Where positive
 * cases are rare, it tells good scorers apart that the area under the ROC curve calls equal.
 *
 * @param scores   larger means "rather positive"
 * @param positive 1 for a positive case, 0 for a negative one
 * @returns above 0, up to 1
 * @throws RangeError when the two differ in length, a score is not a number, a label is not 0 or 1, or there is no positive case
 * @source Buckley & Voorhees, "Evaluating Evaluation Measure Stability", SIGIR 2000 (average precision); Davis & Goadrich, "The
 *   Relationship Between Precision-Recall and ROC Curves", ICML 2006, section 4 (why not trapezoids).
 * @differs Steps as in scikit-learn's `average_precision_score`. Straight lines between the points, the trapezoid rule of
 *   `auc(recall, precision)`, give another number, mostly a larger one: precision does not run straight between two recalls, so that the
 *   trapezoids promise what no threshold reaches.
 */
export function averagePrecision(scores: ArrayLike<number>, positive: ArrayLike<number>): number {
  expectBinaryCases('averagePrecision', scores, positive);
  const order = Array.from({ length: scores.length }, (_, at) => at).sort((a, b) => scores[b]! - scores[a]!);
  let [found, area] = [0, 0];
  for (let start = 0; start < order.length;) {
    const score = scores[order[start]!]!;
    let [end, gained] = [start, 0];
    for (; end < order.length && scores[order[end]!] === score; end++) gained += positive[order[end]!]!;
    found += gained;
    area += gained * (found / end);
    start = end;
  }
  if (found === 0) {
    throw new RangeError('averagePrecision: there is no positive case, so there is no recall to speak of');
  }
  return area / found;
}
