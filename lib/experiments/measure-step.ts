import * as tf from '@tensorflow/tfjs';
import { createRng } from '../base/random';
import { leaves } from '../base/tree';
import { startBackend } from '../nn/backend';
import { embedding } from '../nn/embedding';
import { linearCrossEntropy } from '../nn/linear-cross-entropy';
import { initLstmLayer, lstmLayer } from '../nn/lstm';

/** What an encoder's step consists of: many small products one after another, or few large ones. */
export type WorkKind = 'recurrent' | 'attention';

/** Both kinds, in the order of their measurement. */
export const workKinds: readonly WorkKind[] = ['recurrent', 'attention'];

/** Small enough for a few seconds, large enough to be worth threads: the project's usual batch, length and width. */
const [B, T, D, V] = [128, 50, 64, 2000];

/**
 * Time one training step of a small model of each kind, in this process, at one number of threads.
 *
 * A step is forward and backward of an encoder and of the cross-entropy over 2,000 items at every place: one LSTM layer,
 * or one causal self-attention and one feed-forward layer. Batch 128, length 50, width 64. One step warms up.
 *
 * @returns the fastest of `repeats` steps, in milliseconds
 * @throws InputError when the backend runs with another number of threads already
 */
export async function measureSteps(threads: number, repeats: number): Promise<Record<WorkKind, number>> {
  await startBackend({ threads });
  return { recurrent: fastest('recurrent', repeats), attention: fastest('attention', repeats) };
}

function fastest(kind: WorkKind, repeats: number): number {
  const rng = createRng(1);
  const draw = (rows: number, columns: number): tf.Variable<tf.Rank.R2> =>
    tf.variable(
      tf.tensor2d(
        Float32Array.from({ length: rows * columns }, () => rng.normal() / 8),
        [rows, columns],
      ),
    );
  const table = draw(V, D);
  const lstm = initLstmLayer(D, D, rng);
  const attention = {
    inputs: draw(D, 3 * D),
    output: draw(D, D),
    wide: draw(D, 4 * D),
    narrow: draw(4 * D, D),
  };
  const index = (count: number): Int32Array =>
    Int32Array.from({ length: count }, () => 1 + rng.integer(V - 1));
  const items_BT = tf.tensor2d(index(B * T), [B, T], 'int32');
  const targets_L = tf.tensor1d(index(B * T), 'int32');
  const weights = kind === 'recurrent' ? { table, lstm } : { table, attention };

  const loss = (): tf.Scalar => {
    const x_BTD = embedding(table, items_BT) as tf.Tensor3D;
    const hidden_BTD = kind === 'recurrent' ? lstmLayer(lstm, x_BTD) : attentionBlock(x_BTD, attention);
    return linearCrossEntropy(tf.reshape(hidden_BTD, [B * T, D]), table, targets_L);
  };
  const variables = leaves(weights).map(([, leaf]) => leaf);
  let best = Infinity;
  for (let repeat = -1; repeat < repeats; repeat++) {
    const start = performance.now();
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, variables);
      for (const tensor of [value, ...Object.values(grads)]) tensor.dataSync();
    });
    if (repeat >= 0) best = Math.min(best, performance.now() - start);
  }
  tf.dispose([items_BT, targets_L, ...variables]);
  return best;
}

interface AttentionWeights {
  readonly inputs: tf.Tensor2D; // [D, 3D]
  readonly output: tf.Tensor2D; // [D, D]
  readonly wide: tf.Tensor2D; // [D, 4D]
  readonly narrow: tf.Tensor2D; // [4D, D]
}

/** Two heads, causal, and a feed-forward layer: for its time only. */
function attentionBlock(x_BTD: tf.Tensor3D, weights: AttentionWeights): tf.Tensor3D {
  const heads = 2;
  const rows_LD = tf.reshape(x_BTD, [B * T, D]);
  const split = tf.reshape(tf.matMul(rows_LD, weights.inputs), [B, T, 3, heads, D / heads]);
  const [query, key, value] = tf.unstack(tf.transpose(split, [2, 0, 3, 1, 4])) as [
    tf.Tensor4D,
    tf.Tensor4D,
    tf.Tensor4D,
  ];
  const future_TT = tf.sub(tf.linalg.bandPart(tf.ones([T, T]), -1, 0), 1); // 0 in the past, -1 in the future
  const scores = tf.add(
    tf.mul(tf.matMul(query, key, false, true), (D / heads) ** -0.5),
    tf.mul(future_TT, 1e9),
  );
  const mixed = tf.transpose(tf.matMul(tf.softmax(scores), value), [0, 2, 1, 3]);
  const attended = tf.add(rows_LD, tf.matMul(tf.reshape(mixed, [B * T, D]), weights.output));
  const wide = tf.relu(tf.matMul(attended, weights.wide));
  return tf.reshape(tf.add(attended, tf.matMul(wide, weights.narrow)), [B, T, D]);
}
