import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { matrix } from '../../lib/base/matrix';
import { countParameters, leaves, trainableLeaves } from '../../lib/base/tree';
import { caser, initCaser } from '../../lib/encoders/caser';
import type { EncoderConfig, EncoderParams } from '../../lib/encoders/encoder';
import { initSasRec, type SasRecConfig } from '../../lib/encoders/sasrec';
import type { EncoderDecoderParams } from '../../lib/encoders/encoder-decoder';
import { encoderOf, type EncoderName } from '../../lib/experiments/encoder-catalogue';
import { loadModel, saveModel } from '../../lib/experiments/model-folder';
import { createModel, userVectors } from '../../lib/experiments/sequence-model';
import { startBackend } from '../../lib/nn/backend';
import type { LearnedPositionParams } from '../../lib/nn/learned-positions';
import { inference, trainingMode, type Mode } from '../../lib/nn/mode';
import { nextItemLoss, prepareNextItem } from '../../lib/objectives/next-item';
import { buildVocabulary } from '../../lib/preprocessing/vocabulary';
import {
  applyOptimiser,
  createOptimiser,
  optimiserDefaults,
  stepScalars,
} from '../../lib/training/optimiser';
import { expectNumbers, expectSlopesOfWeights, wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

/** One configuration of an encoder, and what is particular to it. */
interface Case {
  readonly name: EncoderName;
  readonly config: EncoderConfig;
  /** Numbers that it has to learn, by the formulas. */
  readonly weights: number;
  /** A batch of two sequences; default causal ones of items. */
  readonly rows?: number[][];
  /** It does not know the order of events. */
  readonly isOrderless?: true;
  /** Whether an event changes something before it depends on the items. */
  readonly isCausalAtTimes?: true;
  /** Another value for each setting. */
  readonly changes: Readonly<Record<string, number | string>>;
}

const common = { numItems: 11, width: 8, dropoutRate: 0.2 };
const recurrent = { ...common, numLayers: 2 };
const items = 11 * 8;
const sasRec = {
  ...common,
  maxLength: 4,
  numBlocks: 2,
  numHeads: 2,
  feedForwardWidth: 12,
  activation: 'gelu',
  norm: 'pre',
  positions: 'learned',
  initialVectors: 'unit',
  attentionDropoutRate: 0.1,
};
const bert = Object.fromEntries(
  Object.entries(sasRec).filter(([setting]) => !['positions', 'initialVectors'].includes(setting)),
);
/** Attention 8 -> 24 and 8 -> 8, feed-forward 8 -> 12 -> 8, all with bias; two layer norms. */
const block = 8 * 24 + 24 + (8 * 8 + 8) + (8 * 12 + 12 + 12 * 8 + 8) + 2 * 16;
const transformer = { blocks: 2 * block + 16, changes: { numBlocks: 1, numHeads: 4, feedForwardWidth: 9 } };

/** Two sequences with a hidden item each. */
const hidden = [
  [1, 2, 11, 4],
  [5, 11, 6, 0],
];

const cases: Case[] = [
  // A layer: 8 -> 8 from the input, 8 -> 8 from the state, a bias.
  {
    name: 'rnn',
    config: { ...recurrent, activation: 'tanh' } as EncoderConfig,
    weights: items + 2 * (2 * 8 * 8 + 8),
    changes: { width: 4, numLayers: 1, dropoutRate: 0.5, activation: 'relu' },
  },
  // Four gates, or three, each with kernels of 8 + 8 rows and a bias.
  {
    name: 'lstm',
    config: recurrent,
    weights: items + 2 * 4 * (16 * 8 + 8),
    changes: { width: 4, numLayers: 1, dropoutRate: 0.5 },
  },
  {
    name: 'gru',
    config: recurrent,
    weights: items + 2 * 3 * (16 * 8 + 8),
    changes: { width: 4, numLayers: 1, dropoutRate: 0.5 },
  },
  // Filters of heights 1, 2 and 3 over vectors of 8, weights of 3 events, and 3 * 5 + 8 * 2 features to 8, all with bias.
  {
    name: 'caser',
    config: { ...common, window: 3, numHorizontal: 5, numVertical: 2, places: 'max' } as EncoderConfig,
    weights: items + (8 + 16 + 24) * 5 + 3 * 5 + (3 * 2 + 2) + ((3 * 5 + 8 * 2) * 8 + 8),
    changes: { width: 4, dropoutRate: 0.5, window: 2, numHorizontal: 3, numVertical: 3, places: 'attention' },
  },
  // And 5 -> 5 with bias and a question of 5, for all heights.
  {
    name: 'caser',
    config: { ...common, window: 3, numHorizontal: 5, numVertical: 2, places: 'attention' } as EncoderConfig,
    weights: items + (8 + 16 + 24) * 5 + 3 * 5 + (3 * 2 + 2) + ((3 * 5 + 8 * 2) * 8 + 8) + (5 * 5 + 5 + 5),
    changes: { places: 'max' },
  },
  {
    name: 'sasrec',
    config: sasRec,
    weights: items + 4 * 8 + transformer.blocks,
    changes: {
      ...transformer.changes,
      width: 4,
      dropoutRate: 0.5,
      attentionDropoutRate: 0.5,
      activation: 'relu',
      norm: 'post',
      positions: 'relative',
      initialVectors: 'small',
    },
  },
  {
    name: 'sasrec',
    config: { ...sasRec, norm: 'post', activation: 'relu', positions: 'relative' } as EncoderConfig,
    weights: items + 4 * 2 + transformer.blocks,
    changes: { positions: 'sinusoidal' },
  },
  {
    name: 'sasrec',
    config: { ...sasRec, positions: 'sinusoidal' } as EncoderConfig,
    weights: items + transformer.blocks,
    changes: { positions: 'learned' },
  },
  {
    name: 'sasrec',
    config: { ...sasRec, positions: 'learned-from-last' } as EncoderConfig,
    weights: items + 4 * 8 + transformer.blocks,
    changes: { positions: 'sinusoidal' },
  },
  // Places, a mask, and a head 8 -> 8 with bias beside the blocks.
  {
    name: 'bert4rec',
    config: { ...bert, norm: 'post' } as unknown as EncoderConfig,
    weights: items + 8 + 4 * 8 + transformer.blocks + (8 * 8 + 8),
    rows: hidden,
    changes: {
      ...transformer.changes,
      width: 4,
      dropoutRate: 0.5,
      attentionDropoutRate: 0.5,
      activation: 'relu',
      norm: 'pre',
    },
  },
  // One layer 8 -> 8 with bias after the mean.
  {
    name: 'average',
    config: { ...common, numLayers: 2 } as EncoderConfig,
    weights: items + 2 * (8 * 8 + 8),
    isOrderless: true,
    changes: { width: 4, numLayers: 0, dropoutRate: 0.5 },
  },
  // A mask, a GRU each way, and 16 -> 8 with bias.
  {
    name: 'bidirectional',
    config: { ...common, cell: 'gru' } as EncoderConfig,
    weights: items + 8 + 2 * 3 * (16 * 8 + 8) + (16 * 8 + 8),
    rows: hidden,
    changes: { width: 4, dropoutRate: 0.5, cell: 'lstm' },
  },
  {
    name: 'bidirectional',
    config: { ...common, cell: 'rnn' } as EncoderConfig,
    weights: items + 8 + 2 * (2 * 8 * 8 + 8) + (16 * 8 + 8),
    rows: hidden,
    changes: { cell: 'gru' },
  },
  {
    name: 'bidirectional',
    config: { ...common, cell: 'lstm' } as EncoderConfig,
    weights: items + 8 + 2 * 4 * (16 * 8 + 8) + (16 * 8 + 8),
    rows: hidden,
    changes: { cell: 'rnn' },
  },
  // BERT4Rec and an LSTM.
  {
    name: 'bert-lstm',
    config: { ...bert, norm: 'post' } as unknown as EncoderConfig,
    weights: items + 8 + 4 * 8 + transformer.blocks + (8 * 8 + 8) + 4 * (16 * 8 + 8),
    rows: hidden,
    changes: {
      ...transformer.changes,
      width: 4,
      dropoutRate: 0.5,
      attentionDropoutRate: 0.5,
      activation: 'relu',
      norm: 'pre',
    },
  },
  // An LSTM of 3 numbers beside the mean of 5.
  {
    name: 'lstm-mean',
    config: { ...common, meanWidth: 5 } as EncoderConfig,
    weights: items + 4 * (6 * 3 + 3),
    changes: { width: 9, meanWidth: 4, dropoutRate: 0.5 },
  },
  // A GRU, 8 -> 5 twice, 5 -> 8 and 8 -> 8, with bias.
  {
    name: 'svae',
    config: { ...common, latentWidth: 5 } as EncoderConfig,
    weights: items + 3 * (16 * 8 + 8) + 2 * (8 * 5 + 5) + (5 * 8 + 8) + (8 * 8 + 8),
    changes: { width: 4, latentWidth: 3, dropoutRate: 0.5 },
  },
  // A center, 8 -> 8 with bias, and places beside the blocks; the texts are frozen.
  {
    name: 'unisrec',
    config: { ...bert, textWidth: 8, numExperts: 1, ids: 'none' } as unknown as EncoderConfig,
    weights: 8 + (8 * 8 + 8) + 4 * 8 + transformer.blocks,
    changes: { ids: 'added', width: 4, numExperts: 2 },
  },
  // Three experts and a gate, and vectors of the items.
  {
    name: 'unisrec',
    config: { ...bert, textWidth: 8, numExperts: 3, ids: 'added' } as unknown as EncoderConfig,
    weights: items + 8 + 3 * (8 * 8 + 8) + (8 * 3 + 3) + 4 * 8 + transformer.blocks,
    changes: {
      ...transformer.changes,
      width: 4,
      dropoutRate: 0.5,
      attentionDropoutRate: 0.5,
      activation: 'relu',
      norm: 'post',
      ids: 'none',
      numExperts: 2,
    },
  },
  // SASRec with learned positions; its channels have their own tests.
  {
    name: 'gpt',
    config: {
      ...common,
      maxLength: 4,
      numBlocks: 2,
      numHeads: 2,
      feedForwardWidth: 12,
      attentionDropoutRate: 0.1,
      channels: {},
    } as EncoderConfig,
    weights: items + 4 * 8 + transformer.blocks,
    changes: { ...transformer.changes, width: 4, dropoutRate: 0.5, attentionDropoutRate: 0.5 },
  },
  // Places of a slice, and two slices and their mean to 8, with bias.
  {
    name: 'slices',
    config: {
      ...Object.fromEntries(Object.entries(bert).filter(([setting]) => setting !== 'maxLength')),
      norm: 'post',
      sliceLength: 2,
      numSlices: 2,
    } as unknown as EncoderConfig,
    weights: items + 2 * 8 + transformer.blocks + (3 * 8 * 8 + 8),
    changes: {
      ...transformer.changes,
      width: 4,
      dropoutRate: 0.5,
      attentionDropoutRate: 0.5,
      activation: 'relu',
      norm: 'pre',
      sliceLength: 3,
      numSlices: 3,
    },
  },
  // Edges in and out 8 -> 8, gates 24 -> 16, candidate 24 -> 8, attention 8 -> 8 with bias, 8 -> 8 and 8 -> 1 without, 16 -> 8.
  {
    name: 'sr-gnn',
    config: { ...common, numSteps: 2 } as EncoderConfig,
    weights: items + 2 * (8 * 8 + 8) + (24 * 16 + 16) + (24 * 8 + 8) + (8 * 8 + 8) + 8 * 8 + 8 + (16 * 8 + 8),
    changes: { width: 4, numSteps: 1, dropoutRate: 0.5 },
  },
  // Two layers 8 -> 8, and 16 -> 8 or 8 -> 8, with bias.
  {
    name: 'graph-convolution',
    config: { ...common, numLayers: 2, edges: 'directed', readout: 'last-mean' } as EncoderConfig,
    weights: items + 2 * (8 * 8 + 8) + (16 * 8 + 8),
    isCausalAtTimes: true,
    changes: { width: 4, numLayers: 1, dropoutRate: 0.5, edges: 'undirected', readout: 'mean' },
  },
  {
    name: 'graph-convolution',
    config: { ...common, numLayers: 2, edges: 'undirected', readout: 'mean' } as EncoderConfig,
    weights: items + 3 * (8 * 8 + 8),
    changes: { edges: 'directed' },
  },
];

// A gate 16 -> 8, a layer and a linear one 8 -> 8, with bias. What it does with friends has its own tests.
cases.push({
  name: 'social',
  config: { ...common, fusion: 'gated', numLayers: 1, activation: 'sigmoid' } as EncoderConfig,
  weights: items + (16 * 8 + 8) + 2 * (8 * 8 + 8),
  isOrderless: true,
  isCausalAtTimes: true,
  changes: { width: 4, fusion: 'concatenation', numLayers: 2, activation: 'relu', dropoutRate: 0.5 },
});

const crossAttention = 8 * 8 + 8 + (8 * 16 + 16) + (8 * 8 + 8);
const segmented = Object.fromEntries(
  Object.entries(sasRec).filter(([setting]) => !['positions', 'initialVectors'].includes(setting)),
);
for (const [norm, numSegments] of [
  ['pre', 2],
  ['post', 4],
] as const) {
  cases.push({
    name: 'encoder-decoder',
    config: { ...segmented, numBlocks: 1, norm, numSegments } as unknown as EncoderConfig,
    // Places, a beginning, a stack of one block, and a block with cross-attention and three layer norms, and the last norm.
    weights: items + 4 * 8 + 8 + (block + 16) + (block + crossAttention + 16 + 16),
    changes: {
      ...transformer.changes,
      numBlocks: 2,
      width: 4,
      dropoutRate: 0.5,
      attentionDropoutRate: 0.5,
      activation: 'relu',
      norm: norm === 'pre' ? 'post' : 'pre',
      numSegments: numSegments === 2 ? 4 : 2,
    },
  });
}

const titled = cases.map(({ config, ...rest }) => {
  const { positions, cell, places, numSegments, ids, edges } = config as unknown as Record<
    string,
    string | undefined
  >;
  const particular = positions
    ? `${positions} positions`
    : (cell ?? places ?? (numSegments && `${numSegments} segments`) ?? (ids && `ids ${ids}`) ?? edges);
  return { ...rest, config, title: particular ? `${rest.name}, ${particular}` : rest.name };
});

/** Two friends of everybody, for an encoder that reads what they do. */
const friends = [
  [8, 9, 0],
  [10, 0, 0],
];
const side = {
  codes: { channels: {}, profile: {}, items: null, friends: { numFriends: 2, itemsAFriend: 3 } },
  profileFusion: null,
  heads: [],
};

const causalRows = [
  [1, 2, 3, 4],
  [5, 2, 6, 0],
];

describe('small vectors at the start', () => {
  it('have numbers of about .02, items and places; those of unit length 1/sqrt(D)', () => {
    const deviation = (values: ArrayLike<number>): number =>
      Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length);
    const config = { ...sasRec, numItems: 2_001, width: 64, numHeads: 2, maxLength: 200 };
    for (const [initialVectors, wanted] of [
      ['small', 0.02],
      ['unit', 1 / 8],
    ] as const) {
      const params = initSasRec({ ...config, initialVectors } as SasRecConfig, createRng(1));
      const { table } = params.positions as LearnedPositionParams;
      for (const leaf of [params.itemEmbedding.slice([1, 0]), table])
        expect(deviation(leaf.dataSync()) / wanted).toBeCloseTo(1, 1);
    }
  });
});

