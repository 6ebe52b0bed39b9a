import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { inference } from '../../lib/nn/mode';
import { gruFused, gruPlain } from '../../lib/nn/native/gru';
import { lstmFused, lstmPlain } from '../../lib/nn/native/lstm';
import { unroll, type RecurrentCell, type States } from '../../lib/nn/native/unroll';
import { initTransformerBlock, transformerBlock } from '../../lib/nn/transformer-block';
import { expectTwins, largestDifference, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

// From 128 sequences on a recurrent layer works in parts; 131 leaves parts of 65 and 66.
const [B, T, D, H] = [131, 3, 4, 5];

const lstm =
  (layer: typeof lstmFused, states: States) =>
  (...[x, kernel, bias]: tf.Tensor[]): tf.Tensor =>
    layer(x as tf.Tensor3D, { kernel: kernel!, bias: bias! }, states);
const gru =
  (layer: typeof gruFused, states: States) =>
  (...[x, gateKernel, gateBias, candidateKernel, candidateBias]: tf.Tensor[]): tf.Tensor =>
    layer(
      x as tf.Tensor3D,
      {
        gateKernel: gateKernel!,
        gateBias: gateBias!,
        candidateKernel: candidateKernel!,
        candidateBias: candidateBias!,
      },
      states,
    );

describe.each(['all', 'last'] as const)('a batch in parts, %s states', (states) => {
  // Sums over 131 sequences: the gradients of the weights are up to 60 in size.
  it('is the plain LSTM', () => {
    const inputs = [wave(0, B, T, D), wave(1, D + H, 4 * H), wave(2, 4 * H)];
    expectTwins(lstm(lstmFused, states), lstm(lstmPlain, states), inputs, 1e-4);
  });

  it('is the plain GRU', () => {
    const inputs = [wave(0, B, T, D), wave(1, D + H, 2 * H), wave(2, 2 * H), wave(3, D + H, H), wave(4, H)];
    expectTwins(gru(gruFused, states), gru(gruPlain, states), inputs, 1e-4);
  });
});

it('really is in parts, as even as can be, four at most', () => {
  const seen: number[] = [];
  const counting: RecurrentCell = {
    stateWidth: 1,
    numOutputs: 1,
    forward: () => (x_BD) => {
      seen.push(x_BD.shape[0]);
      return [tf.slice(x_BD, [0, 0], [-1, 1])];
    },
    backward: () => () => ({ state: [], products: [] }),
    gradients: () => [],
  };
  for (const rows of [127, 131, 500]) unroll(counting, tf.zeros([rows, 1, 2]), [], 'all');
  expect(seen).toEqual([127, 65, 66, 125, 125, 125, 125]);
});

it('a feed-forward layer in parts gives what the parts of the batch give alone', () => {
  const [B, T, D, F] = [32, 64, 8, 512]; // a million wide numbers: two parts
  const params = initTransformerBlock(D, F, createRng(1));
  const block = (x: tf.Tensor): tf.Tensor =>
    transformerBlock(
      params,
      x as tf.Tensor3D,
      { numHeads: 2, causal: true, norm: 'pre', activation: 'gelu', dropoutRate: 0 },
      inference,
    );
  const halves = (x: tf.Tensor): tf.Tensor => tf.concat(tf.split(x, 2).map(block));
  const x_BTD = wave(0, B, T, D);
  expectTwins(block, halves, [x_BTD]);

  const byWeights = (run: (x: tf.Tensor) => tf.Tensor): Record<string, tf.Tensor> =>
    tf.variableGrads(() => tf.sum<tf.Scalar>(tf.mul(run(x_BTD), wave(3, B, T, D)))).grads;
  const [whole, inHalves] = [byWeights(block), byWeights(halves)];
  expect(Object.keys(whole).length).toBe(12);
  for (const [name, gradient] of Object.entries(whole)) {
    const size = tf.max(tf.abs(gradient)).dataSync()[0]!;
    expect(largestDifference(gradient, inHalves[name]!)).toBeLessThan(1e-5 * Math.max(1, size));
  }
});
