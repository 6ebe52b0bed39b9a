/**
 * Kendall's tau-b: how far two lists of figures put the same things in the same order, equal figures taken into account.
 *
 * 1 for the same order, -1 for the reverse, about 0 for orders that have nothing to do with one another. Of all pairs those in the same
 * order minus those in the opposite one, divided by the pairs that are not equal in the one and in the other list (geometric mean). With
 * few things it jumps: of 4 models one swap of neighbours costs a third.
 *
 * @param a one figure a thing
 * @param b the other figure of the same things
 * @throws RangeError when the two differ in length, a figure is NaN, or all figures of a list are equal (as with fewer than 2 things)
 * @source Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33(3), 1945.
 */
export function kendallTauB(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`kendallTauB: ${a.length} and ${b.length} figures`);
  let [sum, apartInA, apartInB] = [0, 0, 0];
  for (let first = 0; first < a.length; first++) {
    if (Number.isNaN(a[first]) || Number.isNaN(b[first])) {
      throw new RangeError(`kendallTauB: the figures of ${first} are ${a[first]} and ${b[first]}`);
    }
    for (let second = 0; second < first; second++) {
      const inA = Math.sign(a[first]! - a[second]!);
      const inB = Math.sign(b[first]! - b[second]!);
      sum += inA * inB;
      apartInA += Math.abs(inA);
      apartInB += Math.abs(inB);
    }
  }
  if (apartInA === 0 || apartInB === 0) {
    throw new RangeError('kendallTauB: all figures of a list are equal, which is no order');
  }
  return sum / Math.sqrt(apartInA * apartInB);
}
