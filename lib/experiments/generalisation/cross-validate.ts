import { protocolDifferences, type MetricValue, type Protocol } from '../../evaluation/protocol';
import { rankingMetrics } from '../../evaluation/ranking-metrics';
import { expectNoLeak } from '../../preprocessing/splits/leak-check';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import { withoutTest } from '../../preprocessing/splits/without-test';
import { evaluateRanking, rankingProtocol } from '../evaluate-ranking';
import type { Rival } from '../rival';

/** A fold, and the seed of whatever is drawn there. */
export interface FoldPlace {
  /** From 0. */
  readonly fold: number;
  readonly seed: number;
}

/** How one rival did on one fold. Plain data. */
export interface FoldResult extends FoldPlace {
  readonly name: string;
  /** Users that it learned from. */
  readonly learnedFrom: number;
  /** Row of the user behind each rank. */
  readonly users: readonly number[];
  readonly ranks: readonly number[];
  readonly epoch: number | null;
  /** HR@10, NDCG@10 and MRR of the fold, with intervals over its users and the protocol. */
  readonly metrics: readonly MetricValue[];
}

/** What all folds share. */
export interface FoldSettings {
  readonly seed: number;
  readonly source: Pick<Protocol['data'], 'name' | 'sha256'>;
  /** What was removed before splitting: 'none'. */
  readonly cut: string;
  /** Which of a user's test events is asked for: one, so that a user counts once. Default `last`. */
  readonly events?: 'first' | 'last';
}

/** What a cross-validation tells while it goes on. */
export interface FoldRun {
  /** Results of an earlier, interrupted call with the same arguments: they are not learned again. */
  readonly known?: readonly FoldResult[];
  readonly onResult?: (result: FoldResult) => void;
  readonly signal?: AbortSignal;
}

/**
 * Let every rival learn and be tested on every fold: folds of users, or moments of a rolling evaluation.
 *
 * A rival is shown the fold without its test events (`withoutTest`), so that nothing it does can depend on them; then it is asked for them,
 * with all items as candidates and seen ones excluded. Each fold is checked for leaks.
 *
 * @param folds of `kFoldByUser` or `rollingTime`, with their sequences
 * @returns results in the order of folds and rivals; those until `signal` was raised
 * @throws RangeError when there is no fold, two rivals have one name, a fold asks fewer than 2 users, or a known result has another protocol
 * @throws InputError when a fold leaks
 * @source Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", IJCAI 1995 (folds); Tashman,
 *   "Out-of-sample Tests of Forecasting Accuracy: An Analysis and Review", International Journal of Forecasting 16(4), 2000 (rolling origin).
 */
export async function crossValidate(
  folds: readonly SplitSequences[],
  rivals: readonly Rival<FoldPlace>[],
  settings: FoldSettings,
  run: FoldRun = {},
): Promise<FoldResult[]> {
  if (folds.length === 0) throw new RangeError('crossValidate: there are no folds');
  expectDistinct('crossValidate', rivals);
  const results: FoldResult[] = [];
  for (const [fold, split] of folds.entries()) {
    for (const rival of rivals) {
      const result = await foldResult(rival, split, fold, settings, run);
      if (!result) return results;
      results.push(result);
    }
  }
  return results;
}

/**
 * One rival on one fold of `crossValidate`.
 *
 * @returns null when it was stopped before the fold was finished
 * @throws as `crossValidate`
 * @source Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", IJCAI 1995.
 */
export async function foldResult(
  rival: Rival<FoldPlace>,
  split: SplitSequences,
  fold: number,
  settings: FoldSettings,
  { known = [], onResult, signal }: FoldRun = {},
): Promise<FoldResult | null> {
  expectNoLeak(split.sequences, split);
  if (signal?.aborted) return null;
  const { seed, events = 'last' } = settings;
  const { name } = rival;
  const earlier = known.find((own) => own.name === name && own.fold === fold && own.seed === seed);
  if (earlier) {
    expectSameFold(earlier, split, settings);
    return earlier;
  }
  const { scorer, epoch, loss, dispose } = await rival.learn(withoutTest(split), { fold, seed });
  try {
    if (signal?.aborted) return null;
    const { users, ranks } = evaluateRanking(scorer, split, 'test', { events });
    const result = {
      name,
      fold,
      seed,
      learnedFrom: split.trainEnds.filter((end, user) => end > split.trainStarts[user]!).length,
      users: [...users],
      ranks: [...ranks],
      epoch,
      metrics: rankingMetrics(ranks, [10], { ...protocolOf(split, settings), loss: loss ?? null, seed }),
    };
    onResult?.(result);
    return result;
  } finally {
    dispose?.();
  }
}

const protocolOf = (split: SplitSequences, { source, cut, events = 'last' }: FoldSettings): Protocol =>
  rankingProtocol(split, source, { which: 'test', events, cut, loss: null, seed: null });

function expectSameFold({ name, fold, metrics }: FoldResult, split: SplitSequences, to: FoldSettings): void {
  const [difference] = protocolDifferences(metrics[0]!.protocol, protocolOf(split, to));
  if (difference !== undefined)
    throw new RangeError(
      `crossValidate: the known result of '${name}' in fold ${fold} is of another protocol (${difference})`,
    );
}

/** @throws RangeError when two rivals have one name */
export function expectDistinct(caller: string, rivals: readonly { readonly name: string }[]): void {
  if (new Set(rivals.map(({ name }) => name)).size < rivals.length)
    throw new RangeError(`${caller}: two rivals have one name`);
}
