/**
 * Cosine of the angle between two vectors, -1 to 1; NaN where one is all zeros and points nowhere.
 *
 * @throws RangeError when the lengths differ
 * @source Salton, Wong & Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM 18(11), 1975.
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new RangeError(`cosineSimilarity: vectors of ${a.length} and ${b.length} numbers`);
  let [product, ofA, ofB] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    product += a[at]! * b[at]!;
    ofA += a[at]! ** 2;
    ofB += b[at]! ** 2;
  }
  return Math.max(-1, Math.min(1, product / (Math.sqrt(ofA) * Math.sqrt(ofB)))); // NaN stays NaN
}
