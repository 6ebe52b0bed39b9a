/**
 * How often a score ranks a positive case above a negative one: the area under the ROC curve. Equal scores count half.
 *
 * @param scores   larger means "rather positive"
 * @param positive 1 for a positive case, 0 for a negative one
 * @returns 0 to 1; 0.5 says nothing
 * @throws RangeError when the two differ in length, a score is not a number, or one of the two kinds of cases is missing
 * @source Hanley & McNeil, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve", Radiology 143(1),
 *   1982 (the area is the statistic of Mann & Whitney).
 */
export function auroc(scores: ArrayLike<number>, positive: ArrayLike<number>): number {
  if (scores.length !== positive.length) {
    throw new RangeError(`auroc: ${scores.length} scores for ${positive.length} cases`);
  }
  const order = Array.from({ length: scores.length }, (_, at) => at).sort((a, b) => scores[a]! - scores[b]!);
  let [positives, rankSum] = [0, 0];
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end += 1;
    const rank = (start + 1 + end) / 2; // the mean rank of equal scores
    for (let at = start; at < end; at++) {
      if (Number.isNaN(scores[order[at]!])) throw new RangeError(`auroc: score ${order[at]} is not a number`);
      if (positive[order[at]!] !== 1) continue;
      positives += 1;
      rankSum += rank;
    }
    start = end;
  }
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new RangeError(`auroc: ${positives} positive and ${negatives} negative cases; both are needed`);
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
