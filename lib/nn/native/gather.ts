import * as tf from '@tensorflow/tfjs';
import { executeNative, intAttribute, typeAttribute } from './execute';

/** Rows by index along the first axis, without tfjs's bounds check, which reads all indices back to JavaScript. */
export function gatherNative(table: tf.Tensor, indices: tf.Tensor): tf.Tensor {
  return executeNative(
    'GatherV2',
    [
      intAttribute('batch_dims', 0),
      typeAttribute('Tparams'),
      typeAttribute('Tindices', 'int32'),
      typeAttribute('Taxis', 'int32'),
    ],
    [table, indices, tf.scalar(0, 'int32')],
    1,
  )[0]!;
}

/** The sum of rows by segment, `[numSegments, D]`; a row with a negative segment is left out. */
export function segmentSumNative(rows_LD: tf.Tensor, segments_L: tf.Tensor, numSegments: number): tf.Tensor {
  return executeNative(
    'UnsortedSegmentSum',
    [typeAttribute('T'), typeAttribute('Tindices', 'int32'), typeAttribute('Tnumsegments', 'int32')],
    [rows_LD, segments_L, tf.scalar(numSegments, 'int32')],
    1,
  )[0]!;
}

/** Single numbers of a float32 tensor by their places, `[P, rank]`. */
export function gatherPlaces(x: tf.Tensor, places: tf.Tensor): tf.Tensor1D {
  const types = [typeAttribute('Tparams'), typeAttribute('Tindices', 'int32')];
  return executeNative('GatherNd', types, [x, places], 1)[0] as tf.Tensor1D;
}
