/** Cases in the order of their scores, the largest first, so that many resamples need no sorting. */
export interface SortedCases {
  /** Places of the cases. */
  readonly order: Int32Array;
  /** Where in `order` a new score begins, and its length at the end. */
  readonly starts: Int32Array;
  readonly positive: Float64Array;
}

/** Sort cases once. Equal scores stay together. */
export function sortedCases(scores: ArrayLike<number>, positive: ArrayLike<number>): SortedCases {
  const order = Int32Array.from({ length: scores.length }, (_, at) => at).sort(
    (a, b) => scores[b]! - scores[a]!,
  );
  const starts = [...order.keys()].filter(
    (place) => place === 0 || scores[order[place]!] !== scores[order[place - 1]!],
  );
  return {
    order,
    starts: Int32Array.from([...starts, order.length]),
    positive: Float64Array.from(positive),
  };
}

/**
 * The area under the ROC curve where each case counts so many times: that of the resample in which it stands as often.
 *
 * @returns NaN without both kinds of cases
 * @source Hanley & McNeil, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve", Radiology 143(1),
 *   1982.
 */
export function weightedAuroc({ order, starts, positive }: SortedCases, counts: ArrayLike<number>): number {
  let [above, pairs, negatives] = [0, 0, 0]; // positives so far; pairs in the right order
  for (let group = 0; group + 1 < starts.length; group++) {
    let [own, others] = [0, 0];
    for (let place = starts[group]!; place < starts[group + 1]!; place++) {
      const at = order[place]!;
      if (positive[at] === 1) own += counts[at]!;
      else others += counts[at]!;
    }
    pairs += others * (above + own / 2);
    above += own;
    negatives += others;
  }
  return pairs / (above * negatives);
}

/**
 * Average precision where each case counts so many times.
 *
 * @returns NaN without a positive case
 * @source Buckley & Voorhees, "Evaluating Evaluation Measure Stability", SIGIR 2000.
 */
export function weightedAveragePrecision(
  { order, starts, positive }: SortedCases,
  counts: ArrayLike<number>,
): number {
  let [found, cases, area] = [0, 0, 0];
  for (let group = 0; group + 1 < starts.length; group++) {
    let gained = 0;
    for (let place = starts[group]!; place < starts[group + 1]!; place++) {
      const at = order[place]!;
      cases += counts[at]!;
      if (positive[at] === 1) gained += counts[at]!;
    }
    found += gained;
    if (gained > 0) area += (gained * found) / cases;
  }
  return area / found;
}
