import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { meanLogSumExp } from '../nn/mean-log-sum-exp';
import { takeRows } from '../nn/take-rows';

/** Weights that turn a user's vector into scores of the items; not needed after training. */
export interface ReconstructionParams {
  /** `[V, D + 1]`: of each item a vector, and last what it scores with everybody. */
  readonly decoder: tf.Variable<tf.Rank.R2>;
}

/** Draw them: vectors normal with a standard deviation of 1/sqrt(D). */
export function initReconstruction(numItems: number, width: number, rng: Rng): ReconstructionParams {
  const draw = rng.child('decoder');
  const table = Float32Array.from({ length: numItems * (width + 1) }, (_, place) =>
    place % (width + 1) === width ? 0 : draw.normal() / Math.sqrt(width),
  );
  return { decoder: weight<tf.Rank.R2>(table, [numItems, width + 1]) };
}

/** Which items each user's vector is asked for, as a list. */
export interface AskedItems {
  /** Row of the user's vector. */
  readonly rows: Int32Array;
  /** Item index from 1. */
  readonly items: Int32Array;
  /** What each counts: together 1. */
  readonly shares: Float32Array;
}

/**
 * List the items that each user's vector is asked for; every user counts the same, however many items there are.
 *
 * @param wanted     one list a user; items of index 0 and empty lists are not asked for
 * @param listLength length of the list, filled up with entries that count nothing
 * @throws RangeError when there are more items than `listLength`
 */
export function prepareReconstruction(wanted: readonly Int32Array[], listLength: number): AskedItems {
  const own = wanted.map((items) => items.filter((item) => item > 0));
  const count = own.reduce((sum, { length }) => sum + length, 0);
  if (count > listLength) {
    throw new RangeError(`prepareReconstruction: ${count} items do not fit into a list of ${listLength}`);
  }
  const users = own.filter(({ length }) => length > 0).length;
  const rows = new Int32Array(listLength);
  const items = new Int32Array(listLength).fill(1);
  const shares = new Float32Array(listLength);
  let next = 0;
  for (const [row, asked] of own.entries()) {
    for (const item of asked) {
      rows[next] = row;
      items[next] = item;
      shares[next] = 1 / (users * asked.length);
      next += 1;
    }
  }
  return { rows, items, shares };
}

/**
 * Learn by asking one vector of a user for all items of another part of the user's history, in any order.
 *
 * A softmax over all items must give the items of the list: the multinomial likelihood of variational autoencoders for
 * recommendation. Asked of the part that the vector was not made of, it cannot be answered by copying.
 *
 * @param user_ND one vector a user
 * @param asked           `rows_L`, `items_L` (int32) and `shares_L` of `prepareReconstruction`
 * @returns mean over users of the mean over their items, in nats; scores that say nothing give log(V - 1)
 * @source Liang et al., "Variational Autoencoders for Collaborative Filtering", WWW 2018, eq. 2.
 * @differs The items are those of the other view and not of the input; each user counts 1 and not by the number of items; no latent
 *   variable. Row 0 of the decoder (padding) is no candidate.
 */
export function reconstruction(
  params: ReconstructionParams,
  user_ND: tf.Tensor2D,
  {
    rows_L,
    items_L,
    shares_L,
  }: {
    readonly rows_L: tf.Tensor1D;
    readonly items_L: tf.Tensor1D;
    readonly shares_L: tf.Tensor1D;
  },
): tf.Scalar {
  return tf.tidy(() => {
    const N = user_ND.shape[0];
    const asking: tf.Tensor2D = tf.concat([user_ND, tf.fill([N, 1], 1)], 1);
    const candidates: tf.Tensor2D = tf.slice(params.decoder, [1, 0], [-1, -1]);
    const shares_N = tf.unsortedSegmentSum<tf.Tensor1D>(shares_L, rows_L, N);
    const anyItem = meanLogSumExp(asking, candidates, shares_N);
    const chosen = takeRows(candidates, tf.sub<tf.Tensor1D>(items_L, tf.scalar(1, 'int32')));
    const right_L = tf.sum(tf.mul(takeRows(asking, rows_L), chosen), 1);
    return tf.sub(anyItem, tf.sum(tf.mul(right_L, shares_L)));
  });
}
