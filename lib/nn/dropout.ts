import * as tf from '@tensorflow/tfjs';
import { createRng } from '../base/random';
import { constant } from './constant';
import { executeNative, hasNativeOps, typeAttribute } from './native/execute';
import type { Mode } from './mode';

/**
 * Silence a random share of the numbers while training, so that a model cannot lean on any one of them.
 *
 * Each number is set to 0 with probability `rate` and divided by `1 - rate` otherwise, so the
 * expected value stays. Without training, or at rate 0, the input comes back unchanged.
 * The same key and site give the same mask, whatever ran before (on one backend: the native one
 * draws by StatelessRandomUniform, the others by the project's own generator).
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
    const uniform = hasNativeOps()
      ? uniformNative(x.shape, mode.key, site)
      : uniformPlain(x.shape, mode.key, site);
    return tf.mul(x, tf.mul(tf.cast(tf.greaterEqual(uniform, rate), 'float32'), 1 / (1 - rate)));
  });
}

function uniformNative(shape: number[], key: tf.Tensor1D, site: number): tf.Tensor {
  // The site moves both words of the key: a multiplier alone would let site 1 at one seed meet site 2 at another.
  const seed = tf.add(
    key,
    constant(() => tf.tensor1d([Math.imul(site, 1000003), site], 'int32')),
  );
  return executeNative(
    'StatelessRandomUniform',
    [typeAttribute('dtype'), typeAttribute('T', 'int32'), typeAttribute('Tseed', 'int32')],
    [constant(() => tf.tensor1d(shape, 'int32')), seed],
    1,
  )[0]!;
}

function uniformPlain(shape: number[], key: tf.Tensor1D, site: number): tf.Tensor {
  const [seed, step] = key.dataSync();
  const rng = createRng(seed!).child('dropout', step!, site);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.next()),
    shape,
  );
}
