import * as tf from '@tensorflow/tfjs';
import { softmaxCrossEntropyRows } from './native/softmax-cross-entropy';

/**
 * Mean cross-entropy of "which item comes next?" over all items, without ever holding all scores.
 *
 * Scores are `hidden_LD · table_VDᵀ`. Rows are worked through in chunks; the gradient of a chunk is
 * computed while its scores are at hand, so memory is `chunkRows * V` numbers instead of `L * V`.
 *
 * @param hidden_LD  one row for each prediction
 * @param table_VD   one row for each candidate
 * @param targets_L  int32, the row of the right candidate
 * @param chunkRows  rows scored at a time; changes memory and the last bits of the sum, nothing else. Default: as many
 *   as keep a chunk of scores at 64 MB, at most 2048
 * @returns the mean over the rows
 * @source The chunked form: Hsu et al., "Liger Kernel", arXiv:2410.10989, section 3.2 (FusedLinearCrossEntropy).
 */
export function linearCrossEntropy(
  hidden_LD: tf.Tensor2D,
  table_VD: tf.Tensor2D,
  targets_L: tf.Tensor1D,
  chunkRows = chunkRowsFor(table_VD.shape[0]),
): tf.Scalar {
  if (!Number.isInteger(chunkRows) || chunkRows < 1) {
    throw new RangeError(`linearCrossEntropy: chunkRows must be a whole number from 1, got ${chunkRows}`);
  }
  const L = hidden_LD.shape[0];
  const run = tf.customGrad((...args) => {
    const [hidden, table] = args as [tf.Tensor2D, tf.Tensor2D];
    const save = args[2] as unknown as (tensors: tf.Tensor[]) => void;
    let lossSum: tf.Tensor = tf.scalar(0);
    let tableGrad: tf.Tensor | undefined;
    const hiddenGrads: tf.Tensor[] = [];
    for (let start = 0; start < L; start += chunkRows) {
      const rows = Math.min(chunkRows, L - start);
      const chunk = tf.tidy(() => {
        const part = tf.slice(hidden, [start, 0], [rows, -1]);
        const { loss_L, gradient_LV } = softmaxCrossEntropyRows(
          tf.matMul(part, table, false, true),
          tf.slice(targets_L, [start], [rows]),
        );
        return {
          loss: tf.sum(loss_L),
          hiddenGrad: tf.matMul(gradient_LV, table),
          tableGrad: tf.matMul(gradient_LV, part, true),
        };
      });
      lossSum = tf.add(lossSum, chunk.loss);
      hiddenGrads.push(chunk.hiddenGrad);
      tableGrad = tableGrad ? tf.add(tableGrad, chunk.tableGrad) : chunk.tableGrad;
    }
    const hiddenGrad = tf.concat(hiddenGrads, 0);
    save([hiddenGrad, tableGrad!]);
    return {
      value: tf.div(lossSum, L),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const scale = tf.div(upstream, L);
        return [tf.mul(saved[0]!, scale), tf.mul(saved[1]!, scale)];
      },
    };
  });
  return tf.tidy(() => run(hidden_LD, table_VD) as tf.Scalar);
}

function chunkRowsFor(V: number): number {
  return Math.max(1, Math.min(2048, Math.floor(2 ** 24 / V)));
}
