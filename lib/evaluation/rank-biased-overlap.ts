/**
 * Rank-biased overlap of two lists: how alike they are when the top counts most, 0 to 1.
 *
 * At each depth the share of items that both have so far, weighted by p^(depth - 1): whoever reads goes on to the next item with
 * probability `p`. The lists are only seen down to their ends; there the agreement is taken to stay as it is (extrapolated). With p = .9
 * the first 10 places have 86 % of the weight, with .98 the first 50.
 *
 * @param a items, best first, each once
 * @param p above 0 and below 1
 * @returns 1 for equal lists, 0 for lists with nothing in common; NaN where one is empty
 * @throws RangeError when p is out of range, or an item comes twice in a list
 * @source Webber, Moffat & Zobel, "A Similarity Measure for Indefinite Rankings", ACM TOIS 28(4), 2010, equation 32 (RBO_EXT, also for
 *   lists of different lengths).
 */
export function rankBiasedOverlap(a: ArrayLike<number>, b: ArrayLike<number>, p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`rankBiasedOverlap: p must be above 0 and below 1, got ${p}`);
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const [s, l] = [short.length, long.length];
  if (s === 0) return NaN;
  const [ofShort, ofLong] = [new Set<number>(), new Set<number>()];
  let [overlap, atEndOfShort, sum] = [0, 0, 0];
  for (let depth = 1; depth <= l; depth++) {
    for (const [list, own, other] of [
      [short, ofShort, ofLong],
      [long, ofLong, ofShort],
    ] as const) {
      if (depth > list.length) continue;
      const item = list[depth - 1]!;
      if (own.has(item)) throw new RangeError(`rankBiasedOverlap: item ${item} comes twice in a list`);
      own.add(item);
      if (other.has(item)) overlap += 1;
    }
    if (depth === s) atEndOfShort = overlap;
    sum += (overlap / depth) * p ** depth;
    if (depth > s) sum += ((atEndOfShort * (depth - s)) / (s * depth)) * p ** depth;
  }
  const agreement = (overlap - atEndOfShort) / l + atEndOfShort / s;
  return Math.min(1, ((1 - p) / p) * sum + agreement * p ** l);
}
