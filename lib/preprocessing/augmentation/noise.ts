import type { Rng } from '../../base/random';

/**
 * Add a normal random number to each feature: a model that is trained on such copies cannot lean on the last digits.
 *
 * Small noise on the inputs acts like an L2 penalty on how steep the model is.
 *
 * @param features  numbers on a common scale (see z-scores); unchanged
 * @param deviation standard deviation of the noise, on that scale; 0 adds nothing
 * @throws RangeError when `deviation` is negative or not finite
 * @source Bishop, "Training with Noise is Equivalent to Tikhonov Regularization", Neural Computation 7(1), 1995.
 */
export function addNoise(
  features: Float32Array,
  { deviation }: { readonly deviation: number },
  rng: Rng,
): Float32Array {
  if (!(deviation >= 0 && Number.isFinite(deviation))) {
    throw new RangeError(`addNoise: the deviation must be a number from 0, got ${deviation}`);
  }
  return features.map((feature) => feature + deviation * rng.normal());
}
