import * as tf from '@tensorflow/tfjs';
import {
  compileStanding,
  standingBlock,
  standingRows,
  type CompiledStanding,
  type StandingShape,
} from '../nn/graph/compile-standing';
import { hasNativeOps } from '../nn/native/execute';
import type { TargetStanding } from '../nn/rank';
import type { HistoryContext } from '../preprocessing/side/side-columns';
import type { Scorer } from './scorer';

/** Whom to find what for. */
export interface FactorQuestion {
  readonly histories: readonly Int32Array[];
  readonly targets: Int32Array;
  readonly contexts?: readonly HistoryContext[] | undefined;
  /** Item indices that are no candidates, one list a user. */
  readonly excluded: readonly Int32Array[];
  /** Users encoded at once. */
  readonly batchSize: number;
}

/** Below this many scores the graph would take longer to compile (.3 s) than it saves (1.5 ns a score). */
export const fewScores = 1e8;

/** Room below the largest float32 for sums in any order. */
const largestScore = 1e38;

/** The graph of the last shape: whoever ranks twice most often ranks the same catalogue. */
let kept: { readonly key: string; readonly graph: CompiledStanding } | undefined;

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
    const mostExcluded = mostInBlock(excluded);
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

/** Of all items but padding. */
function candidateVectors(scorer: Scorer, { histories, contexts }: FactorQuestion): tf.Tensor2D {
  return tf.tidy(() => {
    const { item_VD } = scorer.factors!(histories.slice(0, 1), contexts?.slice(0, 1));
    return tf.slice(item_VD, [1, 0], [item_VD.shape[0] - 1, item_VD.shape[1]]);
  });
}

/** Of some users, encoded in batches. */
function userVectors(
  scorer: Scorer,
  { histories, contexts, batchSize }: FactorQuestion,
  start: number,
  end: number,
): tf.Tensor2D {
  const parts: tf.Tensor2D[] = [];
  for (let from = start; from < end; from += batchSize) {
    const to = Math.min(end, from + batchSize);
    parts.push(
      tf.tidy(() => tf.clone(scorer.factors!(histories.slice(from, to), contexts?.slice(from, to)).user_ND)),
    );
  }
  return tf.concat(parts);
}

const largest = (vectors: tf.Tensor2D): number => tf.tidy(() => tf.max(tf.abs(vectors)).dataSync()[0]!);

/** As a power of two, so that the same graph serves another split of the same log. */
function mostInBlock(excluded: readonly Int32Array[]): number {
  let most = 1;
  for (let start = 0; start < excluded.length; start += standingBlock) {
    const inBlock = excluded.slice(start, start + standingBlock).reduce((sum, own) => sum + own.length, 0);
    most = Math.max(most, inBlock);
  }
  return 2 ** Math.ceil(Math.log2(most));
}

function graphFor(shape: StandingShape): CompiledStanding {
  const key = JSON.stringify(shape);
  if (kept?.key !== key) {
    kept?.graph.dispose();
    kept = undefined;
    kept = { key, graph: compileStanding(shape) };
  }
  return kept.graph;
}
