import type { Rng } from '../../base/random';
import { padBatch } from '../../preprocessing/padded-batch';
import type { BatchTensors } from '../../training/batch-tensors';
import type { Objective } from './objective';

/** Users of a step, by their places among those who are learned from. */
export interface DrawnUsers {
  readonly users: Int32Array;
}

/** How users become the batches of a training. */
export type UserBatches = Pick<Objective<DrawnUsers>, 'batches' | 'inputs' | 'weight'> & {
  /** N: rows of every batch. */
  readonly rows: number;
};

/**
 * The batches of whole users: each user once an epoch, with the latest events that a model reads.
 *
 * Inputs are `items_BT`, `isReal_BT` and `weights_N`; the last batch is filled up with rows that count nothing.
 *
 * @param histories item indices, oldest first, at least one history
 */
export function userBatches(
  histories: readonly Int32Array[],
  { length, batchSize }: { readonly length: number; readonly batchSize: number },
  rng: Rng,
): UserBatches {
  const rows = Math.min(batchSize, histories.length);
  const longest = histories.reduce((most, own) => Math.max(most, own.length), 1);
  const T = Math.min(length, longest);
  return {
    rows,
    batches: (epoch, round = 0) => {
      const order = rng.child('epoch', epoch, 'round', round).shuffle(Int32Array.from(histories.keys()));
      return Array.from({ length: Math.ceil(order.length / rows) }, (_, batch) => ({
        users: order.slice(batch * rows, (batch + 1) * rows),
      }));
    },
    inputs: ({ users }): BatchTensors => {
      const read = Array.from({ length: rows }, (_, row) => histories[users[row] ?? -1] ?? new Int32Array(0));
      const { items, isReal } = padBatch(read, T);
      return {
        items_BT: { values: items, shape: [rows, T] },
        isReal_BT: { values: isReal, shape: [rows, T] },
        weights_N: { values: new Float32Array(rows).fill(1, 0, users.length), shape: [rows] },
      };
    },
    weight: ({ users }) => users.length,
  };
}
