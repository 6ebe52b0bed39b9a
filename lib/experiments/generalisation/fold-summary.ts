import { resampledTTest } from '../../evaluation/difference/resampled-t-test';
import type { TTest } from '../../evaluation/difference/t-test';
import { summarise, type Summary } from '../../evaluation/summary';
import type { FoldResult } from './cross-validate';

/** A metric of one rival over all folds. */
export interface FoldSummary extends Summary {
  readonly name: string;
  /** One a fold, in their order. */
  readonly values: readonly number[];
}

/**
 * Sum up a metric over folds: its mean, and how far folds differ.
 *
 * The spread over folds is not the uncertainty of the mean: folds share most of what they learn from.
 *
 * @returns rivals in the order of their first results
 * @throws RangeError when a result lacks the metric, or rivals have not the same folds
 * @source Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", IJCAI 1995.
 */
export function summariseFolds(results: readonly FoldResult[], metric = 'NDCG@10'): FoldSummary[] {
  const names = [...new Set(results.map(({ name }) => name))];
  const foldsOf = (name: string): string =>
    results
      .filter((own) => own.name === name)
      .map(({ fold, seed }) => `${fold} of seed ${seed}`)
      .join();
  return names.map((name) => {
    if (foldsOf(name) !== foldsOf(names[0]!))
      throw new RangeError(`summariseFolds: '${name}' has other folds than '${names[0]!}'`);
    const values = results.filter((own) => own.name === name).map((own) => valueOf(own, metric));
    return { name, values, ...summarise(values) };
  });
}

/** The rival with the largest mean over folds, the first of several. Its mean flatters it, as it was chosen by it: see `nestedCrossValidate`. */
export function bestOverFolds(results: readonly FoldResult[], metric = 'NDCG@10'): FoldSummary {
  const summaries = summariseFolds(results, metric);
  if (summaries.length === 0) throw new RangeError('bestOverFolds: there are no results');
  return summaries.reduce((best, own) => (own.mean > best.mean ? own : best));
}

/**
 * Ask whether one rival is better than another over folds of users, though the folds share most of what is learned from.
 *
 * @returns second minus first
 * @throws RangeError as `summariseFolds`, and when a rival has no results, or nothing varies
 * @source Nadeau & Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003.
 */
export function compareOverFolds(
  results: readonly FoldResult[],
  [first, second]: readonly [first: string, second: string],
  metric = 'NDCG@10',
): TTest {
  const pair = results.filter(({ name }) => name === first || name === second);
  const [a, b] = [first, second].map((name) => summariseFolds(pair, metric).find((own) => own.name === name));
  if (!a || !b) throw new RangeError(`compareOverFolds: '${a ? second : first}' has no results`);
  const own = pair.filter(({ name }) => name === first);
  const ratio = summarise(own.map(({ users, learnedFrom }) => users.length / learnedFrom)).mean;
  return resampledTTest(
    b.values.map((value, fold) => value - a.values[fold]!),
    ratio,
  );
}

function valueOf({ name, fold, metrics }: FoldResult, metric: string): number {
  const found = metrics.find((own) => own.metric === metric);
  if (!found) throw new RangeError(`summariseFolds: '${name}' has no ${metric} in fold ${fold}`);
  return found.value;
}
