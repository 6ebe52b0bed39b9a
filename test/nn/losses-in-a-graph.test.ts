import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { binaryCrossEntropy } from '../../lib/nn/binary-cross-entropy';
import { bpr } from '../../lib/nn/bpr';
import { gbce } from '../../lib/nn/gbce';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import { linearCrossEntropy } from '../../lib/nn/linear-cross-entropy';
import { sampledSoftmax } from '../../lib/nn/sampled-softmax';
import { softmaxCrossEntropy } from '../../lib/nn/softmax-cross-entropy';
import { draw } from './loss-example';

beforeAll(async () => {
  await startBackend();
});

const [L, D, V, K] = [10, 4, 9, 3];

interface Batch extends Record<string, tf.Tensor> {
  hidden_LD: tf.Tensor2D;
  targets_L: tf.Tensor1D;
  negatives_LK: tf.Tensor2D;
  logExpected_L: tf.Tensor1D;
  weights_L: tf.Tensor1D;
}
const batch = (seed: number): Batch => {
  const items = (count: number): Int32Array =>
    Int32Array.from({ length: count }, (_, place) => 1 + ((seed + place * place) % (V - 1)));
  return {
    hidden_LD: draw(L, D, seed),
    targets_L: tf.tensor1d(items(L), 'int32'),
    negatives_LK: tf.tensor2d(items(L * K).reverse(), [L, K], 'int32'),
    logExpected_L: tf.reshape(draw(L, 1, seed + 1), [L]),
    weights_L: tf.tensor1d(Array.from({ length: L }, (_, row) => (row + seed) % 3)),
  };
};

const losses: [string, (batch: Batch, table_VD: tf.Tensor2D) => tf.Scalar][] = [
  [
    'softmaxCrossEntropy',
    (b, table) => softmaxCrossEntropy(tf.matMul(b.hidden_LD, table, false, true), b.targets_L, b.weights_L),
  ],
  [
    'linearCrossEntropy',
    (b, table) =>
      linearCrossEntropy(b.hidden_LD, table, b.targets_L, {
        weights_L: b.weights_L,
        bias_V: tf.reshape(tf.slice(table, [0, 0], [-1, 1]), [V]),
        chunkRows: 4,
      }),
  ],
  [
    'sampledSoftmax',
    (b, table) =>
      sampledSoftmax(
        b.hidden_LD,
        table,
        b.targets_L,
        {
          negatives_N: tf.reshape(tf.slice(b.negatives_LK, [0, 0], [L, 1]), [L]),
          logExpected_N: b.logExpected_L,
          logExpectedTarget_L: tf.neg(b.logExpected_L),
        },
        b.weights_L,
      ),
  ],
  [
    'binaryCrossEntropy',
    (b, table) =>
      binaryCrossEntropy(b.hidden_LD, table, b.targets_L, b.negatives_LK, { weights_L: b.weights_L }),
  ],
  [
    'gbce',
    (b, table) =>
      gbce(b.hidden_LD, table, b.targets_L, b.negatives_LK, { calibration: 0.5, weights_L: b.weights_L }),
  ],
  ['bpr', (b, table) => bpr(b.hidden_LD, table, b.targets_L, b.negatives_LK, b.weights_L)],
];

it.each(losses)('%s becomes a graph that depends on its batch alone, gradients included', (_, loss) => {
  const table = tf.variable(draw(V, D, 1));
  const graph = compileGraph({
    variables: [table],
    examples: [batch(2), batch(5)],
    run: (inputs) => {
      const { value, grads } = tf.valueAndGrads((hidden_LD, table_VD) =>
        loss({ ...(inputs as Batch), hidden_LD: hidden_LD as tf.Tensor2D }, table_VD as tf.Tensor2D),
      )([inputs['hidden_LD']!, table]);
      return { value, byHidden: grads[0]!, byTable: grads[1]! };
    },
  });
  expect(graph.report.largestDifference).toBeLessThan(1e-5);
  graph.dispose();
  table.dispose();
});
