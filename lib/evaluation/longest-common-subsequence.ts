/**
 * Length of the longest sequence that both have in this order, with anything between.
 *
 * Where the edit distance asks what must change, this asks what is shared. Time grows with the product of the lengths, memory with `b`.
 * Packages that compare lists (such as diff) build the whole script of edits, which is not needed for a length.
 *
 * @source Wagner & Fischer, "The String-to-String Correction Problem", Journal of the ACM 21(1), 1974, section 5.
 */
export function longestCommonSubsequence(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const lengths = new Int32Array(b.length + 1); // of the beginnings of a so far and of b
  for (let row = 0; row < a.length; row++) {
    let diagonal = 0;
    for (let column = 1; column <= b.length; column++) {
      const above = lengths[column]!;
      lengths[column] = a[row] === b[column - 1] ? diagonal + 1 : Math.max(above, lengths[column - 1]!);
      diagonal = above;
    }
  }
  return lengths[b.length]!;
}

/**
 * The longest common subsequence as a share of the longer sequence, 0 to 1; 1 for two empty sequences.
 *
 * 1 minus it is a metric.
 *
 * @source Bakkelund, "An LCS-based String Metric", University of Oslo, 2009 (that it is a metric).
 */
export function commonSubsequenceShare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : longestCommonSubsequence(a, b) / longer;
}
