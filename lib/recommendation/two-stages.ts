import * as tf from '@tensorflow/tfjs';
import { topItems } from '../nn/rank';
import type { HistoryContext } from '../preprocessing/side/side-columns';
import type { Scorer } from './scorer';

/**
 * Scores of some items for each history: the second stage, that may be slow because it is asked about few.
 *
 * @param candidates of each history, best first by the first stage
 * @returns one score a candidate, higher is better
 */
export type CandidateRanker = (
  histories: readonly Int32Array[],
  candidates: readonly Int32Array[],
  contexts?: readonly HistoryContext[],
) => readonly ArrayLike<number>[];

/** Who finds, how many, and who puts in order. */
export interface TwoStagesOptions {
  readonly retrieve: Scorer;
  readonly rank: CandidateRanker;
  /** Items that the first stage hands on; fewer where a user has used almost everything. */
  readonly numCandidates: number;
  /** Whether what a user had used before may be a candidate; default `excluded`. */
  readonly seenItems?: 'excluded' | 'included';
}

/**
 * Recommend in two stages: a quick recommender finds candidates among all items, another puts them in order.
 *
 * The candidates stand first, in the order of the second stage, equal scores in the order of the first; behind them stand all other items
 * in the order of the first. So what the first stage misses keeps the place that it had, or a later one. Scores are places, not probabilities.
 *
 * @throws RangeError when `numCandidates` is no whole number from 1, the second stage does not answer once a candidate, or an answer is NaN
 * @source Covington, Adams & Sargin, "Deep Neural Networks for YouTube Recommendations", RecSys 2016, section 2.
 */
export function twoStages(name: string, options: TwoStagesOptions): Scorer {
  const { retrieve, rank, numCandidates, seenItems = 'excluded' } = options;
  if (!(Number.isInteger(numCandidates) && numCandidates >= 1)) {
    throw new RangeError(`twoStages: numCandidates must be a whole number from 1, got ${numCandidates}`);
  }
  const { numItems } = retrieve;
  return {
    name,
    numItems,
    score: (histories, contexts) => {
      const scores_NV = retrieve.score(histories, contexts);
      const taken = seenItems === 'excluded' ? histories : histories.map(() => new Int32Array(0));
      const candidates = topItems(scores_NV, Math.min(numCandidates, numItems - 1), taken).items;
      const scores = scores_NV.dataSync<'float32'>();
      scores_NV.dispose();
      const answers = rank(histories, candidates, contexts);
      const placed = new Float32Array(histories.length * numItems);
      for (const [row, found] of candidates.entries()) {
        const order = inOrder(found, answers[row]);
        const own = placed.subarray(row * numItems, (row + 1) * numItems);
        const all = allInOrder(scores.subarray(row * numItems, (row + 1) * numItems));
        for (const [place, item] of all.entries()) own[item] = numItems - place;
        for (const [place, item] of order.entries()) own[item] = 2 * numItems - place;
      }
      return tf.tensor2d(placed, [histories.length, numItems]);
    },
  };
}

/** A second stage that asks a recommender, and reads the candidates out of its answer. */
export function rankedBy(scorer: Scorer): CandidateRanker {
  return (histories, candidates, contexts) => {
    const scores_NV = scorer.score(histories, contexts);
    const scores = scores_NV.dataSync();
    scores_NV.dispose();
    return candidates.map((items, row) =>
      Float32Array.from(items, (item) => scores[row * scorer.numItems + item]!),
    );
  };
}

/** All items but padding by their scores, equal ones by index. A list of them all by `topItems` takes time with the square of their number. */
function allInOrder(scores: Float32Array): Int32Array {
  const items = Int32Array.from({ length: scores.length - 1 }, (_, at) => at + 1);
  return items.sort((one, other) => scores[other]! - scores[one]! || one - other);
}

/** Candidates by their scores, equal ones as they stood. */
function inOrder(candidates: Int32Array, scores: ArrayLike<number> | undefined): Int32Array {
  if (scores?.length !== candidates.length) {
    throw new RangeError(`twoStages: ${candidates.length} candidates have ${scores?.length ?? 'no'} scores`);
  }
  const places = Array.from(candidates, (_, place) => place);
  const wrong = places.find((place) => Number.isNaN(scores[place]!));
  if (wrong !== undefined) throw new RangeError(`twoStages: the score of item ${candidates[wrong]} is NaN`);
  places.sort((one, other) => scores[other]! - scores[one]! || one - other);
  return Int32Array.from(places, (place) => candidates[place]!);
}
