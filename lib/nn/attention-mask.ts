import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import { constant } from './constant';

/** What is added to a score that must not count: its exponential is exactly 0 beside that of any visible score. */
const hidden = -1e9;

/** Whom an event may look at. */
export interface Visibility {
  /** True: only at itself and at events before it. False: at all events of its sequence. */
  readonly causal: boolean;
  /**
   * `[B, T]`, 1 for an event, 0 for padding (float32), on either side. Left out: all are events. It may also be left
   * out of a causal layer over sequences that are padded on the right: no event ever looks that far.
   */
  readonly isReal_BT?: tf.Tensor2D;
  /**
   * Places of a segment, 1 or more: sequences are read in stretches of so many places. When causal, an event looks back no further
   * than to the beginning of its own segment; else it looks ahead no further than to the end of it. Left out: one stretch.
   */
  readonly segment?: number;
}

/**
 * Say which event may look at which, as numbers to add to the scores: 0 may, -1e9 may not.
 *
 * Every row sees itself, padding too. A row that may see nothing would otherwise look at everything
 * alike, the future included, because a softmax over equal scores is uniform.
 *
 * @returns `[T, T]` or `[B, T, T]` (row looks at column), null when everybody may see everybody
 * @throws RangeError when `isReal_BT` has another length, or `segment` is no whole number from 1
 * @source Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2.3 (the causal mask).
 * @differs -1e9 for minus infinity, which would make NaN of a row that sees nothing; every row sees itself.
 */
export function attentionMask(
  T: number,
  { causal, isReal_BT, segment }: Visibility,
): tf.Tensor2D | tf.Tensor3D | null {
  if (segment !== undefined && !(Number.isInteger(segment) && segment >= 1)) {
    throw new RangeError(`attentionMask: segment must be a whole number from 1, got ${segment}`);
  }
  const segmentOf = (place: number): number => (segment === undefined ? 0 : Math.floor(place / segment));
  const isOutside = (row: number, column: number): boolean =>
    causal ? column > row || segmentOf(column) < segmentOf(row) : segmentOf(column) > segmentOf(row);
  const outside_TT = causal || segment !== undefined ? constant(() => maskWhere(T, isOutside)) : null;
  if (!isReal_BT) return outside_TT;
  expectShape('attentionMask: isReal_BT', isReal_BT, [null, T]);
  return tf.tidy(() => {
    const others_TT = constant(() => maskWhere(T, (row, column) => column !== row));
    const padding_B1T = tf.reshape(tf.sub(1, isReal_BT), [-1, 1, T]);
    const mask_BTT = tf.mul<tf.Tensor3D>(padding_B1T, others_TT);
    return outside_TT ? tf.add<tf.Tensor3D>(mask_BTT, outside_TT) : mask_BTT;
  });
}

function maskWhere(T: number, isHidden: (row: number, column: number) => boolean): tf.Tensor2D {
  const mask = new Float32Array(T * T);
  for (let row = 0; row < T; row++) {
    for (let column = 0; column < T; column++) if (isHidden(row, column)) mask[row * T + column] = hidden;
  }
  return tf.tensor2d(mask, [T, T]);
}
