import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { emptyLstmMemory, rememberEvent, vectorsOf } from '../../../lib/encoders/lstm-memory';
import { initLstm, lstm } from '../../../lib/encoders/lstm';
import { liveRecommender } from '../../../lib/experiments/live/live-recommender';
import { createModel, modelScorer } from '../../../lib/experiments/sequence-model';
import { startBackend } from '../../../lib/nn/backend';
import { inference } from '../../../lib/nn/mode';
import { lstmStepFused, lstmStepPlain } from '../../../lib/nn/native/lstm';
import { buildVocabulary } from '../../../lib/preprocessing/vocabulary';
import { recommend } from '../../../lib/recommendation/top-n';

beforeAll(async () => {
  await startBackend();
});

const vocabulary = buildVocabulary(Array.from({ length: 30 }, (_, item) => `film ${item}`));
const counts = Float32Array.from({ length: 31 }, (_, item) => (item * 7) % 31);
const settings = { length: 12, seed: 1 };

describe('the memory of an LSTM', () => {
  it('is, event by event, the state of the whole history, for two layers', () => {
    const config = { numItems: 31, width: 8, numLayers: 2, dropoutRate: 0.3 };
    const params = initLstm(config, createRng(1));
    const items = [
      [3, 9, 30, 3],
      [5, 5, 1, 17],
    ];
    const hidden_BTD = lstm(
      params,
      { items_BT: tf.tensor2d(items, undefined, 'int32') },
      config,
      inference,
    ).hidden_BTD.arraySync();
    let memory = emptyLstmMemory(params, 2);
    for (let t = 0; t < 4; t++) {
      memory = rememberEvent(
        params,
        memory,
        Int32Array.from(items, (own) => own[t]!),
      );
      const own = vectorsOf(memory).arraySync();
      for (const user of [0, 1])
        for (let d = 0; d < 8; d++) expect(own[user]![d]).toBeCloseTo(hidden_BTD[user]![t]![d]!, 6);
    }
  });

  it('is the same by the fused operation and by plain ones', () => {
    const rng = createRng(2);
    const draw = (shape: [number, number]): tf.Tensor2D =>
      tf.tensor2d(
        Float32Array.from({ length: shape[0] * shape[1] }, () => rng.normal()),
        shape,
      );
    const weights = { kernel: draw([7, 16]), bias: tf.reshape(draw([1, 16]), [16]) };
    const state = { hidden_BH: draw([5, 4]), cell_BH: draw([5, 4]) };
    const x_BD = draw([5, 3]);
    const [fused, plain] = [lstmStepFused, lstmStepPlain].map((step) => step(x_BD, weights, state));
    for (const part of ['hidden_BH', 'cell_BH'] as const) {
      const [one, other] = [fused![part].dataSync(), plain![part].dataSync()];
      for (const [at, value] of one.entries()) expect(value).toBeCloseTo(other[at]!, 6);
    }
  });
});

describe('a live recommender', () => {
  const events = ['film 3', 'film 8', 'film 8', 'film 21', 'film 0'];

  it.each([
    ['lstm', 'state'],
    ['lstm', 'window'],
    ['sasrec', 'window'],
  ] as const)('recommends as the %s does from the whole history, keeping a %s', (encoder, keep) => {
    const model = createModel(vocabulary, { encoder, ...settings });
    const tensors = tf.memory().numTensors;
    const live = liveRecommender(model, { counts, keep });
    const scorer = modelScorer(model);
    const history: number[] = [];
    for (const itemId of events) {
      live.append('somebody else', 'film 5');
      expect(live.append('me', itemId)).toBe(true);
      history.push(vocabulary.indexOf(itemId));
      const whole = recommend(scorer, [Int32Array.from(history)], { n: 5, excludeSeen: true });
      const list = live.recommend('me', 5);
      expect(list.by).toBe('model');
      expect(list.itemIds).toEqual(Array.from(whole.items[0]!, (item) => vocabulary.itemIds[item]));
      for (const [place, score] of list.scores.entries())
        expect(score).toBeCloseTo(whole.scores[0]![place]!, 5);
    }
    live.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('keeps of a window only the latest events, and of a state all', () => {
    const model = createModel(vocabulary, { encoder: 'lstm', length: 3, seed: 1 });
    const [window, state] = (['window', 'state'] as const).map((keep) =>
      liveRecommender(model, { counts, keep }),
    );
    for (const itemId of events) for (const live of [window!, state!]) live.append('me', itemId);
    const latest = Int32Array.from(events.slice(-3), vocabulary.indexOf);
    const whole = recommend(modelScorer(model), [latest], { n: 30, excludeSeen: false });
    const scoreOf = new Map(Array.from(whole.items[0]!, (item, at) => [item, whole.scores[0]![at]!]));
    const list = window!.recommend('me', 30);
    for (const [place, itemId] of list.itemIds.entries())
      expect(list.scores[place]).toBeCloseTo(scoreOf.get(vocabulary.indexOf(itemId))!, 5);
    expect(list.itemIds).toHaveLength(26); // 30 items, four of them used
    expect(state!.recommend('me', 30).scores).not.toEqual(window!.recommend('me', 30).scores);
  });

  it('falls back to popularity for a stranger, leaves unknown items out, and says so', () => {
    const live = liveRecommender(createModel(vocabulary, { encoder: 'gru', ...settings }), { counts });
    expect(live.append('me', 'a film that nobody knows')).toBe(false);
    const { by, itemIds } = live.recommend('me', 3);
    expect(by).toBe('popularity');
    const best = [...counts.keys()]
      .slice(1)
      .sort((one, other) => counts[other]! - counts[one]!)
      .slice(0, 3);
    expect(itemIds).toEqual(best.map((item) => vocabulary.itemIds[item]));
  });

  it('refuses what it cannot keep', () => {
    const model = createModel(vocabulary, { encoder: 'sasrec', ...settings });
    expect(() => liveRecommender(model, { counts, keep: 'state' })).toThrow('sasrec has no state');
    expect(() => liveRecommender(model, { counts: counts.slice(1) })).toThrow('30 counts for 31 items');
    const live = liveRecommender(model, { counts });
    expect(() => live.recommend('me', 0)).toThrow('n must be a whole number from 1');
  });
});