describe.each(titled)(
  'the encoder $title',
  ({ name, config, weights, changes, rows = causalRows, isOrderless, isCausalAtTimes }) => {
    const entry = encoderOf(name);
    const isCausal = entry.maskIndex === undefined && !entry.answersOnce;
    const init = (settings: EncoderConfig = config, seed = 1): EncoderParams =>
      entry.init(settings, createRng(seed));
    const encode = (
      params: EncoderParams,
      rows: number[][],
      settings = config,
      mode: Mode = inference,
    ): tf.Tensor3D =>
      entry.encode(
        params,
        {
          items_BT: tf.tensor2d(rows, undefined, 'int32'),
          ...(entry.readsFriends && {
            perUser: {
              friendItems_BFK: tf.tensor3d(
                rows.map(() => friends),
                undefined,
                'int32',
              ),
            },
          }),
        },
        settings,
        mode,
      ).hidden_BTD;
    const numbers = (params: EncoderParams): number[] =>
      leaves(params).flatMap(([, leaf]) => Array.from(leaf.dataSync()));

    it('has the number of weights that the formulas say', () => {
      expect(countParameters(init())).toBe(weights);
    });

    it('starts with the same weights for the same seed, others for another, and a padding row of zeros', () => {
      expect(numbers(init())).toEqual(numbers(init()));
      expect(numbers(init())).not.toEqual(numbers(init(config, 2)));
      expect(numbers(init()).slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    });

    it('is causal, or reads in both directions: an event changes nothing before it, or something', () => {
      const params = init();
      const item = fc.integer({ min: 1, max: 10 });
      fc.assert(
        fc.property(fc.array(item, { minLength: 2, maxLength: 4 }), item, fc.nat(), (row, other, at) => {
          const place = 1 + (at % (row.length - 1));
          fc.pre(row[place] !== other);
          const changed = row.map((own, index) => (index === place ? other : own));
          const [a, b] = [encode(params, [row]), encode(params, [changed])];
          const head = (h: tf.Tensor3D): number[] =>
            Array.from(h.slice([0, 0, 0], [1, place, -1]).dataSync());
          const own = (h: tf.Tensor3D): number[] => Array.from(h.slice([0, place, 0], [1, 1, -1]).dataSync());
          if (isCausal) expect(head(a)).toEqual(head(b));
          else if (!isCausalAtTimes) expect(head(a)).not.toEqual(head(b));
          expect(own(a)).not.toEqual(own(b));
        }),
        { numRuns: 25 },
      );
    });

    it('knows the order of events, not only which there were, or is blind to it and says so', () => {
      const params = init();
      const last = (row: number[]): number[] =>
        Array.from(
          encode(params, [row])
            .slice([0, row.length - 1, 0], [1, 1, -1])
            .dataSync(),
        );
      const [a, b] = [last([3, 7, 2]), last([7, 3, 2])];
      const apart = Math.max(...a.map((value, place) => Math.abs(value - b[place]!)));
      if (isOrderless) expect(apart).toBeLessThan(1e-6);
      else expect(apart).toBeGreaterThan(1e-4);
    });

    it('is not changed by padding on the right, nor by the other rows of the batch', () => {
      const params = init();
      const alone = encode(params, [[3, 7, 2]]).dataSync();
      const among = encode(params, [
        [3, 7, 2, 0],
        [9, 9, 9, 9],
      ]).slice([0, 0, 0], [1, 3, -1]);
      expect(
        Math.max(...alone.map((value, place) => Math.abs(value - among.dataSync()[place]!))),
      ).toBeLessThan(1e-5);
    });

    it('has the gradient that finite differences have', () => {
      const params = init();
      // What draws, draws the same each time.
      const mode = entry.isVariational ? trainingMode(1, 1) : inference;
      const value = (): tf.Scalar =>
        tf.tidy(() => {
          const hidden = encode(
            params,
            rows,
            { ...config, ...(entry.isVariational && { dropoutRate: 0 }) },
            mode,
          );
          return tf.sum(tf.mul(hidden, wave(3, ...hidden.shape)));
        });
      expectSlopesOfWeights(params, value);
    });

    it('can learn one batch by heart, moving every weight but the padding row', () => {
      const settings = {
        ...config,
        dropoutRate: 0,
        ...('attentionDropoutRate' in config && { attentionDropoutRate: 0 }),
      };
      const params = init(settings);
      const named = trainableLeaves(params);
      const start = named.map(([, leaf]) => leaf.dataSync().slice());
      const frozen = leaves(params).filter(([, leaf]) => !leaf.trainable);
      const before = frozen.map(([, leaf]) => leaf.dataSync().slice());
      const asked = entry.answersOnce ? [0, 0, 0, 10, 0, 0, 7, 0] : [2, 3, 4, 10, 2, 6, 7, 0];
      const { positions, targets } = prepareNextItem(Int32Array.from(asked));
      const adam = { ...optimiserDefaults.adam, learningRate: 0.02 };
      const optimiser = createOptimiser(params, adam);
      let loss = Infinity;
      for (let step = 0; step < 150; step++) {
        loss = tf.tidy(() => {
          const { value, grads } = tf.variableGrads(
            () =>
              nextItemLoss(
                encode(params, rows, settings, trainingMode(1, step)),
                entry.itemVectors?.(params) ?? params.itemEmbedding,
                tf.tensor1d(positions, 'int32'),
                tf.tensor1d(targets, 'int32'),
              ),
            named.map(([, leaf]) => leaf),
          );
          const gradients = new Map(named.map(([path, leaf]) => [path, grads[leaf.name]!]));
          applyOptimiser(optimiser, params, gradients, tf.tensor1d(stepScalars(adam, step + 1, 0.02)));
          return value.dataSync()[0]!;
        });
      }
      expect(loss).toBeLessThan(0.1); // from log(10) = 2.3
      for (const [index, [path, leaf]] of named.entries()) {
        const moved = leaf.dataSync().map((value, place) => Math.abs(value - start[index]![place]!));
        if (path === 'itemEmbedding' || path === 'ids') {
          expect(Math.max(...moved.slice(0, 8))).toBe(0);
          expect(Math.min(...moved.slice(8))).toBeGreaterThan(0);
        } else if (path.endsWith('queryKeyValue.bias')) {
          // The bias of the keys adds the same to all scores of a query: it has no gradient but rounding.
          expect(Math.min(...moved.slice(0, 8), ...moved.slice(16)), path).toBeGreaterThan(0);
        } else if (path.endsWith('keyValue.bias')) {
          expect(Math.min(...moved.slice(8)), path).toBeGreaterThan(0);
        } else expect(Math.min(...moved), path).toBeGreaterThan(0);
      }
      for (const [index, [path, leaf]] of frozen.entries()) {
        expect(leaf.dataSync(), path).toEqual(before[index]);
      }
    });

    it('is the same after it was saved and loaded', () => {
      const vocabulary = buildVocabulary(Array.from({ length: 10 }, (_, item) => String(item)));
      const settings = Object.fromEntries(
        Object.entries(config).filter(([setting]) => setting in entry.settings),
      );
      const itemTexts = matrix(
        11,
        8,
        Float32Array.from({ length: 88 }, (_, place) => Math.sin(place)),
      );
      const model = createModel(vocabulary, {
        encoder: name,
        length: 4,
        seed: 3,
        config: settings,
        ...(entry.readsTexts && { itemTexts }),
        ...(entry.readsFriends && { side }),
      });
      const folder = mkdtempSync(join(tmpdir(), 'encoder-'));
      saveModel(folder, model);
      const histories = [Int32Array.of(1, 2), Int32Array.of(6, 5, 4, 3, 2), Int32Array.of()];
      const known = entry.readsFriends && {
        contexts: histories.map(() => ({
          channels: {},
          profile: {},
          friendItems: Int32Array.from(friends.flat()),
        })),
      };
      const vectors = userVectors(model, histories, { ...known });
      expect(userVectors(loadModel(folder), histories, { ...known })).toEqual(vectors);
    });

    it('uses every setting: changing one changes the result', () => {
      const outcome = (settings: EncoderConfig): number[] =>
        Array.from(encode(init(settings), [[1, 2, 3]], settings, trainingMode(1, 1)).dataSync());
      const base = outcome(config);
      for (const [setting, value] of Object.entries(changes)) {
        expect(outcome({ ...config, [setting]: value }), setting).not.toEqual(base);
      }
      expect(init({ ...config, numItems: 12 }).itemEmbedding.shape).toEqual([12, 8]);
    });

    it('refuses what a setting may not be, and settings that it does not have', () => {
      for (const dropoutRate of [1, -0.1, Number.NaN]) {
        expect(() => init({ ...config, dropoutRate })).toThrow(/dropoutRate must be from 0 to below 1/);
      }
      for (const [setting, { kind }] of Object.entries(entry.settings)) {
        const wrong = kind === 'word' ? 'nonsense' : -1;
        expect(() => init({ ...config, [setting]: wrong }), setting).toThrow(setting);
      }
      expect(() => init({ ...config, numItems: 0 })).toThrow('numItems must be a whole number from 1, got 0');
      expect(() => init({ ...config, depth: 3 } as EncoderConfig)).toThrow('there is no setting depth');
    });
  },
);

describe('every encoder', () => {
  it('has another value tried for each of its settings', () => {
    for (const name of new Set(cases.map((each) => each.name))) {
      const tried = new Set(
        cases.filter((each) => each.name === name).flatMap((each) => Object.keys(each.changes)),
      );
      expect([...tried].sort()).toEqual(Object.keys(encoderOf(name).settings).sort());
    }
  });
});

describe('the LSTM with a mean beside it', () => {
  const { init, encode } = encoderOf('lstm-mean');
  const config = { ...common, meanWidth: 5 } as EncoderConfig;

  it('has the mean of the items’ own numbers in its last places, whatever the order', () => {
    const params = init(config, createRng(1));
    const last = (row: number[]): number[] =>
      Array.from(
        encode(params, { items_BT: tf.tensor2d([row], undefined, 'int32') }, config, inference)
          .hidden_BTD.slice([0, 2, 0], [1, 1, -1])
          .dataSync(),
      );
    const table = params.itemEmbedding.arraySync();
    const mean = [3, 4, 5, 6, 7].map(
      (place) => (table[3]![place]! + table[7]![place]! + table[2]![place]!) / 3,
    );
    for (const row of [
      [3, 7, 2],
      [7, 2, 3],
    ]) {
      for (const [at, value] of last(row).slice(3).entries()) expect(value).toBeCloseTo(mean[at]!, 6);
    }
    expect(last([3, 7, 2]).slice(0, 3)).not.toEqual(last([7, 2, 3]).slice(0, 3));
  });

  it('refuses a mean that leaves the LSTM nothing', () => {
    expect(() => init({ ...common, meanWidth: 8 } as EncoderConfig, createRng(1))).toThrow(
      'meanWidth must be below the width 8, got 8',
    );
  });
});

describe('SASRec', () => {
  it('refuses heads that do not divide the width, and sequences that are too long', () => {
    const { init, encode } = encoderOf('sasrec');
    const config = sasRec as EncoderConfig;
    expect(() => init({ ...sasRec, numHeads: 3 } as EncoderConfig, createRng(1))).toThrow(
      'numHeads must divide the width 8, got 3',
    );
    const batch = { items_BT: tf.tensor2d([[1, 2, 3, 4, 5]], undefined, 'int32') };
    expect(() => encode(init(config, createRng(1)), batch, config, inference)).toThrow(
      'at most 4 events can be read, got 5',
    );
  });
});

describe('Caser with attention', () => {
  it('is what plain loops make of its weights, with places before the first event left out', () => {
    const config = {
      numItems: 6,
      width: 2,
      dropoutRate: 0,
      window: 3,
      numHorizontal: 2,
      numVertical: 1,
      places: 'attention',
    } as const;
    const params = initCaser(config, createRng(5));
    // Biases start at zero: other numbers, so that leaving them out shows.
    for (const [path, leaf] of leaves(params)) {
      if (path.endsWith('bias')) tf.tidy(() => leaf.assign(wave(1, ...leaf.shape)));
    }
    const numbersOf = (leaf: tf.Tensor): number[][] => leaf.arraySync() as number[][];
    const apply = ({ kernel, bias }: { kernel: tf.Tensor; bias: tf.Tensor }, x: number[]): number[] =>
      (bias.arraySync() as number[]).map((b, column) =>
        x.reduce((sum, value, row) => sum + value * numbersOf(kernel)[row]![column]!, b),
      );
    const row = [4, 2, 5];
    const table = numbersOf(params.itemEmbedding);
    const { projection, query } = params.attention!;
    const expected = row.map((_, t) => {
      const window = [t - 2, t - 1, t].map((event) => (event < 0 ? [0, 0] : table[row[event]!]!));
      const patterns = params.horizontal.flatMap((filter, index) => {
        const height = index + 1;
        const found = [0, 1, 2]
          .filter((first) => first + height <= 3)
          // The last event of the place is one.
          .filter((first) => t - 2 + first + height - 1 >= 0)
          .map((first) =>
            apply(filter, window.slice(first, first + height).flat()).map((v) => Math.max(0, v)),
          );
        const weighs = found.map((each) =>
          Math.exp(
            apply(projection, each).reduce((sum, v, a) => sum + Math.tanh(v) * numbersOf(query)[a]![0]!, 0),
          ),
        );
        const total = weighs.reduce((sum, weight) => sum + weight);
        return [0, 1].map((f) => found.reduce((sum, each, p) => sum + (weighs[p]! / total) * each[f]!, 0));
      });
      const vertical = [0, 1].map((d) => apply(params.vertical, window.map((x) => x[d]!))[0]!); // prettier-ignore
      return apply(params.dense, [...patterns, ...vertical]).map((v) => Math.max(0, v));
    });
    const batch = { items_BT: tf.tensor2d([row], undefined, 'int32') };
    const { hidden_BTD } = caser(params, batch, config, inference);
    expectNumbers(hidden_BTD, expected.flat(), 1e-5);
    expect(expected.flat().filter((value) => value > 0).length).toBeGreaterThan(2);
  });

  it('refuses attention over a single place', () => {
    const one = { ...common, window: 1, numHorizontal: 2, numVertical: 1, places: 'attention' } as const;
    expect(() => initCaser(one, createRng(1))).toThrow("places must be 'max', got 'attention'");
  });
});

describe('the encoder-decoder', () => {
  it('lets an event of a later segment see an earlier one by the memory alone, in both directions', () => {
    const { init, encode } = encoderOf('encoder-decoder');
    const config = { ...segmented, numBlocks: 1, numSegments: 2, dropoutRate: 0 } as unknown as EncoderConfig;
    const params = init(config, createRng(1)) as EncoderDecoderParams;
    const after = (row: number[]): number[] => {
      const batch = { items_BT: tf.tensor2d([row], undefined, 'int32') };
      return Array.from(encode(params, batch, config, inference).hidden_BTD.dataSync());
    };
    const [a, b] = [after([1, 2, 3, 4]), after([9, 2, 3, 4])];
    expect(a.slice(16)).not.toEqual(b.slice(16));
    // Without values there is nothing to take over from the memory: the first segment is out of reach.
    const { keyValue } = params.decoder.blocks[0]!.crossAttention;
    for (const leaf of [keyValue.kernel, keyValue.bias]) tf.tidy(() => leaf.assign(tf.zerosLike(leaf)));
    const [c, d] = [after([1, 2, 3, 4]), after([9, 2, 3, 4])];
    expect(c.slice(16)).toEqual(d.slice(16));
    expect(c.slice(0, 16)).not.toEqual(d.slice(0, 16));
  });

  it('refuses more segments than places', () => {
    const config = { ...segmented, numSegments: 5 } as unknown as EncoderConfig;
    expect(() => encoderOf('encoder-decoder').init(config, createRng(1))).toThrow(
      'numSegments must be at most maxLength 4, got 5',
    );
  });
});
