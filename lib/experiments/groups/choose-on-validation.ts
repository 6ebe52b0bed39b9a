import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import type { Scorer } from '../../recommendation/scorer';
import { evaluateRanking } from '../evaluate-ranking';

/** Settings that were tried, and the best of them. */
export interface Choice<Setting> {
  readonly best: Setting;
  /** In the order in which they were given. */
  readonly tried: readonly { readonly setting: Setting; readonly ndcg10: number }[];
}

/**
 * Choose a setting of a recommender by NDCG@10 on the validation items, under the protocol of the test; the test is not looked at.
 *
 * Of equal ones the first counts: give the simplest first.
 *
 * @throws RangeError when there is nothing to choose from
 * @throws InputError when no user has a validation item
 * @source Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020: why the ranking is full.
 */
export function chooseOnValidation<Setting>(
  settings: readonly Setting[],
  scorerOf: (setting: Setting) => Scorer,
  split: SplitSequences,
): Choice<Setting> {
  if (settings.length === 0) throw new RangeError('chooseOnValidation: there are no settings');
  const tried = settings.map((setting) => ({
    setting,
    ndcg10: evaluateRanking(scorerOf(setting), split, 'validation').ndcg10,
  }));
  const best = tried.reduce((first, other) => (other.ndcg10 > first.ndcg10 ? other : first));
  return { best: best.setting, tried };
}
