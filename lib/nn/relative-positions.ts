import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { constant } from './constant';
import { takeRows } from './take-rows';

/** How far relative positions tell distances apart, and in which directions. */
export interface RelativePositionConfig {
  /** H: heads; each learns its own taste for distances. */
  readonly numHeads: number;
  /** R: events further away than this count as R away. 0 or more. */
  readonly maxDistance: number;
  /** True: distances 0..R into the past. False: -R..R, the future too. */
  readonly causal: boolean;
}

/** One learned number for each distance and head. */
export interface RelativePositionWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly table: Leaf; // [R + 1, H] when causal, else [2R + 1, H] with distance 0 in row R
}

/** Trainable weights of relative positions. */
export type RelativePositionParams = RelativePositionWeights<tf.Variable>;

/**
 * Draw the numbers of relative positions: normal with a standard deviation of 0.02, so that at first
 * distance hardly counts.
 *
 * @throws RangeError when a setting is out of range
 */
export function initRelativePositions(config: RelativePositionConfig, rng: Rng): RelativePositionParams {
  const { numHeads, maxDistance } = config;
  if (!Number.isInteger(numHeads) || numHeads < 1) {
    throw new RangeError(`initRelativePositions: numHeads must be a whole number from 1, got ${numHeads}`);
  }
  if (!Number.isInteger(maxDistance) || maxDistance < 0) {
    throw new RangeError(
      `initRelativePositions: maxDistance must be a whole number from 0, got ${maxDistance}`,
    );
  }
  const shape: [number, number] = [numDistances(config), numHeads];
  const table = Float32Array.from({ length: shape[0] * shape[1] }, () => 0.02 * rng.normal());
  return { table: weight<tf.Rank.R2>(table, shape) };
}

/**
 * What each head adds to the score of two events for how far they are apart; pass it to `attention` as `bias_HTT`.
 *
 * It depends on the distance alone, so that padding on either side changes nothing. When causal, a future event gets
 * the number of distance 0, which the mask of `attention` hides.
 *
 * @returns `[H, T, T]`: row looks at column, distance is row minus column, clipped to R
 * @throws RangeError when the table does not fit the settings
 * @source Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", JMLR 21,
 *   2020, section 2.1 (a scalar for each head, added to the score).
 * @differs Every distance up to R has its own number, and those beyond share the last, as in Shaw et al., "Self-Attention
 *   with Relative Position Representations", NAACL 2018, section 3.2; T5 puts distances into 32 buckets of growing width,
 *   and shares its numbers among all layers (here the caller decides). T5 does not divide scores by sqrt(K); `attention` does.
 */
export function relativePositionBias(
  params: RelativePositionWeights,
  T: number,
  config: RelativePositionConfig,
): tf.Tensor3D {
  const { numHeads: H, maxDistance: R, causal } = config;
  const table = params.table as tf.Tensor2D;
  if (table.shape[0] !== numDistances(config) || table.shape[1] !== H) {
    throw new RangeError(
      `relativePositionBias: the table should be [${numDistances(config)}, ${H}], got [${table.shape.join(', ')}]`,
    );
  }
  return tf.tidy(() => {
    const rows = constant(() => tf.tensor1d(distanceRows(T, R, causal), 'int32'));
    return tf.reshape(tf.transpose(takeRows(table, rows)), [H, T, T]);
  });
}

const numDistances = ({ maxDistance, causal }: RelativePositionConfig): number =>
  causal ? maxDistance + 1 : 2 * maxDistance + 1;

/** The table's row for each pair of places, `[T * T]`. */
function distanceRows(T: number, R: number, causal: boolean): Int32Array {
  const rows = new Int32Array(T * T);
  for (let from = 0; from < T; from++) {
    for (let to = 0; to < T; to++) {
      const distance = Math.max(causal ? 0 : -R, Math.min(R, from - to));
      rows[from * T + to] = causal ? distance : distance + R;
    }
  }
  return rows;
}
