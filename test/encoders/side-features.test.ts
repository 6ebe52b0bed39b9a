import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import { gpt, initGpt, type GptConfig } from '../../lib/encoders/gpt';
import { initItemFeatures, itemVectors } from '../../lib/encoders/item-features';
import { fuseProfile, initProfileFusion } from '../../lib/encoders/profile-fusion';
import { startBackend } from '../../lib/nn/backend';
import { inference } from '../../lib/nn/mode';
import { initNextChannel, nextChannelLoss, prepareNextChannel } from '../../lib/objectives/next-channel';
import type { ItemFeatures } from '../../lib/preprocessing/side/side-columns';
import { wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

const numbers = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const close = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
  expect(a.length).toBe(b.length);
  Array.from(a).forEach((value, place) => expect(value).toBeCloseTo(b[place]!, 5));
};

/** The gradient of a value by each weight against its slope, in some places. */
function checkGradients(params: object, value: () => tf.Scalar): void {
  const named = leaves(params);
  const { grads } = tf.variableGrads(
    value,
    named.map(([, leaf]) => leaf),
  );
  for (const [path, leaf] of named) {
    const [start, gradient] = [leaf.dataSync().slice(), grads[leaf.name]!.dataSync()];
    for (const place of new Set([0, Math.floor(start.length / 2), start.length - 1])) {
      const at = (by: number): number => {
        const moved = start.slice();
        moved[place] = moved[place]! + by;
        tf.tidy(() => leaf.assign(tf.tensor(moved, leaf.shape)));
        return value().dataSync()[0]!;
      };
      // Row 0 of a table is padding: it is looked at, and gets no gradient.
      const slope = /table|fields|channels/.test(path) && place === 0 ? 0 : (at(5e-3) - at(-5e-3)) / 1e-2;
      tf.tidy(() => leaf.assign(tf.tensor(start, leaf.shape)));
      expect(Math.abs(gradient[place]! - slope), `${path} ${place}`).toBeLessThan(
        3e-3 + 0.03 * Math.abs(slope),
      );
    }
  }
}

