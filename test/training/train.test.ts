import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { dropout } from '../../lib/nn/dropout';
import { copyWeights } from '../../lib/training/checkpoint';
import { createOptimiser, optimiserDefaults, type Optimiser } from '../../lib/training/optimiser';
import { train, type TrainingPlan, type TrainingResult } from '../../lib/training/train';

beforeAll(async () => {
  await startBackend();
});

interface Batch {
  readonly x: number[];
  readonly y: number[];
}

/** A line through noisy points, with dropout on the weights so that the seed matters. */
function plan(change: Partial<TrainingPlan<Batch>> = {}): TrainingPlan<Batch> & {
  params: { slope: tf.Variable };
  optimiser: Optimiser;
} {
  const params = { slope: tf.variable(tf.tensor2d([0, 0, 0, 0], [4, 1])) };
  const rng = createRng(5);
  return {
    batches: (epoch) =>
      Array.from({ length: 3 }, (_, index) => {
        const draw = rng.child(epoch, index);
        const x = Array.from({ length: 8 }, () => draw.normal());
        return { x, y: Array.from({ length: 2 }, (_, row) => x[4 * row]! * 2 + draw.normal() * 0.1) };
      }),
    inputs: ({ x, y }) => ({
      x: { values: Float32Array.from(x), shape: [2, 4] },
      y: { values: Float32Array.from(y), shape: [2, 1] },
    }),
    loss: ({ x, y }, mode) => {
      const guess = tf.matMul(x as tf.Tensor2D, dropout(params.slope as tf.Tensor2D, 0.2, mode, 0));
      return tf.mean(tf.square(tf.sub(guess, y!)));
    },
    weight: ({ y }) => y.length,
    validate: () => Promise.resolve(-Math.abs(params.slope.dataSync()[0]! - 2)),
    maxEpochs: 10,
    patience: 10,
    clipNorm: 5,
    batchSize: 2,
    seed: 3,
    ...change,
    params,
    optimiser: createOptimiser(params, { ...optimiserDefaults.adamw, learningRate: 0.05 }),
  };
}

/** Bits, so that "the same" means the same. */
const bits = (params: object): string =>
  [...copyWeights(params).values()].map(({ values }) => Buffer.from(values.buffer).toString('hex')).join();

const withoutTimes = ({ history }: TrainingResult): unknown =>
  history.map(({ epoch, loss, validation }) => [epoch, loss, validation]);

