import type * as tf from '@tensorflow/tfjs';

let depth = 0;

/**
 * Make a tensor from JavaScript numbers that is the same at every step: a mask, a table of positions, a list of axes.
 *
 * Outside a recording this only calls `make`. While a function is recorded into a graph, JavaScript numbers would be
 * frozen into it, so that uploading different ones throws; wrapping says that freezing is what is meant. A single number,
 * or one number everywhere, is frozen without that: if it changes from step to step, the comparison with the eager run
 * before the first use has to find it.
 *
 * @param make must not depend on the batch, the step or a random draw
 */
export function constant<T extends tf.Tensor>(make: () => T): T {
  depth += 1;
  try {
    return make();
  } finally {
    depth -= 1;
  }
}

/** Whether `constant` is making a tensor just now. */
export const isMakingConstant = (): boolean => depth > 0;
