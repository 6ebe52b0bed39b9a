/** Entropy of counts or shares in bits; 0 where there are none. */
function bits(counts: ArrayLike<number>, total: number): number {
  let sum = 0;
  for (let at = 0; at < counts.length; at++) {
    const share = counts[at]! / total;
    if (share > 0) sum -= share * Math.log2(share);
  }
  return sum;
}

function checkedTotal(name: string, counts: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < counts.length; at++) {
    if (!(counts[at]! >= 0 && counts[at]! < Infinity))
      throw new RangeError(`${name}: entry ${at} is ${counts[at]}, not a count or share`);
    total += counts[at]!;
  }
  return total;
}

/**
 * Jensen-Shannon divergence of two distributions in bits: 0 for equal ones, 1 for two that share nothing.
 *
 * The entropy of the mean of both, less the mean of their entropies. Its square root is a metric. **Biased upwards**: two draws from one
 * distribution never have equal counts, and of n and m events over K kinds it is on average about (K - 1) (1/n + 1/m) / (8 ln 2) bits
 * where nothing changed; so who does little looks volatile (`shuffledVolatility` takes that away).
 *
 * @param p counts or shares, not necessarily summing to 1
 * @returns NaN where one is all zeros
 * @throws RangeError when the lengths differ, or an entry is negative or not finite
 * @source Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on Information Theory 37(1), 1991; Endres &
 *   Schindelin, "A New Metric for Probability Distributions", IEEE Transactions on Information Theory 49(7), 2003 (the square root).
 */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  if (p.length !== q.length)
    throw new RangeError(`jensenShannon: distributions over ${p.length} and ${q.length} kinds`);
  const [ofP, ofQ] = [checkedTotal('jensenShannon', p), checkedTotal('jensenShannon', q)];
  if (ofP === 0 || ofQ === 0) return NaN;
  const mean = Float64Array.from({ length: p.length }, (_, at) => (p[at]! / ofP + q[at]! / ofQ) / 2);
  const divergence = bits(mean, 1) - (bits(p, ofP) + bits(q, ofQ)) / 2;
  return Math.max(0, Math.min(1, divergence)); // rounding may leave it slightly outside
}

/**
 * Jensen-Shannon divergence of several distributions, each weighing as much as it has counts, in bits: what knowing the window says of the
 * kind, their mutual information.
 *
 * 0 where all windows have the same shares; at most the entropy of the windows' sizes. 2 n ln 2 times it is the statistic G of a test of
 * independence, so where nothing changes it is on average about (W - 1) (K - 1) / (2 n ln 2) bits for n independent counts.
 *
 * @param windows counts of kinds, one row a window; empty windows count nothing
 * @returns NaN where there are no counts
 * @throws RangeError when the rows differ in length, or an entry is negative or not finite
 * @source Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on Information Theory 37(1), 1991, section 5.
 */
export function jensenShannonOfWindows(windows: readonly ArrayLike<number>[]): number {
  const kinds = windows[0]?.length ?? 0;
  const sum = new Float64Array(kinds);
  let [within, all] = [0, 0];
  for (const [row, window] of windows.entries()) {
    if (window.length !== kinds)
      throw new RangeError(
        `jensenShannonOfWindows: row ${row} has ${window.length} kinds, row 0 has ${kinds}`,
      );
    const total = checkedTotal('jensenShannonOfWindows', window);
    if (total === 0) continue;
    within += total * bits(window, total);
    all += total;
    for (let kind = 0; kind < kinds; kind++) sum[kind]! += window[kind]!;
  }
  return Math.max(0, bits(sum, all) - within / all); // NaN stays NaN
}
