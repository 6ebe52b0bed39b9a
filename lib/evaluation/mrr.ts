import { expectRanks } from './ranks';

/**
 * MRR: the mean of 1 / rank over users, with no limit on the length of the list.
 *
 * 1 when every target comes first, 1/2 when every target comes second.
 *
 * @param ranks 1-based places of the targets, one a user (`nn/rank`)
 * @throws RangeError when there are no ranks, or one is not a finite number from 1
 * @source Voorhees, "The TREC-8 Question Answering Track Report", TREC 1999
 */
export function mrr(ranks: ArrayLike<number>): number {
  expectRanks('mrr', ranks);
  let sum = 0;
  for (let user = 0; user < ranks.length; user++) sum += 1 / ranks[user]!;
  return sum / ranks.length;
}
