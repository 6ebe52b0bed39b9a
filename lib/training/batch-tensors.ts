import * as tf from '@tensorflow/tfjs';
import type { TensorRecord } from '../nn/graph/recording';

/** Numbers of a batch with their shape, before they go to the device: int32 or float32 by the kind of array. */
export interface BatchTensor {
  readonly values: Int32Array | Float32Array;
  readonly shape: readonly number[];
}

/** What a loss reads of a batch, by name. */
export type BatchTensors = Readonly<Record<string, BatchTensor>>;

/** Copy a batch to the device. The caller disposes the tensors. */
export function uploadBatch(batch: BatchTensors): TensorRecord {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { values, shape }]) => [
      name,
      tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );
}

/** The shapes of a batch as text: batches with the same text run through the same recorded step. */
export const batchShape = (batch: BatchTensors): string =>
  Object.entries(batch)
    .map(([name, { shape }]) => `${name}[${shape.join(',')}]`)
    .sort()
    .join(' ');
