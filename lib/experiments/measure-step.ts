import * as tf from '@tensorflow/tfjs';
import { createRng } from '../base/random';
import { disposeTree } from '../base/tree';
import { startBackend } from '../nn/backend';
import { embedding } from '../nn/embedding';
import { linearCrossEntropy } from '../nn/linear-cross-entropy';
import { initLstmLayer, lstmLayer } from '../nn/lstm';
import {
  initTransformerBlock,
  transformerBlock,
  type TransformerBlockOptions,
} from '../nn/transformer-block';
import { createOptimiser, disposeOptimiser, optimiserDefaults } from '../training/optimiser';
import { compileTrainingStep } from '../training/training-step';

/** What an encoder's step consists of: many small products one after another, or few large ones. */
export type WorkKind = 'recurrent' | 'attention';

/** Both kinds, in the order of their measurement. */
export const workKinds: readonly WorkKind[] = ['recurrent', 'attention'];

/** Small enough for a few seconds, large enough to be worth threads: the project's usual batch, length and width. */
const [B, T, D, V] = [128, 50, 64, 2000];

/**
 * Time one training step of a small model of each kind, in this process, at one number of threads.
 *
 * It is the step of a training, as one native graph with Adam: an encoder and the cross-entropy over 2,000 items at every
 * place. The encoder is one LSTM layer, or one causal transformer block of two heads. Batch 128, length 50, width 64. Two
 * steps warm up.
 *
 * @returns the fastest of `repeats` steps, in milliseconds
 * @throws InputError when the backend runs with another number of threads already
 */
export async function measureSteps(threads: number, repeats: number): Promise<Record<WorkKind, number>> {
  await startBackend({ threads });
  return { recurrent: fastest('recurrent', repeats), attention: fastest('attention', repeats) };
}

const options = {
  numHeads: 2,
  causal: true,
  norm: 'pre',
  activation: 'gelu-tanh',
  dropoutRate: 0,
} as const satisfies TransformerBlockOptions;

function fastest(kind: WorkKind, repeats: number): number {
  const rng = createRng(1);
  const table = tf.variable(
    tf.tensor2d(
      Float32Array.from({ length: V * D }, () => rng.normal() / 8),
      [V, D],
    ),
  );
  const lstm = initLstmLayer(D, D, rng);
  const block = initTransformerBlock(D, 4 * D, rng);
  const index = (count: number): Int32Array =>
    Int32Array.from({ length: count }, () => 1 + rng.integer(V - 1));
  const batch = {
    items_BT: tf.tensor2d(index(B * T), [B, T], 'int32'),
    targets_L: tf.tensor1d(index(B * T), 'int32'),
  };

  const params = kind === 'recurrent' ? { table, lstm } : { table, block };
  const optimiser = createOptimiser(params, optimiserDefaults.adam);
  const step = compileTrainingStep({
    params,
    optimiser,
    seed: 1,
    examples: [batch, batch],
    loss: (inputs, mode) => {
      const x_BTD = embedding(table, inputs['items_BT']!) as tf.Tensor3D;
      const hidden_BTD =
        kind === 'recurrent' ? lstmLayer(lstm, x_BTD) : transformerBlock(block, x_BTD, options, mode);
      return linearCrossEntropy(
        tf.reshape(hidden_BTD, [B * T, D]),
        table,
        inputs['targets_L'] as tf.Tensor1D,
      );
    },
  });
  let best = Infinity;
  for (let repeat = -2; repeat < repeats; repeat++) {
    const start = performance.now();
    step.run(batch, optimiser.config.learningRate);
    if (repeat >= 0) best = Math.min(best, performance.now() - start);
  }
  step.dispose();
  disposeOptimiser(optimiser);
  disposeTree({ table, lstm, block });
  tf.dispose(Object.values(batch));
  return best;
}
