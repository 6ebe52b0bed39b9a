import { ranksUnder, tiedShare, type TargetStanding, type TieRule } from '../nn/rank';
import { standAmong } from '../nn/rank-among';
import { rankBatch } from '../nn/rank-batch';
import type { HistoryContext } from '../preprocessing/side/side-columns';
import type { SampledCandidates } from './sample-candidates';
import type { Scorer } from './scorer';
import { standByFactors } from './stand-by-factors';

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
  /** Samples of items among which the target is ranked beside, from the same scores. Default none. */
  readonly sampled?: readonly SampledCandidates[];
  /** Users scored at once: only memory and speed depend on it. Default 256. */
  readonly batchSize?: number;
}

/** Where the targets stand, and what a reader needs to know about how that was measured. */
export interface RankedTargets {
  /** 1-based, one a user; ends in .5 only under averaged ties. */
  readonly ranks: Float64Array;
  /** What the ranks come from: `ranksUnder` makes those of any tie rule. */
  readonly standing: TargetStanding;
  /** The same among each sample, in the order asked for. */
  readonly sampled: readonly { readonly name: string; readonly standing: TargetStanding }[];
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
 * Seen items are the history; a target that is in the history stays a candidate. Samples are ranked in the same pass over the scores. Of
 * many scores that are dot products, with neither lists nor samples asked for, only the counts are made (`standByFactors`): two candidates
 * whose scores differ in the last bits may then stand the other way round than in a list.
 *
 * @throws RangeError when there are no users, or not as many targets or samples as histories
 * @throws Error naming row (within its batch) and item when a candidate's score is not finite
 */
export function rankWithScorer(
  scorer: Scorer,
  { histories, targets, contexts }: RankQuestion,
  { seenItems, ties = 'index', listLength = 0, sampled = [], batchSize = 256 }: RankOptions,
): RankedTargets {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`rankWithScorer: batchSize must be a whole number from 1, got ${batchSize}`);
  }
  const N = targets.length;
  if (N === 0 || histories.length !== N) {
    throw new RangeError(`rankWithScorer: ${histories.length} histories and ${N} targets`);
  }
  for (const { name, items } of sampled) {
    if (items.length !== N) {
      throw new RangeError(`rankWithScorer: '${name}' has candidates for ${items.length} of ${N} targets`);
    }
  }
  const lists: Int32Array[] = [];
  const standing = emptyStanding(N);
  const among = sampled.map(({ name, items }) => ({ name, items, standing: emptyStanding(N) }));
  const none = new Int32Array(0);
  const excluded = seenItems === 'excluded' ? histories : histories.map(() => none);
  const needsScores = listLength > 0 || sampled.length > 0;
  const left = needsScores
    ? Int32Array.from(targets.keys())
    : standByFactors(scorer, { histories, targets, contexts, excluded, batchSize }, standing);
  for (let start = 0; start < left.length; start += batchSize) {
    const users = left.subarray(start, start + batchSize);
    const of = <T>(each: readonly T[]): T[] => Array.from(users, (user) => each[user]!);
    const wanted = users.map((user) => targets[user]!);
    const scores_NV = scorer.score(of(histories), contexts && of(contexts));
    try {
      const ranked = rankBatch(scores_NV, wanted, of(excluded), listLength);
      setStanding(standing, ranked.standing, users);
      for (const { items, standing: own } of among) {
        setStanding(own, standAmong(scores_NV, wanted, of(items)), users);
      }
      lists.push(...ranked.lists);
    } finally {
      scores_NV.dispose();
    }
  }
  const repeats = histories.reduce(
    (count, history, user) => count + Number(history.includes(targets[user]!)),
    0,
  );
  return {
    ranks: ranksUnder(standing, ties),
    standing,
    sampled: among.map(({ name, standing: own }) => ({ name, standing: own })),
    lists,
    tiedShare: tiedShare(standing),
    repeatShare: repeats / N,
  };
}

function emptyStanding(N: number): TargetStanding {
  return { larger: new Int32Array(N), tied: new Int32Array(N), tiedBefore: new Int32Array(N) };
}

function setStanding(whole: TargetStanding, part: TargetStanding, users: Int32Array): void {
  for (const [row, user] of users.entries()) {
    whole.larger[user] = part.larger[row]!;
    whole.tied[user] = part.tied[row]!;
    whole.tiedBefore[user] = part.tiedBefore[row]!;
  }
}
