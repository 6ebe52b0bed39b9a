import * as tf from '@tensorflow/tfjs';
import { hasNativeOps } from './native/execute';
import { gatherNative, segmentSumNative } from './native/gather';

/**
 * Look up one vector for each index.
 *
 * Index 0 is padding: its row of the table never receives a gradient, so a row that starts at zero stays zero.
 *
 * @param table_VD one vector an item; row 0 is padding
 * @param indices  int32, any shape, each from 0 to V-1
 * @returns the shape of `indices` with the width D added at the end
 * @throws Error from the backend when an index lies outside the table; on a GPU TensorFlow gives zeros instead
 */
export function embedding(table_VD: tf.Tensor2D, indices: tf.Tensor): tf.Tensor {
  return hasNativeOps() ? embeddingFused(table_VD, indices) : embeddingPlain(table_VD, indices);
}

/** `embedding` with one native op forward (no bounds check in JavaScript) and one backward. */
export function embeddingFused(table_VD: tf.Tensor2D, indices: tf.Tensor): tf.Tensor {
  const [V, D] = table_VD.shape;
  const lookUp = tf.customGrad((...args) => {
    const table = args[0] as tf.Tensor;
    const save = args[1] as unknown as (tensors: tf.Tensor[]) => void;
    save([indices]);
    const value = gatherNative(table, indices);
    const gradFunc = (upstream: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const flat = tf.reshape(saved[0]!, [-1]);
      // UnsortedSegmentSum leaves out negative segments: padding adds to no row.
      const segments = tf.sub(flat, tf.cast(tf.equal(flat, 0), 'int32'));
      return segmentSumNative(tf.reshape(upstream, [-1, D]), segments, V);
    };
    return { value, gradFunc };
  });
  return tf.tidy(() => lookUp(table_VD));
}

/** `embedding` by tfjs's own functions: the reference in tests and the way on wasm. */
export function embeddingPlain(table_VD: tf.Tensor2D, indices: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const rows = tf.gather(table_VD, indices);
    const isReal = tf.cast(tf.notEqual(indices, 0), 'float32');
    const kept = tf.mul(rows, tf.expandDims(isReal, -1));
    // Padding shows its own row, but outside the gradient.
    const padding = tf.mul(tf.slice(table_VD, [0, 0], [1, -1]), tf.expandDims(tf.sub(1, isReal), -1));
    return tf.add(kept, withoutGradient(padding));
  });
}

const withoutGradient = (x: tf.Tensor): tf.Tensor =>
  tf.customGrad((value) => ({
    value: tf.clone(value as tf.Tensor),
    gradFunc: () => tf.zerosLike(value as tf.Tensor),
  }))(x);
