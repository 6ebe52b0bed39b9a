import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { movieLens100kFolder } from '../../lib/data/movielens';

const isThere = existsSync(join(movieLens100kFolder(), 'ml-100k.inter'));

interface Trained {
  readonly backend: string;
  readonly losses: readonly number[];
  readonly validation: number;
  /** Of the user vectors after training. */
  readonly vectors: readonly number[];
}

/**
 * Two epochs of the tour's encoder on real MovieLens-100K, cut so that WebAssembly takes seconds: 60 users,
 * width 16, the latest 20 events. Without dropout, whose masks the two backends draw by different generators.
 */
function trainOn(backend: 'tensorflow' | 'wasm'): Trained {
  const script = `
    require('ts-node/register/transpile-only');
    const { startBackend } = require('./lib/nn/backend');
    const { loadMovieLens100k } = require('./lib/data/movielens');
    const { createModel, userVectors } = require('./lib/experiments/sequence-model');
    const { trainEncoder, trainingDefaults } = require('./lib/experiments/train-encoder');
    const { leaveOneOut } = require('./lib/preprocessing/leave-one-out');
    const { toSequences } = require('./lib/preprocessing/sequences');
    (async () => {
      const { name } = await startBackend();
      const log = await loadMovieLens100k();
      const users = new Set([...new Set(log.events.map(({ userId }) => userId))].slice(0, 60));
      const split = leaveOneOut(toSequences({ ...log, events: log.events.filter(({ userId }) => users.has(userId)) }));
      const model = createModel(split.sequences.vocabulary, {
        encoder: 'lstm', length: 20, seed: 1, config: { width: 16, dropoutRate: 0 } });
      const losses = [];
      const { history } = await trainEncoder(model, split, { ...trainingDefaults, maxEpochs: 2, batchSize: 64,
        optimiser: { ...trainingDefaults.optimiser, learningRate: 0.02 } }, {
        onProgress: ({ step, loss }) => { if (step > 0) losses.push(loss); } });
      const histories = Array.from({ length: 5 }, (_, user) => Int32Array.of(1 + user, 7, 30 + user));
      console.log(JSON.stringify({ backend: name, losses, validation: history.at(-1).validation,
        vectors: [...userVectors(model, histories).values] }));
    })().catch((error) => console.log(error.stack));`;
  return runOn(backend, script) as Trained;
}

/** What the script prints: one line of JSON, an object. */
function runOn(backend: 'tensorflow' | 'wasm', script: string): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: join(__dirname, '..', '..'),
    encoding: 'utf8',
    env: { ...process.env, BEHAVIOR_LAB_BACKEND: backend },
  });
  const answer = /^\{.*\}$/m.exec(stdout)?.[0];
  if (!answer) throw new Error(`the script failed on ${backend}: ${stdout}\n${stderr}`);
  return JSON.parse(answer);
}

/** Many ties, so that the order of equal scores is asked as well; enough points that native TensorFlow looks at groups of columns. */
const countAndSearch = `
  require('ts-node/register/transpile-only');
  const tf = require('@tensorflow/tfjs');
  const { createRng } = require('./lib/base/random');
  const { nearestNeighbors } = require('./lib/clustering/nearest-neighbors');
  const { startBackend } = require('./lib/nn/backend');
  const { standTargets } = require('./lib/nn/rank');
  (async () => {
    const { name } = await startBackend();
    const rng = createRng(1);
    const scores = Float32Array.from({ length: 50 * 90 }, () => rng.integer(40));
    const targets = Int32Array.from({ length: 50 }, (_, row) => 1 + row);
    const excluded = Array.from(targets, (target) => Int32Array.of(2, target + 3));
    const standing = standTargets(tf.tensor2d(scores, [50, 90]), targets, excluded);
    const values = Float32Array.from({ length: 900 * 5 }, () => rng.normal());
    const { indices } = nearestNeighbors({ rows: 900, columns: 5, values }, 9);
    console.log(JSON.stringify({ backend: name, larger: [...standing.larger], tied: [...standing.tied],
      tiedBefore: [...standing.tiedBefore], neighbors: [...indices] }));
  })().catch((error) => console.log(error.stack));`;

describe('WebAssembly', () => {
  it('counts places and finds neighbours as native TensorFlow does', () => {
    const [native, wasm] = (['tensorflow', 'wasm'] as const).map((backend) =>
      runOn(backend, countAndSearch),
    ) as Record<string, unknown>[];
    expect([native!['backend'], wasm!['backend']]).toEqual(['tensorflow', 'wasm']);
    expect({ ...wasm, backend: 'tensorflow' }).toEqual(native);
    expect((native!['tied'] as number[]).some((tied) => tied > 0)).toBe(true);
  });
});

describe.skipIf(!isThere)('WebAssembly (needs MovieLens-100K in the cache folder)', () => {
  it("trains the tour's LSTM to the losses of native TensorFlow, step by step", () => {
    const [native, wasm] = [trainOn('tensorflow'), trainOn('wasm')];
    expect([native.backend, wasm.backend]).toEqual(['tensorflow', 'wasm']);
    expect(wasm.losses.length).toBeGreaterThan(8);
    expect(wasm.losses).toHaveLength(native.losses.length);
    // Something is learned, or equality would say little.
    expect(wasm.losses.at(-1)!).toBeLessThan(wasm.losses[0]! - 0.05);
    wasm.losses.forEach((loss, step) => expect(loss, `step ${step}`).toBeCloseTo(native.losses[step]!, 4));
    wasm.vectors.forEach((value, place) => expect(value).toBeCloseTo(native.vectors[place]!, 4));
    // A rank may move where two scores differ in their last bits.
    expect(Math.abs(wasm.validation - native.validation)).toBeLessThan(0.01);
  }, 240_000);
});
