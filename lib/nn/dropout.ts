import * as tf from '@tensorflow/tfjs';
import { createRng } from '../base/random';
import { constant } from './constant';
import { executeNative, hasNativeOps, typeAttribute } from './native/execute';
import type { Mode } from './mode';

/**
 * Silence a random share of the numbers while training, so that a model cannot lean on any one of them.
 *
 * Each number is set to 0 with probability `rate` (to the nearest of 65,536 steps) and divided by 1 minus that otherwise,
 * so the expected value stays. Without training, or at rate 0, the input comes back unchanged.
 * The same key and site give the same mask, whatever ran before (on one backend: the native one
 * draws by StatelessRandomUniformFullInt, the others by the project's own generator).
 *
 * @param rate share to drop, 0 <= rate < 1
 * @param site a number that is different at each place of a model that drops
 * @throws RangeError when `rate` is outside [0, 1)
 * @source Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15, 2014.
 * @differs Scales while training (inverted dropout) instead of at inference.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, mode: Mode, site: number): T {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: the rate must be in [0, 1), got ${rate}`);
  if (!mode.training || rate === 0) return x;
  return tf.tidy(() => {
    const dropped = Math.min(levels - 1, Math.round(rate * levels));
    const isKept = hasNativeOps()
      ? isKeptNative(x.shape, dropped, mode.key, site)
      : isKeptPlain(x.shape, dropped, mode.key, site);
    return tf.mul(x, tf.mul(tf.cast(isKept, 'float32'), levels / (levels - dropped)));
  });
}

/** A draw is one of so many numbers: two draws fit into 32 random bits, which cost more than all else here. */
const levels = 2 ** 16;

/** One bool a number: false for `dropped` of the `levels` that a draw can be. */
function isKeptNative(shape: number[], dropped: number, key: tf.Tensor1D, site: number): tf.Tensor {
  // The site moves both words of the key: a multiplier alone would let site 1 at one seed meet site 2 at another.
  const seed = tf.add(
    key,
    constant(() => tf.tensor1d([Math.imul(site, 1000003), site], 'int32')),
  );
  const count = tf.util.sizeFromShape(shape);
  const bits = executeNative(
    'StatelessRandomUniformFullInt',
    [typeAttribute('dtype', 'int32'), typeAttribute('T', 'int32'), typeAttribute('Tseed', 'int32')],
    [constant(() => tf.tensor1d([Math.ceil(count / 2)], 'int32')), seed],
    1,
  )[0]!;
  const lowBits = executeNative(
    'LeftShift',
    [typeAttribute('T', 'int32')],
    [bits, tf.fill([1], 16, 'int32')],
    1,
  )[0]!;
  // The bits are those of a signed number. The lower half of the limit's are 0: each draw is decided by 16 bits of its own.
  const limit = tf.scalar(dropped * levels - 2 ** 31, 'int32');
  const isKept = tf.concat([tf.greaterEqual(bits, limit), tf.greaterEqual(lowBits, limit)]);
  return tf.reshape(tf.slice(isKept, 0, count), shape);
}

function isKeptPlain(shape: number[], dropped: number, key: tf.Tensor1D, site: number): tf.Tensor {
  const [seed, step] = key.dataSync();
  const rng = createRng(seed!).child('dropout', step!, site);
  const isKept = Uint8Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
    Number(rng.integer(levels) >= dropped),
  );
  return tf.tensor(isKept, shape, 'bool');
}
