import type { ItemSimilarity } from './item-similarity';
import type { RecommendedLists } from './list-metrics';
import { meanOfFirst } from './mean-of-first';

/**
 * Serendipity of each user's list: right, and not what was to be expected. The mean over the first `k` items of 1 - similarity to what
 * the user has used, counted for right items only.
 *
 * 0 where nothing is right, and where all that is right is just like the past. Similarity to the past is the mean over all its items, so
 * for a user of many tastes everything is somewhat unexpected. Whether anybody was delighted it does not know.
 *
 * @param recommended lists and right items; users without right items get 0
 * @param histories   item indices of each user's past, at least one
 * @param similarity  1 for the same, as `similarityByVectors`
 * @throws RangeError when lengths differ, a list is empty or names an item twice, or a user has no past
 * @source Zhang, Séaghdha, Quercia & Jambor, "Auralist: Introducing Serendipity into Music Recommendation", WSDM 2012 (unserendipity: the mean similarity to the history); times relevance as in Recommenders' `user_item_serendipity`.
 */
export function serendipityOfLists(
  { lists, relevant }: RecommendedLists,
  histories: readonly ArrayLike<number>[],
  k: number,
  similarity: ItemSimilarity,
): Float64Array {
  if (lists.length !== relevant.length || lists.length !== histories.length) {
    throw new RangeError(
      `serendipityOfLists: ${lists.length} lists, ${relevant.length} sets of right items and ${histories.length} histories`,
    );
  }
  const right = relevant.map((own) => new Set(own));
  return meanOfFirst('serendipityOfLists', lists, k, (item, user) => {
    const history = histories[user]!;
    if (history.length === 0) throw new RangeError(`serendipityOfLists: user ${user} has no past`);
    if (!right[user]!.has(item)) return 0;
    const alike = Array.from(history).reduce((sum, past) => sum + similarity(item, past), 0);
    return 1 - alike / history.length;
  });
}
