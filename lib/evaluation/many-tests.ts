/** The ways to correct for many tests. */
export const corrections = ['holm', 'benjamini-hochberg'] as const;

/** `holm`: any false alarm at all is as rare as one test promises. `benjamini-hochberg`: of all alarms, the share that is false. */
export type Correction = (typeof corrections)[number];

/**
 * Correct p for the number of tests: where many are made, some are small by chance alone.
 *
 * Compare what comes back with the level: below .05 by `holm`, the chance of one false alarm or more among all tests is at most .05;
 * by `benjamini-hochberg` at most .05 of the alarms are false on average, if the tests are independent or positively dependent.
 *
 * @param ps one a test, 0 to 1
 * @returns in the same order, never smaller than p
 * @throws RangeError when a p is not from 0 to 1
 * @source Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6(2), 1979; Benjamini &
 *   Hochberg, "Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing", Journal of the Royal
 *   Statistical Society B 57(1), 1995.
 */
export function adjustPs(ps: ArrayLike<number>, correction: Correction): Float64Array {
  const count = ps.length;
  const order = Array.from({ length: count }, (_, test) => test).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Float64Array(count);
  for (const test of order) {
    if (!(ps[test]! >= 0 && ps[test]! <= 1))
      throw new RangeError(`adjustPs: the p of test ${test} is ${ps[test]}, not from 0 to 1`);
  }
  if (correction === 'holm') {
    let most = 0;
    for (const [place, test] of order.entries()) {
      most = Math.max(most, Math.min(1, (count - place) * ps[test]!));
      adjusted[test] = most;
    }
    return adjusted;
  }
  let least = 1;
  for (let place = count - 1; place >= 0; place--) {
    const test = order[place]!;
    least = Math.min(least, (count / (place + 1)) * ps[test]!);
    adjusted[test] = least;
  }
  return adjusted;
}
