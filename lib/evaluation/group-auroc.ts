import { auroc } from './auroc';
import { expectBinaryCases } from './binary-cases';

/** How much each group counts in the mean. */
export const groupWeights = ['events', 'positives', 'equal'] as const;

/**
 * - `events`: as many times as it has events (impressions), the usual weight.
 * - `positives`: as many times as it has positive ones (clicks).
 * - `equal`: once.
 */
export type GroupWeight = (typeof groupWeights)[number];

/** The mean of the areas of many groups, and what could not take part in it. */
export interface GroupAuroc {
  /** 0 to 1; 0.5 says nothing. */
  readonly value: number;
  /** Groups with both kinds of cases, and their cases. */
  readonly groups: number;
  readonly events: number;
  /** Groups of which all cases are of one kind: nothing can be ranked in them, so they are left out. And their cases. */
  readonly leftOutGroups: number;
  readonly leftOutEvents: number;
}

/**
 * Group AUC (GAUC): how often a score ranks a positive case above a negative one *of the same user*.
 *
 * The area under the ROC curve over all cases rewards a model that merely knows which users click much; a list is shown to one user, and
 * only the order within it matters. Users who clicked everything or nothing are left out and counted: report their share, it is often
 * most of them.
 *
 * @param groups   the user of each case, any numbers
 * @param scores   larger means "rather positive"
 * @param positive 1 for a positive case, 0 for a negative one
 * @param weight   default `events`
 * @throws RangeError when lengths differ, a score is not a number, a label is not 0 or 1, or no group has both kinds of cases
 * @source Zhu et al., "Optimized Cost per Click in Taobao Display Advertising", KDD 2017; Zhou et al., "Deep Interest
 *   Network for Click-Through Rate Prediction", KDD 2018 (weighted by impressions).
 */
export function groupAuroc(
  groups: ArrayLike<number>,
  scores: ArrayLike<number>,
  positive: ArrayLike<number>,
  weight: GroupWeight = 'events',
): GroupAuroc {
  expectBinaryCases('groupAuroc', scores, positive);
  if (groups.length !== scores.length) {
    throw new RangeError(`groupAuroc: ${groups.length} groups for ${scores.length} cases`);
  }
  const casesOf = new Map<number, number[]>();
  for (let at = 0; at < groups.length; at++) {
    const own = casesOf.get(groups[at]!);
    if (own) own.push(at);
    else casesOf.set(groups[at]!, [at]);
  }
  let [sum, weights, used, events] = [0, 0, 0, 0];
  for (const cases of casesOf.values()) {
    const labels = cases.map((at) => positive[at]!);
    const positives = labels.reduce((total, label) => total + label, 0);
    if (positives === 0 || positives === cases.length) continue;
    const own = { events: cases.length, positives, equal: 1 }[weight];
    const area = auroc(
      cases.map((at) => scores[at]!),
      labels,
    );
    sum += own * area;
    weights += own;
    used += 1;
    events += cases.length;
  }
  if (used === 0) {
    throw new RangeError('groupAuroc: no group has both positive and negative cases, so none can be ranked');
  }
  return {
    value: sum / weights,
    groups: used,
    events,
    leftOutGroups: casesOf.size - used,
    leftOutEvents: groups.length - events,
  };
}
