import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import {
  describeObjectives,
  type ObjectiveSettings,
} from '../../lib/experiments/learning/objective-settings';
import { orderPrediction } from '../../lib/experiments/learning/order';
import { createModel } from '../../lib/experiments/sequence-model';
import { trainEncoder, trainingDefaults, type EncoderTraining } from '../../lib/experiments/train-encoder';
import { startBackend } from '../../lib/nn/backend';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { toyLog } from '../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** Eighty users who go once round a circle of 16 items, from any place; with `isShuffled` in no order. */
const circle = (isShuffled: boolean) => {
  const rng = createRng(7);
  const rows = Array.from({ length: 80 }, (_, user) => {
    const first = rng.integer(16);
    const items = Array.from({ length: 14 }, (_, step) => (first + step) % 16);
    if (isShuffled) rng.shuffle(items);
    return items.map((item, step) => [`u${user}`, `i${item}`, step] as const);
  }).flat();
  return leaveOneOut(toSequences(toyLog(rows)));
};
const [ordered, shuffled] = [circle(false), circle(true)];
const modelOf = (split: typeof ordered, encoder: 'gru' | 'average' | 'sasrec' = 'gru') =>
  createModel(split.sequences.vocabulary, { encoder, length: 8, seed: 1, config: { width: 16 } });
const training: EncoderTraining = {
  ...trainingDefaults,
  maxEpochs: 30,
  patience: 30,
  batchSize: 32,
  optimiser: { ...trainingDefaults.optimiser, learningRate: 0.02 },
};

describe('predicting order', () => {
  it.each(['pair', 'permuted'] as const)(
    '%s: a planted order is learned, for users never asked; a shuffled one is not',
    async (order) => {
      const objectives: ObjectiveSettings[] = [{ name: 'order', order, pooling: 'last' }];
      const learn = (split: typeof ordered) =>
        trainEncoder(modelOf(split), split, { ...training, keep: 'last', objectives });
      const [known, none] = [await learn(ordered), await learn(shuffled)];
      expect(known.history.at(-1)!.loss).toBeLessThan(0.4); // from log 2 = .693
      const tail = ({ history }: typeof known): number =>
        history.slice(-10).reduce((sum, { validation }) => sum + validation, 0) / 10;
      expect(tail(known)).toBeGreaterThan(0.85);
      // Eight users are asked: a deviation of .18 for one epoch.
      expect(tail(none)).toBeLessThan(0.75);
    },
    60_000,
  );

  it('asks for both answers alike often, of other users than it validates on, and resumes the same', () => {
    const make = () =>
      orderPrediction(
        modelOf(ordered),
        ordered,
        { kind: 'pair', pooling: 'mean', batchSize: 20, sliceLength: 6 },
        createRng(3),
      );
    const objective = make();
    for (const drawn of objective.batches(4)) {
      const inOrder = drawn.isInOrder.reduce((sum, own) => sum + own, 0);
      expect(Math.abs(2 * inOrder - drawn.stretches.length)).toBeLessThanOrEqual(1);
      const { items_BT, weights_N, labels_N } = objective.inputs(drawn);
      expect(items_BT!.shape).toEqual([20, 6]);
      expect([labels_N!.shape, weights_N!.shape]).toEqual([[20], [20]]);
      const counted = Array.from(weights_N!.values).reduce((sum, own) => sum + own, 0);
      expect(counted).toBe(objective.weight(drawn));
    }
    // 80 users, of whom 8 are for validation.
    expect(objective.batches(1).reduce((sum, drawn) => sum + objective.weight(drawn), 0)).toBe(72);
    expect(make().batches(4)).toEqual(objective.batches(4));
    expect(make().batches(5)).not.toEqual(objective.batches(4));
  });

  it('stands beside next items, and graph and eager agree', async () => {
    const objectives: ObjectiveSettings[] = [
      { name: 'next-item' },
      { name: 'order', order: 'permuted', pooling: 'mean', weight: 0.5 },
    ];
    const run = (engine: 'graph' | 'eager') =>
      trainEncoder(modelOf(ordered, 'sasrec'), ordered, { ...training, maxEpochs: 2, objectives, engine });
    const [graph, eager] = [await run('graph'), await run('eager')];
    for (const [at, { loss }] of eager.history.entries())
      expect(graph.history[at]!.loss).toBeCloseTo(loss, 3);
    expect(describeObjectives('sasrec', objectives, {})).toBe(
      'cross-entropy over all items, every position + 0.5 x order: a slice in order or shuffled, mean pooling',
    );
  });

  it('refuses an encoder that is blind to order, and lengths that hold none', () => {
    const make = (encoder: 'gru' | 'average', sliceLength = 8) =>
      orderPrediction(
        modelOf(ordered, encoder),
        ordered,
        { kind: 'pair', pooling: 'last', batchSize: 8, sliceLength },
        createRng(1),
      );
    expect(() => make('average')).toThrow('the last state of average is the same in any order');
    expect(() => make('gru', 1)).toThrow('sliceLength must be a whole number from 2 to 8');
    expect(() => make('gru', 9)).toThrow('sliceLength must be a whole number from 2 to 8');
  });
});
