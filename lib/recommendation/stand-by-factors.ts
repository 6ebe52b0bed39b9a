import * as tf from '@tensorflow/tfjs';
import { compileStanding, standingBlock, standingRows } from '../nn/graph/compile-standing';
import { keepLast } from '../base/keep-last';
import { hasNativeOps } from '../nn/native/execute';
import type { TargetStanding } from '../nn/rank';
import {
  candidateVectors,
  fewScores,
  largest,
  mostInBlock,
  userVectors,
  type FactorUsers,
} from './factor-vectors';
import type { Scorer } from './scorer';

/** Whom to find what for. */
export interface FactorQuestion extends FactorUsers {
  readonly targets: Int32Array;
  /** Item indices that are no candidates, one list a user. */
  readonly excluded: readonly Int32Array[];
}

/** Room below the largest float32 for sums in any order. */
const largestScore = 1e38;

const graphFor = keepLast(compileStanding);

/**
 * Find where targets stand from the vectors behind the scores, where there are so many scores that this is faster.
 *
 * @param standing filled in for the users that it is sure about
 * @returns the users to rank by their scores: those whose target ties, or whose scores may not be finite; all where this way is closed (few
 *   scores, none by dot product, WebAssembly, an item that is none)
 */
export function standByFactors(
  scorer: Scorer,
  question: FactorQuestion,
  standing: TargetStanding,
): Int32Array {
  const { targets, excluded } = question;
  const all = Int32Array.from(targets.keys());
  if (!scorer.factors || !hasNativeOps() || targets.length * scorer.numItems < fewScores) return all;
  const isItem = (item: number): boolean => item >= 0 && item < scorer.numItems;
  if (!targets.every((item) => isItem(item) && item > 0) || !excluded.every((own) => own.every(isItem)))
    return all;
  return tf.tidy(() => {
    const item_CD = candidateVectors(scorer, question);
    const largestItem = largest(item_CD);
    const [numCandidates, width] = item_CD.shape;
    const mostExcluded = mostInBlock(excluded, standingBlock);
    const left: number[] = [];
    for (let start = 0; start < targets.length; start += standingRows) {
      const end = Math.min(targets.length, start + standingRows);
      tf.tidy(() => {
        const user_ND = userVectors(scorer, question, start, end);
        if (!(width * largest(user_ND) * largestItem < largestScore)) {
          left.push(...all.subarray(start, end));
          return;
        }
        const graph = graphFor({ numCandidates, width, mostExcluded });
        const found = graph.stand(user_ND, item_CD, targets.subarray(start, end), excluded.slice(start, end));
        standing.larger.set(found.standing.larger, start);
        for (const row of found.unsure) left.push(start + row);
      });
    }
    return Int32Array.from(left);
  });
}
