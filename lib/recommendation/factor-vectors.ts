import * as tf from '@tensorflow/tfjs';
import type { HistoryContext } from '../preprocessing/side/side-columns';
import type { Scorer } from './scorer';

/** Whose vectors are asked for. */
export interface FactorUsers {
  readonly histories: readonly Int32Array[];
  readonly contexts?: readonly HistoryContext[] | undefined;
  /** Users encoded at once. */
  readonly batchSize: number;
}

/** Below this many scores the graph would take longer to compile (.3 s) than it saves (1.5 ns a score). */
export const fewScores = 1e8;

/** Of all items but padding. */
export function candidateVectors(scorer: Scorer, { histories, contexts }: FactorUsers): tf.Tensor2D {
  return tf.tidy(() => {
    const { item_VD } = scorer.factors!(histories.slice(0, 1), contexts?.slice(0, 1));
    return tf.slice(item_VD, [1, 0], [item_VD.shape[0] - 1, item_VD.shape[1]]);
  });
}

/** Of some users, encoded in batches. */
export function userVectors(
  scorer: Scorer,
  { histories, contexts, batchSize }: FactorUsers,
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

/** The largest number, whatever its sign. */
export const largest = (vectors: tf.Tensor2D): number =>
  tf.tidy(() => tf.max(tf.abs(vectors)).dataSync()[0]!);

/** The most excluded items of so many users in a row, as a power of two, so that the same graph serves another split of the same log. */
export function mostInBlock(excluded: readonly Int32Array[], block: number): number {
  let most = 1;
  for (let start = 0; start < excluded.length; start += block) {
    const inBlock = excluded.slice(start, start + block).reduce((sum, own) => sum + own.length, 0);
    most = Math.max(most, inBlock);
  }
  return 2 ** Math.ceil(Math.log2(most));
}
