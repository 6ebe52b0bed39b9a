import * as tf from '@tensorflow/tfjs';
import { disposeTree, leaves } from '../../lib/base/tree';
import { createRng } from '../../lib/base/random';
import { initLstm, lstm, type LstmParams } from '../../lib/encoders/lstm';
import { nextItemLoss, prepareNextItem } from '../../lib/objectives/next-item';
import type { BatchTensors } from '../../lib/training/batch-tensors';
import { createOptimiser, disposeOptimiser, optimiserDefaults } from '../../lib/training/optimiser';
import type { StepPlan } from '../../lib/training/training-step';

const config = { numItems: 13, width: 6, numLayers: 1, dropoutRate: 0.2 };

/** Drawn weights; the tidy frees the tensors that the variables start from. */
function initParams(): LstmParams {
  let params: LstmParams | undefined;
  tf.tidy(() => {
    params = initLstm(config, createRng(4));
  });
  return params!;
}

/** The training step of a small LSTM with AdamW, dropout, and clipping that bites at every step. */
export function lstmPlan(change: Partial<StepPlan> = {}): StepPlan & { readonly params: LstmParams } {
  const params = initParams();
  return {
    optimiser: createOptimiser(params, { ...optimiserDefaults.adamw, learningRate: 0.02 }),
    loss: (inputs, mode) =>
      nextItemLoss(
        lstm(params, { items_BT: inputs['items_BT'] as tf.Tensor2D }, config, mode).hidden_BTD,
        params.itemEmbedding,
        inputs['positions_L'] as tf.Tensor1D,
        inputs['targets_L'] as tf.Tensor1D,
        inputs['weights_L'] as tf.Tensor1D,
      ),
    clipNorm: 0.1,
    seed: 9,
    ...change,
    params,
  };
}

/** A batch of four sequences of up to `length` events, drawn from its number. */
export function lstmBatch(number: number, length = 5): BatchTensors {
  const rng = createRng(7).child(number);
  const items = new Int32Array(4 * length);
  const targets = new Int32Array(4 * length);
  for (let row = 0; row < 4; row++) {
    const events = 1 + rng.integer(length);
    for (let at = row * length; at < row * length + events; at++) {
      items[at] = 1 + rng.integer(12);
      targets[at] = 1 + (items[at]! % 12);
    }
  }
  const { positions, weights, ...asked } = prepareNextItem(targets, 4 * length);
  return {
    items_BT: { values: items, shape: [4, length] },
    positions_L: { values: positions, shape: [4 * length] },
    targets_L: { values: asked.targets, shape: [4 * length] },
    weights_L: { values: weights, shape: [4 * length] },
  };
}

/** A batch whose loss is not a number. */
export function brokenBatch(number: number): BatchTensors {
  const { weights_L, ...batch } = lstmBatch(number);
  return { ...batch, weights_L: { values: weights_L!.values.map(() => NaN), shape: weights_L!.shape } };
}

const variablesOf = ({ params, optimiser }: StepPlan): [string, tf.Variable][] => [
  ...leaves(params).map(([path, leaf]): [string, tf.Variable] => [path, leaf]),
  ...optimiser.memory,
];

/** Weights and the optimiser's memory, by path. */
export const numbersOf = (plan: StepPlan): Map<string, Float32Array> =>
  new Map(variablesOf(plan).map(([path, leaf]) => [path, Float32Array.from(leaf.dataSync())]));

/** Weights and the optimiser's memory as text, bit for bit. */
export const bitsOf = (plan: StepPlan): string =>
  [...numbersOf(plan)]
    .map(([path, values]) => `${path} ${Buffer.from(values.buffer).toString('hex')}`)
    .join('\n');

/** Free weights and memory. */
export function disposePlan(plan: StepPlan): void {
  disposeTree(plan.params);
  disposeOptimiser(plan.optimiser);
}
