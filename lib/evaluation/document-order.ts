/**
 * The order in which trec_eval reads a run: higher scores first, equal ones by document id, the larger id first.
 *
 * The order of the file and its rank column play no part. Two traps of that program are kept: scores are 32-bit numbers there, so that
 * 1.00000001 and 1 are equal; and ids are compared as text, byte by byte, so that 'd10' stands after 'd9'. Other libraries keep the order
 * of the file, and scores with ties then give other figures: say which order was used.
 *
 * @param ids    one a document, all different
 * @param scores one a document, larger is better
 * @returns positions of the documents, best first
 * @throws RangeError when the two differ in length, an id comes twice, or a score is NaN
 * @source Buckley, "trec_eval", https://github.com/usnistgov/trec_eval (sorted by sim, then docno, both descending).
 */
export function documentOrder(ids: readonly string[], scores: ArrayLike<number>): Int32Array {
  if (ids.length !== scores.length) {
    throw new RangeError(`documentOrder: ${scores.length} scores for ${ids.length} documents`);
  }
  if (new Set(ids).size < ids.length) throw new RangeError('documentOrder: an id comes twice');
  const kept = Float32Array.from(scores);
  const at = kept.findIndex(Number.isNaN);
  if (at >= 0) throw new RangeError(`documentOrder: the score of '${ids[at]}' is not a number`);
  const bytes = ids.map((id) => Buffer.from(id));
  return Int32Array.from(ids.keys()).sort(
    (a, b) => kept[b]! - kept[a]! || Buffer.compare(bytes[b]!, bytes[a]!),
  );
}
