import { wilsonInterval, z95, type Interval } from './proportion-interval';

/** A share that was counted on cases of which some belong together: visits of the same customer. */
export interface ClusteredProportion extends Interval {
  readonly share: number;
  readonly successes: number;
  readonly cases: number;
  /** How many independent cases would say as much: at most `cases`. */
  readonly effectiveCases: number;
}

/**
 * Say between which shares the true one lies where cases come in clusters, and those of one cluster are alike.
 *
 * A thousand visits of ten customers do not say as much as a thousand visits of as many customers. The variance of the share is taken
 * between clusters; what it says of the number of independent cases goes into Wilson's interval. With one case a cluster it is
 * Wilson's. It is never narrower than that; at a share of 0 or 1, where nothing varies, clusters are counted as cases.
 *
 * @param successes of each cluster
 * @param cases     of each cluster; clusters of none are left out
 * @param z         1.96 for 95 %
 * @throws RangeError when the two differ in length, there is no case, or a cluster has more successes than cases
 * @source Cochran, "Sampling Techniques", 3rd ed., 1977, section 3.12 (variance of a share in clusters); Korn & Graubard, "Confidence
 *   Intervals for Proportions with Small Expected Number of Positive Counts Estimated from Survey Data", Survey Methodology 24(2), 1998
 *   (effective number of cases).
 * @differs Wilson's interval instead of the exact one; a design effect below 1 counts as 1.
 */
export function clusteredProportion(
  successes: ArrayLike<number>,
  cases: ArrayLike<number>,
  z = z95,
): ClusteredProportion {
  if (successes.length !== cases.length) {
    throw new RangeError(`clusteredProportion: ${successes.length} successes and ${cases.length} cases`);
  }
  let [clusters, hits, all] = [0, 0, 0];
  for (let place = 0; place < cases.length; place++) {
    const [own, of] = [successes[place]!, cases[place]!];
    if (!(own >= 0 && own <= of && Number.isFinite(of)))
      throw new RangeError(`clusteredProportion: cluster ${place} has ${own} of ${of} cases`);
    if (of > 0) clusters += 1;
    hits += own;
    all += of;
  }
  if (all === 0) throw new RangeError('clusteredProportion: there are no cases');
  const share = hits / all;
  const effectiveCases = hits === 0 || hits === all || clusters === 1 ? clusters : all / designEffect();
  const interval = wilsonInterval({ successes: share * effectiveCases, cases: effectiveCases }, z);
  return { share, successes: hits, cases: all, effectiveCases, ...interval };

  /** Variance between clusters, divided by that of as many independent cases. */
  function designEffect(): number {
    let squares = 0;
    for (let place = 0; place < cases.length; place++)
      squares += (successes[place]! - share * cases[place]!) ** 2;
    const variance = ((clusters / (clusters - 1)) * squares) / all ** 2;
    return Math.max(1, variance / ((share * (1 - share)) / (all - 1)));
  }
}
