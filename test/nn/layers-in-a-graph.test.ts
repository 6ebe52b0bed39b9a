import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createRng, type Rng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import { additiveAttention, initAdditiveAttention } from '../../lib/nn/additive-attention';
import { startBackend } from '../../lib/nn/backend';
import { gelu } from '../../lib/nn/gelu';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import { gruLastState, gruLayer, initGruLayer } from '../../lib/nn/gru';
import { initLayerNorm, layerNorm } from '../../lib/nn/layer-norm';
import { initLinear, linear } from '../../lib/nn/linear';
import { initLstmLayer, lstmLastState, lstmLayer } from '../../lib/nn/lstm';
import { initRnnLayer, rnnLastState, rnnLayer } from '../../lib/nn/rnn';
import { wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [B, T, D, H] = [3, 4, 5, 6];

/** A layer with its weights: the weights are drawn inside, when the backend is there. */
type Layer = (rng: Rng) => { params: object; run: (x_BTD: tf.Tensor3D) => tf.Tensor };
const layer =
  <P extends object>(init: (rng: Rng) => P, run: (params: P, x_BTD: tf.Tensor3D) => tf.Tensor): Layer =>
  (rng) => {
    const params = init(rng);
    return { params, run: (x_BTD) => run(params, x_BTD) };
  };

const layers: [string, Layer][] = [
  ['linear', layer((rng) => initLinear(D, H, rng), linear)],
  ['layerNorm', layer(() => initLayerNorm(D), layerNorm)],
  [
    'additiveAttention',
    layer(
      (rng) => initAdditiveAttention(D, H, rng),
      (params, x) => additiveAttention(params, x),
    ),
  ],
  [
    'gelu, exact',
    layer(
      (rng) => initLinear(D, H, rng),
      (params, x) => gelu(linear(params, x), 'exact'),
    ),
  ],
  [
    'gelu, tanh',
    layer(
      (rng) => initLinear(D, H, rng),
      (params, x) => gelu(linear(params, x), 'tanh'),
    ),
  ],
  [
    'rnnLayer, tanh',
    layer(
      (rng) => initRnnLayer(D, H, rng),
      (params, x) => rnnLayer(params, x, 'tanh'),
    ),
  ],
  [
    'rnnLayer, relu',
    layer(
      (rng) => initRnnLayer(D, H, rng),
      (params, x) => rnnLayer(params, x, 'relu'),
    ),
  ],
  [
    'rnnLastState',
    layer(
      (rng) => initRnnLayer(D, H, rng),
      (params, x) => rnnLastState(params, x, 'relu'),
    ),
  ],
  ['gruLayer', layer((rng) => initGruLayer(D, H, rng), gruLayer)],
  ['gruLastState', layer((rng) => initGruLayer(D, H, rng), gruLastState)],
  ['lstmLayer', layer((rng) => initLstmLayer(D, H, rng), lstmLayer)],
  ['lstmLastState', layer((rng) => initLstmLayer(D, H, rng), lstmLastState)],
];

// compileGraph compares the graph with the eager run on both examples and throws where they differ.
it.each(layers)('%s: a graph gives the value and the gradients of the eager run', (_, make) => {
  const { params, run } = make(createRng(1));
  const variables = leaves(params).map(([, leaf]) => leaf);
  const graph = compileGraph({
    variables,
    run: ({ x_BTD }) => {
      const loss = (): tf.Scalar => tf.sum(tf.square(run(x_BTD as tf.Tensor3D)));
      const { value, grads } = tf.variableGrads(loss, variables);
      const byInput = tf.grad((x) => tf.sum(tf.square(run(x as tf.Tensor3D))))(x_BTD!);
      return Object.fromEntries(
        [value, byInput, ...Object.values(grads)].map((each, at) => [`of${at}`, each]),
      );
    },
    examples: [{ x_BTD: wave(1, B, T, D) }, { x_BTD: wave(2, B, T, D) }],
  });
  expect(graph.report.numNodes).toBeGreaterThan(5);
  graph.dispose();
});
