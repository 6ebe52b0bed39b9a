import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import { encoderCatalogue } from '../../lib/experiments/encoder-catalogue';
import { evaluateRanking } from '../../lib/experiments/evaluate-ranking';
import { createModel, modelScorer, type SequenceModel } from '../../lib/experiments/sequence-model';
import { createValidation } from '../../lib/experiments/validation';
import { startBackend } from '../../lib/nn/backend';
import { leaveOneOut, type LeaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { toyLog } from '../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** So many users with 3 to 9 events on 50 items. */
function someUsers(count: number): LeaveOneOut {
  const rng = createRng(count);
  const rows = Array.from({ length: count }, (_, user) =>
    Array.from(
      { length: 3 + rng.integer(7) },
      (_, step) => [`u${user}`, `i${rng.integer(50)}`, step] as const,
    ),
  ).flat();
  return leaveOneOut(toSequences(toyLog(rows)));
}

const modelOf = (split: LeaveOneOut): SequenceModel =>
  createModel(split.sequences.vocabulary, { encoder: 'lstm', length: 6, seed: 1, config: { width: 8 } });
const eagerly = (model: SequenceModel, split: LeaveOneOut): number =>
  evaluateRanking(modelScorer(model), split, 'validation').ndcg10;

// 3 users are less than a batch, 256 exactly one, 300 one and a part of the next.
describe.each([3, 256, 300])('validation of %d users', (count) => {
  it('is that of evaluateRanking, as a graph and eagerly, also after the weights have changed', () => {
    const split = someUsers(count);
    const model = modelOf(split);
    const tensors = tf.memory().numTensors;
    const ways = (['graph', 'eager'] as const).map((engine) => createValidation(model, split, { engine }));
    for (const factor of [1, -3]) {
      for (const [, leaf] of leaves(model.params)) {
        const changed = tf.mul(leaf, factor);
        leaf.assign(changed);
        changed.dispose();
      }
      for (const way of ways) expect(way.ndcg10()).toBeCloseTo(eagerly(model, split), 10);
    }
    for (const way of ways) way.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('an encoder that no graph can hold', () => {
  const { encode } = encoderCatalogue.lstm;
  afterEach(() => void Object.assign(encoderCatalogue.lstm, { encode }));

  it('is validated eagerly, and that is said once', () => {
    const split = someUsers(5);
    const model = modelOf(split);
    const reading: typeof encode = (...args) => {
      const states = encode(...args);
      states.hidden_BTD.dataSync();
      return states;
    };
    Object.assign(encoderCatalogue.lstm, { encode: reading });
    const said: string[] = [];
    const tensors = tf.memory().numTensors;
    const validation = createValidation(model, split, { engine: 'graph', say: (text) => said.push(text) });
    expect(validation.ndcg10()).toBe(eagerly(model, split));
    validation.ndcg10();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^validation runs eagerly and not as a graph: a tensor is read back/);
    validation.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
