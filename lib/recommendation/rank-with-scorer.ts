import { ranksUnder, type TieRule } from '../nn/rank';
import { rankBatch } from '../nn/rank-batch';
import type { HistoryContext } from '../preprocessing/side/side-columns';
import type { Scorer } from './scorer';

/** What a scorer is asked to find. */
export interface RankQuestion {
  /** Item indices of each user's past events, oldest first. */
  readonly histories: readonly Int32Array[];
  /** The item that followed, one a user. */
  readonly targets: Int32Array;
  /** What else is known of each history, where the sequences have it. */
  readonly contexts?: readonly HistoryContext[];
}

export interface RankOptions {
  readonly seenItems: 'excluded' | 'included';
  /** Default 'index'. */
  readonly ties?: TieRule;
  /** Length of the lists returned beside the ranks; 0 for none. Default 0. */
  readonly listLength?: number;
  /** Users scored at once: only memory and speed depend on it. Default 256. */
  readonly batchSize?: number;
}

/** Where the targets stand, and what a reader needs to know about how that was measured. */
export interface RankedTargets {
  /** 1-based, one a user; ends in .5 only under averaged ties. */
  readonly ranks: Float64Array;
  /** The best items of each user in the same order as the ranks; a seen target stays in. */
  readonly lists: Int32Array[];
  /** Share of users whose target ties with another candidate. */
  readonly tiedShare: number;
  /** Share of users whose target is an item they had used before. */
  readonly repeatShare: number;
}

/**
 * Rank each user's target among all items with one scorer, in batches.
 *
 * Seen items are the history; a target that is in the history stays a candidate.
 *
 * @throws RangeError when there are no users, or not as many targets as histories
 * @throws Error naming row (within its batch) and item when a candidate's score is not finite
 */
export function rankWithScorer(
  scorer: Scorer,
  { histories, targets, contexts }: RankQuestion,
  { seenItems, ties = 'index', listLength = 0, batchSize = 256 }: RankOptions,
): RankedTargets {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`rankWithScorer: batchSize must be a whole number from 1, got ${batchSize}`);
  }
  const N = targets.length;
  if (N === 0 || histories.length !== N) {
    throw new RangeError(`rankWithScorer: ${histories.length} histories and ${N} targets`);
  }
  const ranks = new Float64Array(N);
  const lists: Int32Array[] = [];
  let tied = 0;
  for (let start = 0; start < N; start += batchSize) {
    const batch = histories.slice(start, start + batchSize);
    const wanted = targets.subarray(start, start + batch.length);
    const excluded = seenItems === 'excluded' ? batch : batch.map(() => new Int32Array(0));
    const scores_NV = scorer.score(batch, contexts?.slice(start, start + batchSize));
    try {
      const ranked = rankBatch(scores_NV, wanted, excluded, listLength);
      ranks.set(ranksUnder(ranked.standing, ties), start);
      for (const count of ranked.standing.tied) if (count > 0) tied++;
      lists.push(...ranked.lists);
    } finally {
      scores_NV.dispose();
    }
  }
  const repeats = histories.reduce(
    (count, history, user) => count + Number(history.includes(targets[user]!)),
    0,
  );
  return { ranks, lists, tiedShare: tied / N, repeatShare: repeats / N };
}
