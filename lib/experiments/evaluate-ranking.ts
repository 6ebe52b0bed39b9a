import { ndcg } from '../evaluation/ndcg';
import { rankingMetrics } from '../evaluation/ranking-metrics';
import type { MetricValue, Protocol } from '../evaluation/protocol';
import { history, target, type LeaveOneOut } from '../preprocessing/leave-one-out';
import { rankWithScorer, type RankQuestion } from '../recommendation/rank-with-scorer';
import type { Scorer } from '../recommendation/scorer';

/** Where each evaluated user's held-out item stands among all items. */
export interface RankingEvaluation {
  readonly which: 'validation' | 'test';
  /** Row of each evaluated user in the split's sequences. */
  readonly users: Int32Array;
  /** Item index held out. */
  readonly targets: Int32Array;
  /** From 1, under (score descending, item index ascending). */
  readonly ranks: Int32Array;
  /** The best items of each user in that order, when asked for. */
  readonly top: readonly Int32Array[];
  readonly ndcg10: number;
  /** Share of users whose target ties with another candidate: how much the tie rule decides. */
  readonly tiedShare: number;
  /** Share of users whose target is an item they had used before. */
  readonly repeatShare: number;
}

/**
 * Rank every user's held-out item among all items they have not used before.
 *
 * Full ranking, no sampling. Seen items are no candidates, but the target is, also when it is a repeat. The history
 * before the test item includes the validation item.
 *
 * With `topN`, so many of the best items are kept for each user; 0 keeps none.
 *
 * @source Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020: why the ranking is full.
 */
export function evaluateRanking(
  scorer: Scorer,
  split: LeaveOneOut,
  which: 'validation' | 'test',
  { topN = 0 }: { readonly topN?: number } = {},
): RankingEvaluation {
  const question = heldOut(split, which);
  const ranked = rankWithScorer(scorer, question, {
    seenItems: 'excluded',
    ties: 'index',
    listLength: topN,
  });
  return {
    which,
    users: split.users,
    targets: question.targets,
    ranks: Int32Array.from(ranked.ranks),
    top: ranked.lists,
    ndcg10: ndcg(ranked.ranks, 10),
    tiedShare: ranked.tiedShare,
    repeatShare: ranked.repeatShare,
  };
}

/** What each evaluated user did before the held-out item, and that item. */
export function heldOut(split: LeaveOneOut, which: 'validation' | 'test'): RankQuestion {
  return {
    histories: Array.from(split.users, (user) => history(split, user, which)),
    targets: Int32Array.from(split.users, (user) => target(split, user, which)),
  };
}

/** Name everything that an evaluation by `evaluateRanking` fixes. `cut` says what was removed before the split. */
export function rankingProtocol(
  split: LeaveOneOut,
  data: { readonly name: string; readonly sha256: string },
  {
    which,
    cut,
    loss,
    seed,
  }: Pick<Protocol, 'cut' | 'loss' | 'seed'> & { readonly which: 'validation' | 'test' },
): Protocol {
  return {
    data: {
      name: data.name,
      sha256: data.sha256,
      users: split.sequences.userIds.length,
      items: split.sequences.vocabulary.itemIds.length - 1,
      events: split.sequences.items.length,
    },
    cut,
    split: 'leave-one-out, equal times in file order',
    target: which,
    candidates: 'full',
    seenItems: 'excluded',
    ties: 'index',
    loss,
    seed,
  };
}

/** HR, NDCG at 5, 10 and 20 and MRR of an evaluation, each with its protocol. */
export function metricsOf(evaluation: RankingEvaluation, protocol: Protocol): MetricValue[] {
  return rankingMetrics(evaluation.ranks, [5, 10, 20], protocol);
}
