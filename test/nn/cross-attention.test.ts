import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import { attention } from '../../lib/nn/attention';
import { attentionMask } from '../../lib/nn/attention-mask';
import { startBackend } from '../../lib/nn/backend';
import {
  crossAttention,
  crossAttentionWeights,
  initCrossAttention,
  type CrossAttentionOptions,
  type CrossAttentionWeights,
} from '../../lib/nn/cross-attention';
import { constant } from '../../lib/nn/constant';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import { inference, trainingMode } from '../../lib/nn/mode';
import {
  initTransformerDecoderBlock,
  transformerDecoderBlock,
  type TransformerDecoderBlockWeights,
} from '../../lib/nn/transformer-decoder-block';
import { expectNoLeaks, expectNumbers, expectSlopes, largestDifference, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [B, T, M, D, H, F] = [2, 3, 4, 4, 2, 5];
const weights: CrossAttentionWeights = {
  query: { kernel: wave(1, D, D), bias: wave(2, D) },
  keyValue: { kernel: wave(3, D, 2 * D), bias: wave(4, 2 * D) },
  output: { kernel: wave(5, D, D), bias: wave(6, D) },
};
/** The first event sees the first vector, the second two, the third all. */
const mask = (): tf.Tensor2D =>
  tf.tensor2d([
    [0, -1e9, -1e9, -1e9],
    [0, 0, -1e9, -1e9],
    [0, 0, 0, 0],
  ]);
const x = (): tf.Tensor3D => wave(0, B, T, D);
const memory = (): tf.Tensor3D => wave(7, B, M, D);

/*
 * PyTorch 2.15.0, for this file:
 *   B, T, M, D, H = 2, 3, 4, 4, 2
 *   wave = lambda start, *shape: torch.sin(start + torch.arange(math.prod(shape), dtype=torch.float64)).reshape(shape)
 *   def fill(a):  # a MultiheadAttention(D, H, batch_first=True).double()
 *       a.in_proj_weight.copy_(torch.cat([wave(1, D, D).T, wave(3, D, 2*D).T]))
 *       a.in_proj_bias.copy_(torch.cat([wave(2, D), wave(4, 2*D)]))
 *       a.out_proj.weight.copy_(wave(5, D, D).T); a.out_proj.bias.copy_(wave(6, D))
 *   x, memory = wave(0, B, T, D), wave(7, B, M, D)
 *   hidden = torch.tensor([[0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]]).bool()
 *   y, w = a(x, memory, memory, attn_mask=hidden, average_attn_weights=False)
 */
describe('cross-attention', () => {
  it('gives the numbers and the weights of PyTorch', () => {
    const options = { numHeads: H, mask_TM: mask() };
    expectNumbers(
      crossAttention(weights, x(), memory(), options, inference),
      [
        -0.864478, -0.188725, 0.660541, 0.902508, -0.133466, 0.871336, 1.075036, 0.290353, 0.093747, 0.789918,
        0.759842, 0.03117, 0.105225, 0.968763, 0.941624, 0.048761, 0.311698, 0.984264, 0.751902, -0.171755,
        -0.001919, 0.793134, 0.858983, 0.135087,
      ],
      1e-5,
    );
    expectNumbers(
      tf.slice(crossAttentionWeights(weights, x(), memory(), options), [0, 0, 0, 0], [1, H, T, M]),
      [
        1, 0, 0, 0, 0.027503, 0.972497, 0, 0, 0.101264, 0.599646, 0.141148, 0.157942, 1, 0, 0, 0, 0.073932,
        0.926068, 0, 0, 0.115523, 0.4353, 0.3225, 0.126677,
      ],
      1e-5,
    );
  });

  it('is self-attention when the memory is what looks, under the same mask', () => {
    const causal = attentionMask(T, { causal: true }) as tf.Tensor2D;
    const own = {
      queryKeyValue: {
        kernel: tf.concat([weights.query.kernel, weights.keyValue.kernel], 1),
        bias: tf.concat([weights.query.bias, weights.keyValue.bias]),
      },
      output: weights.output,
    };
    const self = attention(own, x(), { numHeads: H, causal: true }, inference);
    const cross = crossAttention(weights, x(), x(), { numHeads: H, mask_TM: causal }, inference);
    expect(largestDifference(self, cross)).toBeLessThan(1e-5);
  });

  it('has the gradient of finite differences, and leaves no tensor behind', () => {
    const named = leavesOf(weights);
    const run = (...inputs: tf.Tensor[]): tf.Tensor =>
      crossAttention(
        {
          query: { kernel: inputs[2]!, bias: inputs[3]! },
          keyValue: { kernel: inputs[4]!, bias: inputs[5]! },
          output: { kernel: inputs[6]!, bias: inputs[7]! },
        },
        inputs[0] as tf.Tensor3D,
        inputs[1] as tf.Tensor3D,
        { numHeads: H, mask_TM: shown },
        inference,
      );
    const shown = mask();
    expectSlopes(run, [x(), memory(), ...named]);
    expectNoLeaks(run, [x(), memory(), ...named]);
  });

  it('silences weights while training, other ones in each head', () => {
    const look = (mode: ReturnType<typeof trainingMode>): tf.Tensor =>
      crossAttention(weights, x(), memory(), { numHeads: H, dropoutRate: 0.5, site: 3 }, mode);
    expect(largestDifference(look(trainingMode(1, 1)), look(trainingMode(1, 1)))).toBe(0);
    expect(largestDifference(look(trainingMode(1, 1)), look(trainingMode(1, 2)))).toBeGreaterThan(0.01);
  });

  it('refuses heads that do not divide the width, and tensors that do not fit', () => {
    const look = (options: Partial<CrossAttentionOptions>, other = memory()): (() => tf.Tensor) => {
      return () => crossAttention(weights, x(), other, { numHeads: H, ...options }, inference);
    };
    expect(look({ numHeads: 3 })).toThrow('crossAttention: 3 heads do not divide a width of 4');
    expect(look({ mask_TM: wave(0, T, T) })).toThrow(/mask_TM should be \[3, 4\], got \[3, 3\]/);
    expect(look({}, wave(0, 1, M, D))).toThrow(/memory_BMD should be \[2, any, 4\], got \[1, 4, 4\]/);
  });

  it('starts within the limits of Glorot, biases at zero', () => {
    const params = initCrossAttention(30, createRng(1));
    expect(leaves(params).map(([path, { shape }]) => [path, shape])).toEqual([
      ['query.kernel', [30, 30]],
      ['query.bias', [30]],
      ['keyValue.kernel', [30, 60]],
      ['keyValue.bias', [60]],
      ['output.kernel', [30, 30]],
      ['output.bias', [30]],
    ]);
    const largest = tf.max(tf.abs(params.keyValue.kernel)).dataSync()[0]!;
    expect(largest).toBeGreaterThan(0.98 * Math.sqrt(6 / 90));
    expect(largest).toBeLessThanOrEqual(Math.sqrt(6 / 90));
  });
});

const leavesOf = ({ query, keyValue, output }: CrossAttentionWeights): tf.Tensor[] =>
  [query, keyValue, output].flatMap(({ kernel, bias }) => [kernel, bias]);

/*
 * PyTorch 2.15.0, with `fill` as above:
 *   l = torch.nn.TransformerDecoderLayer(D, H, 5, dropout=0, activation='relu', batch_first=True, norm_first=...).double()
 *   l.self_attn.in_proj_weight.copy_(wave(11, D, 3*D).T); l.self_attn.in_proj_bias.copy_(wave(12, 3*D))
 *   l.self_attn.out_proj.weight.copy_(wave(13, D, D).T); l.self_attn.out_proj.bias.copy_(wave(14, D))
 *   fill(l.multihead_attn)
 *   l.linear1.weight.copy_(wave(15, D, 5).T); l.linear1.bias.copy_(wave(16, 5))
 *   l.linear2.weight.copy_(wave(17, 5, D).T); l.linear2.bias.copy_(wave(18, D))
 *   for n, s in ((l.norm1, 19), (l.norm2, 20), (l.norm3, 21)): n.weight.copy_(wave(s, D)); n.bias.copy_(wave(s + 5, D))
 *   l(x, memory, tgt_mask=torch.ones(T, T).triu(1).bool(), memory_mask=hidden)
 */
describe("the decoder's block", () => {
  const block: TransformerDecoderBlockWeights = {
    attention: {
      queryKeyValue: { kernel: wave(11, D, 3 * D), bias: wave(12, 3 * D) },
      output: { kernel: wave(13, D, D), bias: wave(14, D) },
    },
    attentionNorm: { scale: wave(19, D), shift: wave(24, D) },
    crossAttention: weights,
    crossNorm: { scale: wave(20, D), shift: wave(25, D) },
    expand: { kernel: wave(15, D, F), bias: wave(16, F) },
    contract: { kernel: wave(17, F, D), bias: wave(18, D) },
    feedForwardNorm: { scale: wave(21, D), shift: wave(26, D) },
  };
  const common = { numHeads: H, causal: true, activation: 'relu', dropoutRate: 0 } as const;

  it.each([
    [
      'pre',
      [
        0.031909, 1.23323, 1.300725, 0.172339, -0.72334, 0.144082, 0.879035, 0.805808, 1.469373, 2.074954,
        0.772832, -1.239828, 0.568617, 2.429202, 2.056389, -0.207058, -0.381118, 0.179143, 0.574701, 0.441881,
        1.763667, 3.073928, 1.558034, -1.390309,
      ],
    ],
    [
      'post',
      [
        -0.404433, 0.949463, -0.659413, -0.223901, -0.510224, 0.952857, -0.771022, -0.566182, -0.477845,
        0.948579, -0.53372, -0.34745, -0.549948, 0.948076, -0.402139, -0.514792, -0.460109, 0.950634,
        -0.704336, -0.355964, -0.523676, 0.948585, -0.488053, -0.446575,
      ],
    ],
  ] as const)('gives the numbers of PyTorch, %s-norm', (norm, expected) => {
    const options = { ...common, norm, mask_TM: mask() };
    // PyTorch's layer norm has the same epsilon, 1e-5.
    expectNumbers(transformerDecoderBlock(block, x(), memory(), options, inference), expected, 2e-5);
  });

  it('is the same as a graph, with dropout at other steps, value and gradients', () => {
    const params = initTransformerDecoderBlock(D, F, createRng(1));
    const variables = leaves(params).map(([, leaf]) => leaf);
    const graph = compileGraph({
      variables,
      run: ({ x_BTD, memory_BMD, key }) => {
        const { value, grads } = tf.variableGrads(() => {
          const options = { ...common, norm: 'pre', dropoutRate: 0.3, attentionDropoutRate: 0.3 } as const;
          const mode = { training: true, key: key as tf.Tensor1D } as const;
          const y = transformerDecoderBlock(
            params,
            x_BTD as tf.Tensor3D,
            memory_BMD as tf.Tensor3D,
            { ...options, mask_TM: constant(mask) },
            mode,
          );
          return tf.sum(tf.square(y));
        }, variables);
        return { value, ...Object.fromEntries(variables.map(({ name }) => [name, grads[name]!])) };
      },
      examples: [1, 2].map((step) => ({
        x_BTD: wave(step, B, T, D),
        memory_BMD: wave(step + 5, B, M, D),
        key: trainingMode(1, step).key,
      })),
    });
    expect(graph).toBeDefined();
    graph.dispose();
  });
});
