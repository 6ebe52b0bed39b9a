import * as tf from '@tensorflow/tfjs';
import { executeNative, hasNativeOps, typeAttribute } from './native/execute';
import { matMulNative } from './native/mat-mul';

export interface LogSumExpOptions {
  /** One more score in each row's sum, beside those of the candidates. */
  readonly extra_L?: tf.Tensor1D;
  /** A candidate that is the row's own item takes no part in that row. Both int32. */
  readonly leaveOut?: { readonly ownItem_L: tf.Tensor1D; readonly candidates_V: tf.Tensor1D };
  /** Rows scored at a time; changes memory, speed and the last bits of sums, nothing else. */
  readonly chunkRows?: number;
}

/**
 * The weighted mean of `log Σ exp(hidden · candidate)` over rows, without ever holding all scores.
 *
 * Rows are worked through in chunks. The gradient of a chunk is computed while its scores are at hand, so memory is
 * `chunkRows * V` numbers instead of `L * V`; where no gradient is being taken, none is computed. Exponentials are never
 * divided by their sum: that division, and the weights, are applied to the narrow side of the matrix products.
 *
 * @param hidden_LD     one row for each prediction
 * @param candidates_VD one row for each candidate
 * @param shares_L      what each row counts, see `rowShares`; a row of share 0 adds exactly nothing anywhere
 * @throws RangeError when `chunkRows` is no whole number from 1
 * @source The chunked form: Hsu et al., "Liger Kernel", arXiv:2410.10989, section 3.2 (FusedLinearCrossEntropy).
 */
export function meanLogSumExp(
  hidden_LD: tf.Tensor2D,
  candidates_VD: tf.Tensor2D,
  shares_L: tf.Tensor1D,
  { extra_L, leaveOut, chunkRows }: LogSumExpOptions = {},
): tf.Scalar {
  const [L, V] = [hidden_LD.shape[0], candidates_VD.shape[0]];
  if (chunkRows !== undefined && !(Number.isInteger(chunkRows) && chunkRows >= 1)) {
    throw new RangeError(`meanLogSumExp: chunkRows must be a whole number from 1, got ${chunkRows}`);
  }
  const rowsAtATime = chunkRows ?? evenChunkRows(L, V);
  // Asked here: within customGrad the tape is always off.
  const isGradientTaken = tf.engine().isTapeOn();
  const run = tf.customGrad((...args) => {
    const [hidden, candidates, extra] = args.slice(0, -1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D?];
    const save = args.at(-1) as unknown as (tensors: tf.Tensor[]) => void;
    // Measured: scoring against [D, V] and summing gradients as [D, V] is faster than with V first.
    const candidates_DV = tf.transpose(candidates);
    const values: tf.Tensor[] = [];
    const hiddenGrads: tf.Tensor[] = [];
    const extraGrads: tf.Tensor[] = [];
    let grad_DV: tf.Tensor | undefined;
    for (let start = 0; start < L; start += rowsAtATime) {
      const rows = Math.min(rowsAtATime, L - start);
      const column = (x_L: tf.Tensor): tf.Tensor => tf.reshape(tf.slice(x_L, [start], [rows]), [rows, 1]);
      const chunk = tf.tidy(() => {
        const part = tf.slice(hidden, [start, 0], [rows, -1]);
        const share = column(shares_L);
        const more = extra && column(extra);
        // Scores and differences are freed before the exponentials are used: they stay in the cache.
        const [exp, largest] = tf.tidy(() => {
          let scores: tf.Tensor = matMulNative(part, candidates_DV);
          if (leaveOut) scores = hide(scores, tf.equal(column(leaveOut.ownItem_L), leaveOut.candidates_V));
          const largestScore = tf.max(scores, 1, true);
          const largest = more ? tf.maximum(largestScore, more) : largestScore;
          return [tf.exp(tf.sub(scores, largest)), largest];
        }) as [tf.Tensor2D, tf.Tensor];
        const moreExp = more && tf.exp(tf.sub(more, largest));
        const expSum = tf.sum(exp, 1, true);
        const sum = moreExp ? tf.add(expSum, moreExp) : expSum;
        const value = tf.sum(tf.mul(share, tf.add(largest, tf.log(sum))));
        if (!isGradientTaken) return { value };
        const scale = tf.div(share, sum);
        return {
          value,
          hiddenGrad: tf.mul(matMulNative(exp, candidates), scale),
          grad_DV: matMulNative(tf.mul<tf.Tensor2D>(part, scale), exp, true),
          extraGrad: moreExp && tf.reshape(tf.mul(moreExp, scale), [rows]),
        };
      });
      values.push(chunk.value);
      if (chunk.hiddenGrad) hiddenGrads.push(chunk.hiddenGrad);
      if (chunk.extraGrad) extraGrads.push(chunk.extraGrad);
      if (chunk.grad_DV) {
        const before = grad_DV;
        grad_DV = before ? tf.add(before, chunk.grad_DV) : chunk.grad_DV;
        if (before) tf.dispose([before, chunk.grad_DV]);
      }
    }
    if (grad_DV) {
      const extraGrad = extraGrads.length > 0 ? [tf.concat(extraGrads, 0)] : [];
      save([tf.concat(hiddenGrads, 0), tf.transpose(grad_DV), ...extraGrad]);
    }
    return {
      value: tf.addN(values),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => saved.map((grad) => tf.mul(grad, upstream)),
    };
  });
  return tf.tidy(() => run(hidden_LD, candidates_VD, ...(extra_L ? [extra_L] : [])) as tf.Scalar);
}

/**
 * Chunks of equal size: half a million scores (2 MB), which fit into a core's cache with what is made of them; 256 rows at
 * least, since every chunk adds to all gradients of the candidates; 1024 rows and 4 million scores at most. Beyond 32 MB an
 * operation's result is fresh memory of the operating system at every call, whose first touch costs several times the
 * operation (seen: 28 ms instead of 6). SASRec's step over 3,500 items took 76 ms with these sizes, 83 with 1000 rows.
 */
function evenChunkRows(L: number, V: number): number {
  const fitting = Math.min(1024, Math.max(256, Math.floor(2 ** 19 / V)));
  const most = Math.max(1, Math.min(fitting, Math.floor(2 ** 22 / V)));
  return Math.ceil(L / Math.ceil(L / most));
}

/** Scores so low that their exponential is 0, where `isHidden`. Not -Infinity: a difference of two of them is NaN. */
function hide(scores_LV: tf.Tensor, isHidden_LV: tf.Tensor): tf.Tensor {
  if (!hasNativeOps()) return tf.where(isHidden_LV, tf.scalar(-1e30), scores_LV);
  return executeNative('SelectV2', [typeAttribute('T')], [isHidden_LV, tf.scalar(-1e30), scores_LV], 1)[0]!;
}
