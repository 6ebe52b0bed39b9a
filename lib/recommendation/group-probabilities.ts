import { scoresOfClusters, type ClusterPopularityConfig } from './by-cluster';
import type { Scorer } from './scorer';

export interface GroupProbabilitiesConfig extends ClusterPopularityConfig {
  /** How many events of all users a group is given beside its own, above 0: small groups are told apart less. */
  readonly prior: number;
}

/**
 * Say how likely each item is next for a user of a group: its share of the group's events, drawn towards its share of all events.
 *
 * `(count in group + prior * share among all) / (events of group + prior)`, with one event more of every item among all, so that no item
 * is impossible. Each row sums to 1 over the items; padding has 0.
 *
 * @throws RangeError when `prior` is not above 0, a count is not a finite number from 0, or `assign` gives a label out of range
 * @source Zhai & Lafferty, "A Study of Smoothing Methods for Language Models Applied to Information Retrieval", ACM TOIS 22(2), 2004,
 *   eq. 6 (Dirichlet prior).
 */
export function groupProbabilities({ counts_CV, assign, prior }: GroupProbabilitiesConfig): Scorer {
  const { rows: C, columns: V, values } = counts_CV;
  if (!(prior > 0 && prior < Infinity))
    throw new RangeError(`groupProbabilities: prior must be above 0, got ${prior}`);
  const bad = values.findIndex((count) => !(count >= 0 && count < Infinity));
  if (bad >= 0) throw new RangeError(`groupProbabilities: count ${bad} is ${values[bad]}`);
  const overall = new Float64Array(V).fill(1);
  values.forEach((count, place) => (overall[place % V]! += count));
  overall[0] = 0;
  const total = overall.reduce((sum, count) => sum + count, 0);
  const scores_CV = new Float32Array(C * V);
  for (let group = 0; group < C; group++) {
    const own = values.subarray(group * V + 1, (group + 1) * V);
    const events = own.reduce((sum, count) => sum + count, 0);
    for (let item = 1; item < V; item++) {
      scores_CV[group * V + item] = (own[item - 1]! + (prior * overall[item]!) / total) / (events + prior);
    }
  }
  return scoresOfClusters('likely in group', { rows: C, columns: V, values: scores_CV }, assign);
}
