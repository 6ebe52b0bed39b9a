import * as tf from '@tensorflow/tfjs';

/** The part of the wasm backend that a kernel needs; the package's own type hides nothing more from us. */
interface WasmHeap {
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array;
}

/**
 * Give the wasm backend the one kernel it lacks for training: the sum of rows by segment.
 *
 * `tf.gather` (and so every embedding) needs it in its gradient. Row i of `x` is added to row `segmentIds[i]` of the
 * result; a row whose segment lies outside `0..numSegments - 1` is left out, as on the other backends. Registering
 * twice is harmless.
 *
 * @source TensorFlow, UnsortedSegmentSum: https://www.tensorflow.org/api_docs/python/tf/math/unsorted_segment_sum
 */
export function registerUnsortedSegmentSum(): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm') !== undefined) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const x = inputs['x'] as tf.TensorInfo;
      const segmentIds = inputs['segmentIds'] as tf.TensorInfo;
      const numSegments = (attrs as { numSegments: number }).numSegments;
      const heap = backend as WasmHeap;
      const rowShape = x.shape.slice(segmentIds.shape.length);
      const output = heap.makeOutput([numSegments, ...rowShape], x.dtype);
      // The heap may have moved while the output was allocated: take every view after that, never before.
      const sums = heap.typedArrayFromHeap(output);
      sums.fill(0);
      addRows(
        sums,
        heap.typedArrayFromHeap(x),
        heap.typedArrayFromHeap(segmentIds),
        tf.util.sizeFromShape(rowShape),
      );
      return output;
    },
  });
}

function addRows(
  sums: Float32Array | Int32Array,
  values: Float32Array | Int32Array,
  segmentIds: Float32Array | Int32Array,
  width: number,
): void {
  for (let row = 0; row < segmentIds.length; row++) {
    const target = segmentIds[row]! * width;
    if (target < 0 || target >= sums.length) continue;
    for (let d = 0; d < width; d++) sums[target + d]! += values[row * width + d]!;
  }
}
