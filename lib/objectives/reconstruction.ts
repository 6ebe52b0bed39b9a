import * as tf from '@tensorflow/tfjs';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import type { Rng } from '../base/random';
import { meanLogSumExp } from '../nn/mean-log-sum-exp';
import { takeRows } from '../nn/take-rows';

/** Weights between a user's vector and the scores of the items; not needed after training. */
export interface ReconstructionParams {
  readonly project: LinearParams; // kernel [D, D], bias [D]
}

/** Draw them. */
export const initReconstruction = (width: number, rng: Rng): ReconstructionParams => ({
  project: initLinear(width, width, rng.child('project')),
});

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
 * @param user_ND         one vector a user
 * @param itemEmbedding_VD one vector an item; row 0 (padding) is no candidate
 * @param asked           `rows_L`, `items_L` (int32) and `shares_L` of `prepareReconstruction`
 * @returns mean over users of the mean over their items, in nats; scores that say nothing give log(V - 1)
 * @source Liang et al., "Variational Autoencoders for Collaborative Filtering", WWW 2018, eq. 2.
 * @differs The items are those of the other view and not of the input; each user counts 1 and not by the number of items; a linear
 *   layer and the item table of the encoder instead of a decoder; no latent variable.
 */
export function reconstruction(
  params: ReconstructionParams,
  user_ND: tf.Tensor2D,
  itemEmbedding_VD: tf.Tensor2D,
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
    const asking_ND = linear(params.project, user_ND);
    const candidates: tf.Tensor2D = tf.slice(itemEmbedding_VD, [1, 0], [-1, -1]);
    const shares_N = tf.unsortedSegmentSum<tf.Tensor1D>(shares_L, rows_L, N);
    const anyItem = meanLogSumExp(asking_ND, candidates, shares_N);
    const chosen_LD = takeRows(candidates, tf.sub<tf.Tensor1D>(items_L, tf.scalar(1, 'int32')));
    const right_L = tf.sum(tf.mul(takeRows(asking_ND, rows_L), chosen_LD), 1);
    return tf.sub(anyItem, tf.sum(tf.mul(right_L, shares_L)));
  });
}
