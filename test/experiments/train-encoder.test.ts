import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import type { EncoderName } from '../../lib/experiments/encoder-catalogue';
import type { KlAnnealing } from '../../lib/experiments/learning/kl-annealing';
import { lossNameOf, nextItems } from '../../lib/experiments/learning/next-item';
import { createModel } from '../../lib/experiments/sequence-model';
import { trainingDefaults, trainEncoder, type EncoderTraining } from '../../lib/experiments/train-encoder';
import { startBackend } from '../../lib/nn/backend';
import { leaveOneOut, type LeaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { optimiserDefaults } from '../../lib/training/optimiser';
import type { TrainingResult } from '../../lib/training/train';
import { toyLog } from '../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** Forty users who walk around a circle of twelve items, 5 to 11 steps each; sixteen windows a batch are three batches. */
function circle(): LeaveOneOut {
  const rng = createRng(1);
  const rows = Array.from({ length: 40 }, (_, user) => {
    const start = rng.integer(12);
    return Array.from(
      { length: 5 + rng.integer(7) },
      (_, step) => [`u${user}`, `i${(start + step) % 12}`, step] as const,
    );
  }).flat();
  return leaveOneOut(toSequences(toyLog(rows)));
}

const split = circle();
const training = { ...trainingDefaults, maxEpochs: 4, batchSize: 16 };

async function run(
  change: Partial<EncoderTraining> = {},
  length = 6,
): Promise<{ result: TrainingResult; said: string }> {
  const { vocabulary } = split.sequences;
  const model = createModel(vocabulary, { encoder: 'lstm', length, seed: 1, config: { width: 8 } });
  const said: string[] = [];
  const result = await trainEncoder(
    model,
    split,
    { ...training, ...change },
    { say: (sentence) => said.push(sentence) },
  );
  return { result, said: said.join('\n') };
}

const ratesOf = ({ result }: Awaited<ReturnType<typeof run>>): number[] =>
  result.history.map(({ learningRate }) => learningRate);
const lossesOf = ({ result }: Awaited<ReturnType<typeof run>>): number[] =>
  result.history.map(({ loss }) => loss);

describe('training on next items', () => {
  it('changes the learning rate by epochs, as the schedule says', async () => {
    const optimiser = { ...trainingDefaults.optimiser, learningRate: 0.08 };
    expect(ratesOf(await run({ optimiser }))).toEqual([0.08, 0.08, 0.08, 0.08]);
    // The last step of an epoch: half of the rate after one of two epochs of warm-up.
    const warmup = ratesOf(await run({ optimiser, schedule: { name: 'warmup', warmupEpochs: 2 } }));
    [0.04, 0.08, 0.08, 0.08].forEach((rate, epoch) => expect(warmup[epoch]).toBeCloseTo(rate, 12));
    // The full rate after the first epoch; then cosines of 60, 120 and 180 degrees, down to a quarter.
    const cosine = { name: 'cosine', warmupEpochs: 1, finalShare: 0.25 } as const;
    const falling = ratesOf(await run({ optimiser, schedule: cosine }));
    [0.08, 0.065, 0.035, 0.02].forEach((rate, epoch) => expect(falling[epoch]).toBeCloseTo(rate, 12));
  });

  it('takes the optimiser, the clipping and the batch size that it is given', async () => {
    const losses = await Promise.all([
      run(),
      run({ optimiser: { ...optimiserDefaults.adam, learningRate: 2e-2 } }),
      run({ optimiser: { ...optimiserDefaults.sgd, learningRate: 2e-2 } }),
      run({ clipNorm: 1e-3 }),
      run({ batchSize: 8 }),
    ]);
    expect(new Set(losses.map((each) => lossesOf(each).join())).size).toBe(5);
  });

  it('gives the same losses as a graph and eagerly', async () => {
    const [graph, eager] = [await run({ engine: 'graph' }), await run({ engine: 'eager' })];
    expect(graph.said).toMatch(/^compiled \d+ operations for 1 shapes of batch/);
    expect(eager.said).toBe('');
    lossesOf(graph).forEach((loss, epoch) => expect(loss).toBeCloseTo(lossesOf(eager)[epoch]!, 5));
  });

  it('pads to the longest history, not further', async () => {
    // No training part is longer than 9 events: 8 inputs.
    const [fitting, longer] = [await run({}, 8), await run({}, 100)];
    expect(lossesOf(longer)).toEqual(lossesOf(fitting));
    expect(longer.said.replace(/ in .*/, '')).toBe(fitting.said.replace(/ in .*/, ''));
  });

  it('asks for the same items in batches by length: the mean loss of weights that do not move is the same', async () => {
    const optimiser = { ...trainingDefaults.optimiser, learningRate: 1e-12 };
    const still = { optimiser, maxEpochs: 1 };
    const together = await run({ ...still, lengthBuckets: 1 });
    const byLength = await run({ ...still, lengthBuckets: 3 });
    expect(byLength.said).toContain('batches of ');
    expect(byLength.said).toMatch(/compiled \d+ operations for [23] shapes/);
    // Dropout differs, 0.3 of 8 numbers: with weights that have not learned it hardly moves the loss.
    expect(lossesOf(byLength)[0]).toBeCloseTo(lossesOf(together)[0]!, 2);
  });
});

describe('other encoders', () => {
  const train = async (encoder: EncoderName, change: Partial<EncoderTraining> = {}) => {
    const model = createModel(split.sequences.vocabulary, {
      encoder,
      length: 6,
      seed: 1,
      config: { width: 16, dropoutRate: 0.1 },
    });
    const optimiser = { ...trainingDefaults.optimiser, learningRate: 0.02 };
    return trainEncoder(model, split, { ...training, maxEpochs: 20, optimiser, ...change });
  };

  // Told from the last item alone, which the mean of all does not tell.
  it.each([
    ['bidirectional', 0.9],
    ['bert-lstm', 0.9],
    ['svae', 0.9],
    ['average', 0.3],
    ['sr-gnn', 0.9],
    ['graph-convolution', 0.9],
  ] as const)('%s learns the circle', { timeout: 60_000 }, async (encoder, least) => {
    // Blocks with the norm behind them want smaller steps.
    const slow = { ...trainingDefaults.optimiser, learningRate: 0.005 };
    const change = encoder === 'bert-lstm' ? { maxEpochs: 80, patience: 40, optimiser: slow } : {};
    const { bestValidation } = await train(encoder, change);
    expect(bestValidation).toBeGreaterThan(least);
  });

  it('one that answers once is asked at the last event of each beginning of a window, in rows of its own', () => {
    const model = createModel(split.sequences.vocabulary, { encoder: 'sr-gnn', length: 3, seed: 1 });
    const asked = (prefixShare?: number) =>
      nextItems(model, split, { batchSize: 16, ...(prefixShare && { prefixShare }) }, createRng(1));
    const objective = asked();
    const rows = objective.batches(1).flatMap(({ length, items, targets }) =>
      Array.from({ length: items.length / length }, (_, row) => {
        const own = [items, targets].map((all) => Array.from(all.subarray(row * length, (row + 1) * length)));
        return { read: own[0]!.filter((item) => item > 0), wanted: own[1]! };
      }),
    );
    // Every training event but a user's first is asked for once.
    const { trainStarts, trainEnds } = split;
    const targets = trainEnds.reduce((sum, end, user) => sum + end - trainStarts[user]! - 1, 0);
    expect(rows).toHaveLength(targets);
    const next = (item: number): string =>
      `i${(Number(split.sequences.vocabulary.itemIds[item]!.slice(1)) + 1) % 12}`;
    for (const { read, wanted } of rows) {
      expect(wanted.filter((item) => item > 0)).toHaveLength(1);
      expect(split.sequences.vocabulary.itemIds[wanted[read.length - 1]!]).toBe(next(read.at(-1)!));
    }
    const [first] = objective.batches(1);
    const { items_BT, targets_L, weights_L } = objective.inputs(first!);
    expect(items_BT!.shape).toEqual([16, 3]);
    expect(targets_L!.shape).toEqual([16]);
    expect(Array.from(weights_L!.values).reduce((sum, each) => sum + each, 0)).toBe(16);
    const half = asked(0.5)
      .batches(1)
      .reduce((sum, batch) => sum + objective.weight(batch), 0);
    expect(half).toBeGreaterThan(0.4 * targets);
    expect(half).toBeLessThan(0.8 * targets);
    expect(lossNameOf('sr-gnn', {})).toBe('cross-entropy over all items, the item after every prefix');
    expect(lossNameOf('sr-gnn', { prefixShare: 0.5 })).toBe(
      "cross-entropy over all items, the item after a prefix (0.5 of each window's)",
    );
  });

  it('a divergence counts more from step to step, up to its weight', async () => {
    const still = { maxEpochs: 3, optimiser: { ...trainingDefaults.optimiser, learningRate: 1e-12 } };
    const losses = async (kl: KlAnnealing): Promise<number[]> =>
      (await train('svae', { ...still, kl })).history.map(({ loss }) => loss);
    const [none, half, one] = [
      await losses({ weight: 0, epochs: 0 }),
      await losses({ weight: 0.5, epochs: 0 }),
      await losses({ weight: 1, epochs: 0 }),
    ];
    const kl = one[2]! - none[2]!;
    expect(kl).toBeGreaterThan(0.05);
    expect(half[2]! - none[2]!).toBeCloseTo(kl / 2, 4);
    // Of three steps an epoch of 16, 16 and 8 windows the weights are 0, 1/6, 2/6 | 3/6 ... of 2 epochs, then 1.
    const annealed = await losses({ weight: 1, epochs: 2 });
    const shares = annealed.map((loss, epoch) => (loss - none[epoch]!) / (one[epoch]! - none[epoch]!));
    expect(shares[0]).toBeGreaterThan(0.05);
    expect(shares[0]).toBeLessThan(0.25);
    expect(shares[1]).toBeGreaterThan(0.5);
    expect(shares[1]).toBeLessThan(0.75);
    expect(shares[2]).toBeCloseTo(1, 3);
  });

  it('refuse what they do not have', async () => {
    await expect(train('gru', { kl: { weight: 1, epochs: 1 } })).rejects.toThrow('gru is not variational');
    await expect(train('svae', { maskShare: 0.2 })).rejects.toThrow('svae hides no items');
    await expect(train('sr-gnn', { maskShare: 0.2 })).rejects.toThrow('sr-gnn hides no items');
    await expect(train('gru', { prefixShare: 0.2 })).rejects.toThrow('gru does not answer once a row');
    await expect(train('sr-gnn', { prefixShare: 0 })).rejects.toThrow('share must be above 0');
    await expect(train('svae', { kl: { weight: -1, epochs: 1 } })).rejects.toThrow('must be from 0');
  });
});
