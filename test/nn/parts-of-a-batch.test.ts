import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { inference, trainingMode } from '../../lib/nn/mode';
import { gruFused, gruPlain } from '../../lib/nn/native/gru';
import { lstmFused, lstmPlain } from '../../lib/nn/native/lstm';
import { unroll, type RecurrentCell, type States } from '../../lib/nn/native/unroll';
import {
  initTransformerBlock,
  transformerBlock,
  type TransformerBlockOptions,
  type TransformerBlockParams,
} from '../../lib/nn/transformer-block';
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

describe('a transformer block in parts', () => {
  const [T, D, F] = [4, 8, 12];
  const params = (): TransformerBlockParams => initTransformerBlock(D, F, createRng(1));
  const options: TransformerBlockOptions = {
    numHeads: 2,
    causal: false,
    norm: 'pre',
    activation: 'gelu',
    dropoutRate: 0,
  };
  // Sequences of 1 to 4 events, padded on the right; a bias that all parts share.
  const isReal = (): tf.Tensor2D =>
    tf.tensor2d(Array.from({ length: B }, (_, b) => Array.from({ length: T }, (_, t) => +(t <= b % T))));
  const bias = (): tf.Tensor3D => wave(5, 2, T, T);

  it.each(['pre', 'post'] as const)('is what its parts are alone, %s-norm', (norm) => {
    const block = params();
    const run =
      (isReal_BT: tf.Tensor2D) =>
      (x: tf.Tensor, bias_HTT: tf.Tensor): tf.Tensor =>
        transformerBlock(
          block,
          x as tf.Tensor3D,
          { ...options, norm, isReal_BT, bias_HTT: bias_HTT as tf.Tensor3D },
          inference,
        );
    const whole = run(isReal());
    const masks = tf.split<tf.Tensor2D>(isReal(), [65, 66]);
    const inHalves = (x: tf.Tensor, bias_HTT: tf.Tensor): tf.Tensor =>
      tf.concat(tf.split(x, [65, 66]).map((part, half) => run(masks[half]!)(part, bias_HTT)));
    const inputs = [wave(0, B, T, D), bias()];
    expectTwins(whole, inHalves, inputs, 1e-4); // the bias's gradient sums over the batch

    const byWeights = (f: typeof whole): Record<string, tf.Tensor> =>
      tf.variableGrads(() => tf.sum<tf.Scalar>(tf.mul(f(inputs[0]!, inputs[1]!), wave(3, B, T, D)))).grads;
    const [one, other] = [byWeights(whole), byWeights(inHalves)];
    expect(Object.keys(one).length).toBe(12);
    for (const [name, gradient] of Object.entries(one)) {
      const size = tf.max(tf.abs(gradient)).dataSync()[0]!;
      expect(largestDifference(gradient, other[name]!)).toBeLessThan(1e-5 * Math.max(1, size));
    }
  });

  it('drops other numbers in each part', () => {
    const x_BTD: tf.Tensor3D = tf.tile(wave<tf.Rank.R3>(0, 64, T, D), [2, 1, 1]);
    const dropped = transformerBlock(params(), x_BTD, { ...options, dropoutRate: 0.5 }, trainingMode(1, 1));
    const [first, second] = tf.split(dropped, 2) as [tf.Tensor, tf.Tensor];
    expect(largestDifference(first, second)).toBeGreaterThan(0.1);
  });

  it('refuses a padding mask of another batch', () => {
    const wrong = tf.ones<tf.Rank.R2>([B - 1, T]);
    expect(() =>
      transformerBlock(params(), wave(0, B, T, D), { ...options, isReal_BT: wrong }, inference),
    ).toThrow(/transformerBlock: isReal_BT/);
  });
});
