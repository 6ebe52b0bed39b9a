/** What was measured of the cases of one group. */
export interface CupedGroup {
  /** During the test, one number a case. */
  readonly outcomes: ArrayLike<number>;
  /** Of the same cases before the test; nothing that the test could have changed. */
  readonly before: ArrayLike<number>;
}

export interface Cuped {
  /** Outcomes less what could be foreseen, group by group; to be compared in place of the outcomes. */
  readonly adjusted: readonly Float64Array[];
  /** How much an outcome rises with what was before. */
  readonly theta: number;
  /** Correlation of the two within groups. */
  readonly correlation: number;
  /** Share of the variance that is left: 1 - correlation^2. As many cases say as much as this share of them before. */
  readonly varianceLeft: number;
}

/**
 * Take out of the outcomes what was known of the cases before the test (CUPED): the same difference with a smaller error.
 *
 * Whoever bought much before buys much now, in either group; that part of the spread has nothing to do with the change. The expected
 * difference stays the same because before the test the groups differ by chance alone. Cases without a before get its mean, or a number
 * of their own for everybody alike.
 *
 * @param groups of the test, at least one
 * @throws RangeError when a group has fewer than 2 cases, not as many before as outcomes, or a value that is not finite
 * @source Deng, Xu, Kohavi & Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data",
 *   WSDM 2013, section 3.
 * @differs theta comes from the spread within the groups, so that a large effect does not blur it.
 */
export function cuped(groups: readonly CupedGroup[]): Cuped {
  let [products, squaresBefore, squaresOutcome, sumBefore, cases] = [0, 0, 0, 0, 0];
  for (const [group, { outcomes, before }] of groups.entries()) {
    if (outcomes.length < 2 || before.length !== outcomes.length) {
      throw new RangeError(
        `cuped: group ${group} has ${outcomes.length} outcomes and ${before.length} values before`,
      );
    }
    const [meanOutcome, meanBefore] = [meanOf(outcomes), meanOf(before)];
    if (!Number.isFinite(meanOutcome + meanBefore))
      throw new RangeError(`cuped: group ${group} has a value that is not finite`);
    for (let at = 0; at < outcomes.length; at++) {
      const [ofOutcome, ofBefore] = [outcomes[at]! - meanOutcome, before[at]! - meanBefore];
      products += ofOutcome * ofBefore;
      squaresBefore += ofBefore ** 2;
      squaresOutcome += ofOutcome ** 2;
    }
    sumBefore += meanBefore * outcomes.length;
    cases += outcomes.length;
  }
  const theta = squaresBefore === 0 ? 0 : products / squaresBefore;
  const spread = Math.sqrt(squaresBefore * squaresOutcome);
  const correlation = spread === 0 ? 0 : products / spread;
  const middle = sumBefore / cases;
  return {
    adjusted: groups.map(({ outcomes, before }) =>
      Float64Array.from(outcomes, (outcome, at) => outcome - theta * (before[at]! - middle)),
    ),
    theta,
    correlation,
    varianceLeft: 1 - correlation ** 2,
  };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum / values.length;
}
