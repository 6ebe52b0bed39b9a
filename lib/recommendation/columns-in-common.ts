import * as tf from '@tensorflow/tfjs';
import type { SparseRows } from '../base/sparse-rows';
import { hasNativeOps } from '../nn/native/execute';

/** Above this many cells a matrix is not written out: 200 MB. */
const mostCells = 5e7;
/** Multiplications of a dense product that take as long as one step of a sparse one: 8.7 ns a step, some 200 a ns on two threads. */
const denseASparse = 1000;
/** Below so many steps a sparse product takes no time to speak of. */
const fewSteps = 1e7;
/** Rows whose counts are read at once. */
const chunk = 512;

/**
 * Whether the columns that rows have in common are counted faster by a product of matrices than column by column.
 *
 * Needs native TensorFlow.
 */
export function isFasterDense(matrix: SparseRows): boolean {
  const numRows = matrix.offsets.length - 1;
  if (!hasNativeOps() || numRows * matrix.numColumns > mostCells) return false;
  const lengths = new Float64Array(matrix.numColumns);
  for (const column of matrix.columns) lengths[column]! += 1;
  const steps = lengths.reduce((sum, length) => sum + length * length, 0);
  return steps > fewSteps && numRows * numRows * matrix.numColumns < denseASparse * steps;
}

/**
 * Count for each row the columns that it has in common with every other, by a product of matrices. Float32 holds these whole numbers exactly.
 *
 * @param matrix whose values are all 1
 * @param found called row after row, with the counts by the other row; to be read at once
 */
export function forEachRowOfCounts(
  { offsets, columns, numColumns }: SparseRows,
  found: (row: number, counts: Float32Array) => void,
): void {
  const numRows = offsets.length - 1;
  const written = new Float32Array(numRows * numColumns);
  for (let row = 0; row < numRows; row++)
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++)
      written[row * numColumns + columns[entry]!] = 1;
  const all_RC = tf.tensor2d(written, [numRows, numColumns]);
  try {
    for (let start = 0; start < numRows; start += chunk) {
      const size = Math.min(chunk, numRows - start);
      const counts_NR = tf.tidy(() =>
        tf.matMul(tf.slice(all_RC, [start, 0], [size, numColumns]), all_RC, false, true),
      );
      // Not out of the tidy, which would look for tensors in every number.
      const counts = counts_NR.dataSync<'float32'>();
      counts_NR.dispose();
      for (let row = 0; row < size; row++)
        found(start + row, counts.subarray(row * numRows, (row + 1) * numRows));
    }
  } finally {
    all_RC.dispose();
  }
}