describe('the vectors of items with features', () => {
  const features: ItemFeatures = {
    names: ['', 'categories: x', 'categories: y'],
    ofItem: [[], [1], [1, 2], [], [2]],
    unseen: [4],
  };
  const table = (rows: number[][]): tf.Variable<tf.Rank.R2> => tf.variable(tf.tensor2d(rows));

  it('are their own plus those of their features; an item without events has its features alone', () => {
    const params = {
      table: table([
        [0, 0],
        [10, 20],
        [100, 200],
      ]),
    };
    const own = tf.tensor2d([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    expect(itemVectors(params, own, features).arraySync()).toEqual([
      [0, 0],
      [11, 21],
      [112, 222],
      [3, 3],
      [100, 200],
    ]);
    expect(() => itemVectors(params, tf.zeros([4, 2]), features)).toThrow('features of 5 items for 4');
  });

  it('have the gradient that finite differences have, by both tables', () => {
    const params = {
      ...initItemFeatures(features, 3, createRng(1)),
      items: tf.variable<tf.Rank.R2>(wave(2, 5, 3)),
    };
    checkGradients(params, () =>
      tf.tidy(() => tf.sum<tf.Scalar>(tf.mul(itemVectors(params, params.items, features), wave(1, 5, 3)))),
    );
  });
});

describe('the fusion with a profile', () => {
  const params = () => initProfileFusion({ age: 4, gender: 3 }, 3, createRng(2));
  const hidden = (): tf.Tensor3D => wave<tf.Rank.R3>(5, 2, 4, 3);
  const profile = { age: tf.tensor1d([2, 3], 'int32'), gender: tf.tensor1d([2, 1], 'int32') };

  it.each(['concat', 'gate'] as const)('is what the formula says of each number: %s', (fusion) => {
    const p = params();
    const [kernel, age, gender, h] = [p.fusion.kernel, p.fields['age']!, p.fields['gender']!, hidden()].map(
      (tensor) => tensor.arraySync() as number[][],
    ) as [number[][], number[][], number[][], unknown] as [number[][], number[][], number[][], number[][][]];
    const out = fuseProfile(p, hidden(), profile, fusion).arraySync();
    for (const [row, codes] of [
      [2, 2],
      [3, 1],
    ].entries()) {
      const own = age[codes[0]!]!.map((value, place) => value + gender[codes[1]!]![place]!);
      for (let t = 0; t < 4; t++) {
        const both = [...h[row]![t]!, ...own];
        for (let d = 0; d < 3; d++) {
          const sum = both.reduce((total, value, place) => total + value * kernel[place]![d]!, 0);
          const share = 1 / (1 + Math.exp(-sum));
          const wanted = fusion === 'concat' ? sum : share * h[row]![t]![d]! + (1 - share) * own[d]!;
          expect(out[row]![t]![d]).toBeCloseTo(wanted, 5);
        }
      }
    }
  });

  it('takes what is not known as nothing', () => {
    const p = params();
    const of = (codes: number): number[] =>
      numbers(
        fuseProfile(
          p,
          hidden(),
          { age: tf.tensor1d([codes, codes], 'int32'), gender: tf.tensor1d([codes, codes], 'int32') },
          'gate',
        ),
      );
    close(of(1), of(0));
  });

  it.each(['concat', 'gate'] as const)('has the gradient that finite differences have: %s', (fusion) => {
    const p = params();
    checkGradients(p, () =>
      tf.tidy(() => tf.sum<tf.Scalar>(tf.mul(fuseProfile(p, hidden(), profile, fusion), wave(1, 2, 4, 3)))),
    );
  });

  it('refuses a profile that lacks a field, or has one more', () => {
    const { age } = profile;
    expect(() => fuseProfile(params(), hidden(), { age }, 'gate')).toThrow('the profile has no gender');
    expect(() => fuseProfile(params(), hidden(), { ...profile, city: age }, 'gate')).toThrow(
      'no weights for city',
    );
  });
});

describe('GPT with channels', () => {
  const config: GptConfig = {
    numItems: 11,
    width: 8,
    maxLength: 4,
    numBlocks: 2,
    numHeads: 2,
    feedForwardWidth: 12,
    dropoutRate: 0,
    attentionDropoutRate: 0,
    channels: { behavior: 5, 'query.1': 6, 'query.2': 6 },
  };
  const int = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, undefined, 'int32');
  const items = [
    [1, 2, 3, 4],
    [5, 6, 0, 0],
  ];
  const channels = {
    behavior: [
      [2, 3, 4, 2],
      [2, 2, 0, 0],
    ],
    'query.1': [
      [2, 3, 3, 5],
      [4, 4, 0, 0],
    ],
    'query.2': [
      [0, 1, 2, 0],
      [0, 0, 0, 0],
    ],
  };
  const batch = (change: Partial<typeof channels> = {}) => ({
    items_BT: int(items),
    channels: Object.fromEntries(
      Object.entries({ ...channels, ...change }).map(([name, rows]) => [name, int(rows)]),
    ),
  });

  it('adds the vectors of channels to those of items, the words of one text from one table', () => {
    const params = initGpt(config, createRng(1));
    expect(Object.keys(params.channels!)).toEqual(['behavior', 'query']);
    // An item table that already holds the sum gives the same: one row for each event of the batch.
    const vector = (table: tf.Variable<tf.Rank.R2>, row: number): tf.Tensor => tf.gather(table, row);
    const rows = items.flatMap((row, b) =>
      row.map((item, t) =>
        tf.addN([
          vector(params.itemEmbedding, item),
          vector(params.channels!['behavior']!, channels.behavior[b]![t]!),
          vector(params.channels!['query']!, channels['query.1'][b]![t]!),
          vector(params.channels!['query']!, channels['query.2'][b]![t]!),
        ]),
      ),
    );
    const summed = {
      ...params,
      itemEmbedding: tf.variable(tf.stack([tf.zeros([8]), ...rows]) as tf.Tensor2D),
    };
    const plain = { ...config, numItems: 9, channels: {} };
    const one = gpt(params, batch(), config, inference).hidden_BTD;
    const two = gpt(
      summed,
      {
        items_BT: int([
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ]),
      },
      plain,
      inference,
    ).hidden_BTD;
    close(numbers(one), numbers(two));
  });

  it.each(Object.keys(channels) as (keyof typeof channels)[])(
    'reads %s of an event from this event on, and not before',
    (name) => {
      const params = initGpt(config, createRng(1));
      const changed = channels[name].map((row) => row.slice());
      changed[0]![2] = 1 + ((changed[0]![2]! + 1) % 4);
      // What is not known starts as nothing: move it, so that a change from 1 or to 1 is seen too.
      for (const table of Object.values(params.channels!)) table.assign(wave<tf.Rank.R2>(7, ...table.shape));
      const [a, b] = [batch(), batch({ [name]: changed })].map(
        (own) => gpt(params, own, config, inference).hidden_BTD,
      );
      const place = (t: number, of: tf.Tensor3D): number[] => numbers(of.slice([0, t, 0], [1, 1, -1]));
      for (const t of [0, 1]) expect(place(t, a!)).toEqual(place(t, b!));
      for (const t of [2, 3]) expect(place(t, a!)).not.toEqual(place(t, b!));
    },
  );

  it('has the gradient that finite differences have', () => {
    const params = initGpt(config, createRng(1));
    // Of the size that a layer norm changes little within the step of the difference.
    for (const table of [params.itemEmbedding, ...Object.values(params.channels!)]) {
      table.assign(wave<tf.Rank.R2>(7, ...table.shape));
    }
    checkGradients({ channels: params.channels! }, () =>
      tf.tidy(() =>
        tf.sum<tf.Scalar>(tf.mul(gpt(params, batch(), config, inference).hidden_BTD, wave(3, 2, 4, 8))),
      ),
    );
  });

  it('starts with the spread of GPT, smaller where layers add to the residual stream', () => {
    const { blocks, itemEmbedding } = initGpt(
      { ...config, numItems: 500, width: 32, feedForwardWidth: 128 },
      createRng(3),
    );
    const deviation = (leaf: tf.Tensor): number => {
      const values = numbers(leaf);
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    };
    expect(deviation(itemEmbedding)).toBeCloseTo(0.02, 3);
    expect(deviation(blocks[0]!.attention.queryKeyValue.kernel)).toBeCloseTo(0.02, 3);
    expect(deviation(blocks[1]!.attention.output.kernel)).toBeCloseTo(0.01, 3); // 2 blocks: four layers add
    expect(deviation(blocks[1]!.contract.kernel)).toBeCloseTo(0.01, 3);
  });

  it('refuses channels that are missing, too many, or do not fit', () => {
    const params = initGpt(config, createRng(1));
    const { behavior, ...rest } = batch().channels;
    const run = (own: Record<string, tf.Tensor2D>) => () =>
      gpt(params, { items_BT: int(items), channels: own }, config, inference);
    expect(run(rest as Record<string, tf.Tensor2D>)).toThrow('the batch has no channel behavior');
    expect(run({ ...batch().channels, gap: behavior! })).toThrow('the model does not read the channel gap');
    expect(() => initGpt({ ...config, channels: { 'query.1': 5, 'query.2': 6 } }, createRng(1))).toThrow(
      'share a table',
    );
    expect(() => initGpt({ ...config, channels: { gap: 1 } }, createRng(1))).toThrow(
      'the size of channel gap',
    );
    expect(() => initGpt({ ...config, numHeads: 3 }, createRng(1))).toThrow(
      'numHeads must divide the width 8',
    );
    expect(() => gpt(params, { items_BT: int([[1, 2, 3, 4, 5]]) }, config, inference)).toThrow(
      'at most 4 events',
    );
  });
});

describe('the next value of a channel', () => {
  it('is asked for where the next item is, and it is known', () => {
    const asked = { positions: Int32Array.of(0, 1, 3, 0), weights: Float32Array.of(1, 1, 1, 0) };
    const { classes, weights } = prepareNextChannel(Int32Array.of(2, 1, 0, 4), asked);
    expect([[...classes], [...weights]]).toEqual([
      [0, 0, 2, 0],
      [1, 0, 1, 0],
    ]);
  });

  it('has the cross-entropy of a softmax over the known values as its loss', () => {
    const head = initNextChannel(5, 2, createRng(1));
    tf.tidy(() =>
      head.kernel.assign(
        tf.tensor2d([
          [1, 0, 2],
          [0, 1, -1],
        ]),
      ),
    );
    tf.tidy(() => head.bias.assign(tf.tensor1d([0, 0.5, 0])));
    const hidden = tf.tensor3d([
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    const loss = nextChannelLoss(
      head,
      hidden,
      tf.tensor1d([0, 1, 0], 'int32'),
      tf.tensor1d([2, 0, 1], 'int32'),
      tf.tensor1d([1, 1, 0]),
    );
    const surprise = (logits: number[], right: number): number =>
      Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0)) - logits[right]!;
    // Logits: [1, 2.5, 0] and [3, 4.5, 2].
    const wanted = (surprise([1, 2.5, 0], 2) + surprise([3, 4.5, 2], 0)) / 2;
    expect(loss.dataSync()[0]).toBeCloseTo(wanted, 5);
  });
});
