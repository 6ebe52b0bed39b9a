import * as tf from '@tensorflow/tfjs';
import { compileTopItems, topBlock, topRows } from '../nn/graph/compile-top-items';
import { keepLast } from '../base/keep-last';
import { hasNativeOps } from '../nn/native/execute';
import type { TopItems } from '../nn/rank';
import {
  candidateVectors,
  fewScores,
  largest,
  mostInBlock,
  userVectors,
  type FactorUsers,
} from './factor-vectors';
import type { Scorer } from './scorer';

/** Above this a score might be taken for that of no candidate. */
const largestScore = 1e29;

const graphFor = keepLast(compileTopItems);

/**
 * List the best items from the vectors behind the scores, where there are so many scores that this is faster.
 *
 * @param excluded item indices that are no candidates, one list a user
 * @returns null where this way is closed: few scores, none by dot product or perhaps not finite, WebAssembly, an item that is none
 */
export function topByFactors(
  scorer: Scorer,
  users: FactorUsers,
  excluded: readonly Int32Array[],
  n: number,
): TopItems | null {
  const { numItems } = scorer;
  const N = users.histories.length;
  if (!scorer.factors || !hasNativeOps() || N * numItems < fewScores || n >= numItems) return null;
  if (!excluded.every((own) => own.every((item) => item >= 0 && item < numItems))) return null;
  // Lists do not go through a tidy, which would look for tensors in every number of them.
  const lists: TopItems = { items: [], scores: [] };
  let areSmall = true;
  tf.tidy(() => {
    const item_CD = candidateVectors(scorer, users);
    const [numCandidates, width] = item_CD.shape;
    const largestItem = largest(item_CD);
    const graph = graphFor({ numCandidates, width, n, mostExcluded: mostInBlock(excluded, topBlock) });
    const items = graph.candidates(item_CD);
    for (let start = 0; areSmall && start < N; start += topRows) {
      const end = Math.min(N, start + topRows);
      tf.tidy(() => {
        const user_ND = userVectors(scorer, users, start, end);
        areSmall = width * largest(user_ND) * largestItem < largestScore;
        if (!areSmall) return;
        const own = graph.best(user_ND, items, excluded.slice(start, end));
        lists.items.push(...own.items);
        lists.scores.push(...own.scores);
      });
    }
  });
  return areSmall ? lists : null;
}