describe('training', () => {
  it('gives the same numbers for the same seed and others for another', async () => {
    const [a, b, c] = [plan(), plan(), plan({ seed: 4 })];
    const results = [await train(a), await train(b), await train(c)];
    expect(bits(a.params)).toBe(bits(b.params));
    expect(withoutTimes(results[0]!)).toEqual(withoutTimes(results[1]!));
    expect(bits(a.params)).not.toBe(bits(c.params));
  });

  it('lowers the loss, and returns the weights of the best epoch', async () => {
    const p = plan();
    const { history, bestEpoch, bestValidation } = await train(p);
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss / 2);
    expect(bestEpoch).toBe(history.find(({ validation }) => validation === bestValidation)!.epoch);
    expect(-Math.abs(p.params.slope.dataSync()[0]! - 2)).toBe(bestValidation);
  });

  it('resumed after 4 of 10 epochs is bit for bit the uninterrupted one', async () => {
    const whole = plan({ folder: mkdtempSync(join(tmpdir(), 'train-')) });
    const wholeResult = await train(whole);

    const folder = mkdtempSync(join(tmpdir(), 'train-'));
    const first = plan({ folder, maxEpochs: 4 });
    await train(first);
    const second = plan({ folder });
    const result = await train(second);
    expect(bits(second.params)).toBe(bits(whole.params));
    expect(withoutTimes(result)).toEqual(withoutTimes(wholeResult));
    expect(second.optimiser.step).toBe(30);
  });

  it.each(['graph', 'eager'] as const)(
    'takes over what the start of an epoch changes, once an epoch, also where it was interrupted (%s)',
    async (engine) => {
      /** Before each epoch the slope is thrown back by half: steps that did not see it would end elsewhere. */
      const halving = (change: Partial<TrainingPlan<Batch>> = {}) => {
        const own = plan({ engine, ...change });
        const started: number[] = [];
        const startEpoch = (epoch: number): 'goes on' | 'settled' => {
          started.push(epoch);
          if (epoch === 5) return 'settled';
          tf.tidy(() => own.params.slope.assign(tf.mul(own.params.slope, 0.5)));
          return 'goes on';
        };
        return { ...own, startEpoch, started };
      };
      const whole = halving();
      const wholeResult = await train(whole);
      expect([wholeResult.stoppedBy, wholeResult.history.length]).toEqual(['settled', 4]);
      expect(whole.started).toEqual([1, 2, 3, 4, 5]);
      const untouched = await train(plan({ engine, maxEpochs: 4 }));
      expect(withoutTimes(wholeResult)).not.toEqual(withoutTimes(untouched));

      const folder = mkdtempSync(join(tmpdir(), 'train-'));
      const stop = new AbortController();
      const onProgress = ({ epoch, step }: { epoch: number; step: number }): void => {
        if (epoch === 3 && step === 2) stop.abort();
      };
      await train(halving({ folder, signal: stop.signal, onProgress }));
      const resumed = halving({ folder });
      const result = await train(resumed);
      expect(resumed.started).toEqual([4, 5]);
      expect(bits(resumed.params)).toBe(bits(whole.params));
      expect(withoutTimes(result)).toEqual(withoutTimes(wholeResult));
    },
  );

  it.each(['graph', 'eager'] as const)(
    'interrupted within an epoch goes on with the next step (%s)',
    async (engine) => {
      const whole = plan({ engine });
      const wholeResult = await train(whole);
      const folder = mkdtempSync(join(tmpdir(), 'train-'));
      const stop = new AbortController();
      const onProgress = ({ epoch, step }: { epoch: number; step: number }): void => {
        if (epoch === 3 && step === 2) stop.abort();
      };
      const broken = await train(plan({ engine, folder, signal: stop.signal, onProgress }));
      expect([broken.stoppedBy, broken.history.length]).toEqual(['interrupt', 2]);
      const resumed = plan({ engine, folder });
      const first: string[] = [];
      const result = await train({
        ...resumed,
        onProgress: ({ epoch, step }) => first.push(`${epoch}:${step}`),
      });
      expect(first[0]).toBe('3:3');
      expect(bits(resumed.params)).toBe(bits(whole.params));
      expect(withoutTimes(result)).toEqual(withoutTimes(wholeResult));
    },
  );

  it('goes on with the engine it began with, and says so', async () => {
    const whole = plan({ engine: 'eager' });
    await train(whole);
    const folder = mkdtempSync(join(tmpdir(), 'train-'));
    await train(plan({ engine: 'eager', folder, maxEpochs: 4 }));
    const said: string[] = [];
    const resumed = plan({ engine: 'graph', folder, say: (sentence) => said.push(sentence) });
    await train(resumed);
    expect(said).toEqual(["goes on with the engine 'eager' that it began with"]);
    expect(bits(resumed.params)).toBe(bits(whole.params));
  });

  it('gives dropout another key at every step of every epoch', async () => {
    const p = plan({ maxEpochs: 3 });
    const keys: string[] = [];
    await train({
      ...p,
      engine: 'eager',
      loss: (inputs, mode) => {
        if (mode.training) keys.push(mode.key.dataSync().join());
        return p.loss(inputs, mode);
      },
    });
    expect(keys).toEqual(Array.from({ length: 9 }, (_, step) => `3,${step}`));
  });

  it('stops when patience runs out, and a finished training does not go on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'train-'));
    const values = [1, 3, 2, 2, 2, 2, 2, 2, 2, 2];
    const make = (): TrainingPlan<Batch> => {
      let epoch = 0;
      return plan({ folder, patience: 3, validate: () => Promise.resolve(values[epoch++]!) });
    };
    const result = await train(make());
    expect([result.stoppedBy, result.history.length, result.bestEpoch]).toEqual(['patience', 5, 2]);
    const again = await train(make());
    expect([again.stoppedBy, again.history.length]).toEqual(['patience', 5]);
  });

  it('weighs a smaller last batch by its targets in the epoch loss', async () => {
    const p = plan({ maxEpochs: 1 });
    const { history } = await train({
      ...p,
      batches: () => [
        { x: [1], y: [0, 0, 0] },
        { x: [4], y: [0] },
      ],
      inputs: ({ x }) => ({ x: { values: Float32Array.from(x), shape: [1] } }),
      loss: ({ x }) => tf.add(tf.mul(tf.sum(p.params.slope), 0), tf.sum(x!)),
    });
    expect(history[0]!.loss).toBeCloseTo((3 * 1 + 1 * 4) / 4, 6);
  });

  it('stops at a loss that is not finite, naming epoch, step and the largest gradient', async () => {
    const p = plan();
    const bad = train({ ...p, loss: () => tf.sum(tf.log(tf.sub(p.params.slope, 1))) });
    await expect(bad).rejects.toThrow(
      /the loss is NaN at epoch 1, step 1, batch 1 of 3 with 2 targets; the largest gradient is .* in slope\. Try a smaller/,
    );
  });

  it('refuses a checkpoint of another shape, or of other optimiser settings, and leaves it in place', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'train-'));
    await train(plan({ folder, maxEpochs: 1 }));
    const file = join(folder, 'last.safetensors');
    const before = readFileSync(file);
    const p = plan({ folder });
    await expect(
      train({
        ...p,
        optimiser: createOptimiser(p.params, { ...optimiserDefaults.adamw, learningRate: 0.1 }),
      }),
    ).rejects.toThrow(/trained with optimiser\.learningRate 0\.05, now 0.1\. Resume with the same settings/);
    await expect(train({ ...p, seed: 4 })).rejects.toThrow(/trained with seed 3, now 4/);
    await expect(train({ ...p, settings: { batchSize: 2 } })).rejects.toThrow(
      /trained with batchSize undefined, now 2/,
    );
    const other = { slope: tf.variable(tf.zeros([5, 1])) };
    await expect(
      train({
        ...p,
        params: other,
        optimiser: createOptimiser(other, { ...optimiserDefaults.adamw, learningRate: 0.05 }),
      }),
    ).rejects.toThrow(/slope is \[4, 1\] there and \[5, 1\] here/);
    expect(readFileSync(file).equals(before)).toBe(true);
    writeFileSync(file, before.subarray(0, 50));
    await expect(train(plan({ folder }))).rejects.toThrow(/damaged or was cut off/);
  });

  it('trains all epochs and keeps the last one where it is asked to, also when resumed', async () => {
    const worse = { keep: 'last', patience: 1, maxEpochs: 6 } as const;
    let epoch = 0;
    const p = plan({ ...worse, validate: () => Promise.resolve(-(epoch += 1)) });
    const { history, bestEpoch, bestValidation, stoppedBy } = await train(p);
    expect([history.length, bestEpoch, bestValidation, stoppedBy]).toEqual([6, 6, -6, 'epochs']);
    const folder = mkdtempSync(join(tmpdir(), 'keep-'));
    await train(plan({ ...worse, maxEpochs: 4, folder }));
    const resumed = plan({ ...worse, folder });
    expect((await train(resumed)).bestEpoch).toBe(6);
    expect(bits(resumed.params)).toBe(bits(p.params));
  });

  it('tells its progress after every step, and keeps no tensors', async () => {
    const p = plan({ maxEpochs: 2 });
    const seen: string[] = [];
    const tensors: number[] = [];
    await train({
      ...p,
      onProgress: ({ epoch, step, steps }) => {
        seen.push(`${epoch}:${step}/${steps}`);
        tensors.push(tf.memory().numTensors);
      },
    });
    expect(seen).toEqual(['1:1/3', '1:2/3', '1:3/3', '1:0/3', '2:1/3', '2:2/3', '2:3/3', '2:0/3']);
    expect(new Set(tensors).size).toBe(1);
  });
});
