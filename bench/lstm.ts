/**
 * The fused LSTM beside its plain twin and `tf.layers.lstm`: forward and backward of one layer, same numbers.
 *
 *     npm run bench:lstm [-- --json FILE]
 *
 * Batch 128, 100 steps, width 128. The sides take turns; the best and the median of the rounds count.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { createRng, type Rng } from 'behavior-lab/base/random';
import { tableToText } from 'behavior-lab/figures/table';
import { startBackend } from 'behavior-lab/nn/backend';
import { lstmLayer } from 'behavior-lab/nn/lstm';
import { lstmPlain } from 'behavior-lab/nn/native/lstm';

const [B, T, D] = [128, 100, 128];
const rounds = 7;

const draw = (rng: Rng, shape: number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 0.1 * rng.normal()),
    shape,
  );

/** From the order i, c, f, o of the kernel to the order i, f, c, o of tf.layers. */
function reorder(weights: tf.Tensor): tf.Tensor {
  const [i, c, f, o] = tf.split(weights, 4, weights.rank - 1);
  return tf.concat([i!, f!, c!, o!], weights.rank - 1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'string' } } });
  const backend = await startBackend();
  const rng = createRng(1);
  const x_BTD = draw(rng, [B, T, D]) as tf.Tensor3D;
  const weights = { kernel: draw(rng, [2 * D, 4 * D]), bias: draw(rng, [4 * D]) };
  const layer = tf.layers.lstm({
    units: D,
    returnSequences: true,
    recurrentActivation: 'sigmoid',
    inputShape: [T, D],
  });
  layer.apply(x_BTD);
  const kernel = reorder(weights.kernel);
  layer.setWeights([
    tf.slice(kernel, [0, 0], [D, -1]),
    tf.slice(kernel, [D, 0], [D, -1]),
    reorder(weights.bias),
  ]);
  const layerVariables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);

  const gradients = (run: (x: tf.Tensor3D, kernel: tf.Tensor, bias: tf.Tensor) => tf.Tensor): void => {
    const all = tf.grads((x, kernel, bias) => tf.sum(run(x as tf.Tensor3D, kernel, bias)))([
      x_BTD,
      weights.kernel,
      weights.bias,
    ]);
    for (const gradient of all) gradient.dataSync();
  };
  const sides: Record<string, () => void> = {
    'fused (ours)': () => gradients((x, kernel, bias) => lstmLayer({ kernel, bias }, x)),
    'plain twin': () => gradients((x, kernel, bias) => lstmPlain(x, { kernel, bias })),
    'tf.layers.lstm': () => {
      const { grads } = tf.variableGrads(() => tf.sum(layer.apply(x_BTD) as tf.Tensor), layerVariables);
      for (const gradient of Object.values(grads)) gradient.dataSync();
    },
  };
  const difference = tf.tidy(
    () => tf.max(tf.abs(tf.sub(lstmLayer(weights, x_BTD), layer.apply(x_BTD) as tf.Tensor))).dataSync()[0]!,
  );

  const times = new Map<string, number[]>(Object.keys(sides).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(sides)) {
      const start = performance.now();
      tf.tidy(run);
      if (round >= 0) times.get(name)!.push(performance.now() - start); // the first round warms up
    }
  }
  const rows = [...times].map(([name, ms]) => {
    const sorted = [...ms].sort((a, b) => a - b);
    return { name, best: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]! };
  });
  const ours = rows[0]!;
  const table = rows.map((row) => ({
    '': row.name,
    'best (ms)': row.best.toFixed(0),
    'median (ms)': row.median.toFixed(0),
    'times ours (median)': (row.median / ours.median).toFixed(1),
  }));
  const protocol =
    `one layer forward and backward, batch ${B}, ${T} steps, width ${D}, ${rounds} rounds in turn; ` +
    `TensorFlow ${backend.tensorflowVersion}, ${backend.threads} threads, ${cpus()[0]?.model}; ` +
    `largest difference in value to tf.layers.lstm ${difference.toExponential(1)}`;
  process.stdout.write(`${tableToText(table)}\n${protocol}\n`);
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ protocol, rows }, null, 2)}\n`);
}

void main();
