import type * as tf from '@tensorflow/tfjs';
import { executeNative, typeAttribute } from './execute';

/** Add a vector to every row. */
export function biasAddNative(rows: tf.Tensor, bias_D: tf.Tensor): tf.Tensor {
  return executeNative('BiasAdd', [typeAttribute('T')], [rows, bias_D], 1)[0]!;
}

/** The sum of all rows, `[D]`: on a CPU four times as fast as the general sum over the first axes. */
export function biasAddGradNative(rows: tf.Tensor): tf.Tensor {
  return executeNative('BiasAddGrad', [typeAttribute('T')], [rows], 1)[0]!;
}
