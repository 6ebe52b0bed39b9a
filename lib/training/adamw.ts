import * as tf from '@tensorflow/tfjs';
import { adamWDefaults, type AdamWConfig } from './adam';
import { applyOptimiser, createOptimiser, disposeOptimiser, stepScalars, type Optimiser } from './optimiser';

export { adamWDefaults, type AdamWConfig };

/** The optimiser AdamW. */
export type AdamW = Optimiser;

/** Start AdamW for a tree of weights; `createOptimiser` with the settings left out taken from `adamWDefaults`. */
export const createAdamW = (params: object, config: Partial<AdamWConfig> = {}): AdamW =>
  createOptimiser(params, { ...adamWDefaults, ...config });

/** Free the optimiser's memory. */
export const disposeAdamW = disposeOptimiser;

/**
 * `applyOptimiser` at its constant learning rate, the step counted.
 *
 * @source Kingma & Ba, "Adam", ICLR 2015, algorithm 1; Loshchilov & Hutter, "Decoupled Weight Decay Regularization",
 *   ICLR 2019, algorithm 2, line 12.
 */
export function applyAdamW(
  optimiser: AdamW,
  params: object,
  gradients: ReadonlyMap<string, tf.Tensor>,
): void {
  const { config, step } = optimiser;
  tf.tidy(() => {
    const scalars = tf.tensor1d(stepScalars(config, step + 1, config.learningRate));
    applyOptimiser(optimiser, params, gradients, scalars);
  });
  optimiser.step += 1;
}
