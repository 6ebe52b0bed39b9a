import * as tf from '@tensorflow/tfjs';
import { createRng } from '../base/random';
import { constant } from './constant';
import { executeNative, hasNativeOps, typeAttribute } from './native/execute';

/**
 * Draw standard normal numbers that depend on a key and a site alone, whatever ran before.
 *
 * On one backend: the native one draws by StatelessRandomNormal, the others by the project's own generator. Recorded into a graph,
 * the numbers are new with each key.
 *
 * @param key  int32[2]: (seed, step), see `Mode`
 * @param site a number that is different at each place of a model that draws
 */
export function standardNormal<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  key: tf.Tensor1D,
  site: number,
): tf.Tensor<R> {
  return tf.tidy(() => {
    if (!hasNativeOps()) return normalPlain(shape, key, site);
    const seed = tf.add(
      key,
      constant(() => tf.tensor1d([Math.imul(site, 1000003), site], 'int32')),
    );
    return executeNative(
      'StatelessRandomNormal',
      [typeAttribute('dtype', 'float32'), typeAttribute('T', 'int32'), typeAttribute('Tseed', 'int32')],
      [constant(() => tf.tensor1d(shape, 'int32')), seed],
      1,
    )[0]! as tf.Tensor<R>;
  });
}

function normalPlain<R extends tf.Rank>(shape: tf.ShapeMap[R], key: tf.Tensor1D, site: number): tf.Tensor<R> {
  const [seed, step] = key.dataSync();
  const rng = createRng(seed!).child('normal', step!, site);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
    shape,
  );
}
