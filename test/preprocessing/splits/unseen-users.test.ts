import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { evaluateRanking } from '../../../lib/experiments/evaluate-ranking';
import { heldOut } from '../../../lib/experiments/held-out';
import { predict } from '../../../lib/experiments/predict';
import { createModel, modelScorer } from '../../../lib/experiments/sequence-model';
import { trainEncoder, trainingDefaults } from '../../../lib/experiments/train-encoder';
import { startBackend } from '../../../lib/nn/backend';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { sequenceOf, toSequences } from '../../../lib/preprocessing/sequences';
import { rowsOf } from '../../../lib/preprocessing/splits/split';
import { unseenUsers } from '../../../lib/preprocessing/splits/unseen-users';
import { countItems, popularity } from '../../../lib/recommendation/popularity';
import { toyLog } from '../toy-log';

beforeAll(async () => {
  await startBackend();
});

/** Fifty users who go round a circle of 12 items, from any place. */
const rng = createRng(2);
const sequences = toSequences(
  toyLog(
    Array.from({ length: 50 }, (_, user) => {
      const first = rng.integer(12);
      return Array.from({ length: 9 }, (_, step) => [`u${user}`, `i${(first + step) % 12}`, step] as const);
    }).flat(),
  ),
);
const whole = leaveOneOut(sequences);
const isUnseen = (user: number): boolean => user % 5 === 0;
const split = unseenUsers(whole, isUnseen);

describe('users unseen in training', () => {
  it('have no event in training or validation, and are asked the same as before', () => {
    for (const user of sequences.userIds.keys()) {
      const own = [
        split.trainEnds[user]! - split.trainStarts[user]!,
        split.foldInEnds[user]! - split.trainEnds[user]!,
      ];
      expect(own).toEqual(isUnseen(user) ? [0, 8] : [7, 0]);
    }
    expect(rowsOf(split, 'training').length).toBe(40 * 7);
    expect(rowsOf(split, 'validation').length).toBe(40);
    const [asked, before] = [split, whole].map((of) => heldOut(of, { which: 'test', events: 'last' }));
    expect(asked).toEqual(before);
  });

  it('are predicted by what others have taught: far above popularity', async () => {
    const model = createModel(sequences.vocabulary, {
      encoder: 'gru',
      length: 8,
      seed: 1,
      config: { width: 16 },
    });
    await trainEncoder(model, split, {
      ...trainingDefaults,
      maxEpochs: 25,
      batchSize: 16,
      optimiser: { ...trainingDefaults.optimiser, learningRate: 0.02 },
    });
    const ofUnseen = (scorer: Parameters<typeof evaluateRanking>[0]): number => {
      const { users, ranks } = evaluateRanking(scorer, split, 'test');
      const own = ranks.filter((_, at) => isUnseen(users[at]!));
      expect(own.length).toBe(10);
      return own.filter((rank) => rank === 1).length / own.length;
    };
    expect(ofUnseen(modelScorer(model))).toBeGreaterThan(0.8);
    expect(ofUnseen(popularity(countItems(split)))).toBeLessThan(0.6);
    // The same list for somebody new with the history of an unseen user, from a log of its own.
    const { users, top } = evaluateRanking(modelScorer(model), split, 'test', { topN: 3 });
    const own = Array.from(sequenceOf(sequences, 5).slice(0, 8), (item, step) => {
      return ['new', sequences.vocabulary.itemIds[item]!, step] as const;
    });
    const news = toSequences(toyLog(own), { vocabulary: model.vocabulary });
    const expected = Array.from(top[users.indexOf(5)]!, (item) => model.vocabulary.itemIds[item]!);
    expect(predict(model, news, { n: 3 }).items).toEqual([expected]);
  });

  it('must be some, and not all', () => {
    expect(() => unseenUsers(whole, () => false)).toThrow('no user is unseen');
    expect(() => unseenUsers(whole, () => true)).toThrow('nobody is left to learn from');
  });
});
