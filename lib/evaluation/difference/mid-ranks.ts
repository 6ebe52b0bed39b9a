/** Ranks of numbers, with what their ties do. */
export interface MidRanks {
  /** From 1, equal numbers share the mean of their ranks. */
  readonly ranks: Float64Array;
  /** Sum of t^3 - t over groups of t equal numbers; 0 without ties. */
  readonly tieTerm: number;
}

/**
 * Rank numbers from 1 for the smallest; equal numbers get the mean of the ranks that they take together.
 *
 * @throws RangeError when a number is NaN
 * @source Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33(3), 1945.
 */
export function midRanks(values: ArrayLike<number>): MidRanks {
  const numbers = Float64Array.from(values);
  const order = Uint32Array.from(numbers.keys()).sort((a, b) => numbers[a]! - numbers[b]!);
  const ranks = new Float64Array(numbers.length);
  let tieTerm = 0;
  for (let start = 0; start < order.length;) {
    const value = numbers[order[start]!]!;
    if (Number.isNaN(value)) throw new RangeError(`midRanks: value ${order[start]} is not a number`);
    let end = start + 1;
    while (end < order.length && numbers[order[end]!] === value) end += 1;
    for (let at = start; at < end; at++) ranks[order[at]!] = (start + 1 + end) / 2;
    tieTerm += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, tieTerm };
}
