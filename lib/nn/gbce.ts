import type * as tf from '@tensorflow/tfjs';
import { binaryCrossEntropy } from './binary-cross-entropy';

export interface GbceOptions {
  /** t, from 0 (plain binary cross-entropy) to 1 (probabilities as unbiased as without sampling). */
  readonly calibration: number;
  /** How many items there are to sample from, target included. Default: V - 1, all rows of the table but padding. */
  readonly items?: number;
  /** What each row counts, float32; 0 for padding. Default: all alike. */
  readonly weights_L?: tf.Tensor1D;
}

/**
 * Generalised binary cross-entropy: sampled negatives without the overconfidence that sampling brings.
 *
 * A model that sees only some of the negatives learns probabilities that are too high. Raising the target's probability
 * to a power below 1 undoes that.
 *
 * @param hidden_LD    one row for each prediction
 * @param table_VD     one vector an item, row 0 being padding
 * @param targets_L    int32, the right item of each row, from 0 to V-1 also in rows of weight 0
 * @param negatives_LK int32, K items for each row, sampled uniformly from all others
 * @returns nats, the weighted mean over the rows, as of `binaryCrossEntropy`
 * @throws RangeError when shapes do not fit or an option is out of range
 * @source Petrov & Macdonald, "gSASRec: Reducing Overconfidence in Sequential Recommendation Trained with Negative
 *   Sampling", RecSys 2023, section 5 (generalised binary cross-entropy, gBCE).
 */
export function gbce(
  hidden_LD: tf.Tensor2D,
  table_VD: tf.Tensor2D,
  targets_L: tf.Tensor1D,
  negatives_LK: tf.Tensor2D,
  { calibration, items = table_VD.shape[0] - 1, weights_L }: GbceOptions,
): tf.Scalar {
  const positivePower = gbcePower(calibration, negatives_LK.shape[1], items);
  return binaryCrossEntropy(hidden_LD, table_VD, targets_L, negatives_LK, {
    positivePower,
    ...(weights_L ? { weights_L } : {}),
  });
}

/**
 * The power β of the target's probability: `α (t (1 - 1/α) + 1/α)`, where α is the share of negatives that is sampled.
 *
 * @throws RangeError when `calibration` is not from 0 to 1, or there are fewer than `negatives` other items
 */
export function gbcePower(calibration: number, negatives: number, items: number): number {
  if (!(calibration >= 0 && calibration <= 1)) {
    throw new RangeError(`gbce: calibration must be from 0 to 1, got ${calibration}`);
  }
  if (!(negatives >= 1 && negatives < items)) {
    throw new RangeError(
      `gbce: negatives must be from 1 to one fewer than the ${items} items, got ${negatives}`,
    );
  }
  const alpha = negatives / (items - 1);
  return alpha * (calibration * (1 - 1 / alpha) + 1 / alpha);
}
