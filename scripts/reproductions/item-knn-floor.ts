import type { Reproduction } from 'behavior-lab/experiments/reproduction';

/** What a sequence encoder must reach where nobody has published its number under this protocol: neighbours of the last items. */
export const itemKnnFloor: Reproduction['expected'] = {
  hr10: 0.1644,
  ndcg10: 0.0891,
  source: 'no number of this model: item-kNN on the last 5 items, this protocol',
  within: 0,
};
