import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import type { BatchTensors } from '../../lib/training/batch-tensors';
import { createOptimiser, optimiserDefaults } from '../../lib/training/optimiser';
import { createStepEngine, defaultEngine, type StepEngine } from '../../lib/training/step-engine';
import { NonFiniteStepError, type StepPlan } from '../../lib/training/training-step';
import { bitsOf, brokenBatch, disposePlan, lstmBatch, lstmPlan } from './lstm-plan';

beforeAll(async () => {
  await startBackend();
});

function start(plan: StepPlan, engine: 'graph' | 'eager' = 'graph'): StepEngine & { said: string[] } {
  const said: string[] = [];
  return { ...createStepEngine(plan, { engine, say: (sentence) => said.push(sentence) }), said };
}

/** Graphs that TensorFlow holds. */
const numGraphs = (): number =>
  (tf.backend() as unknown as { binding: { getNumOfSavedModels(): number } }).binding.getNumOfSavedModels();

const lengths = [5, 5, 8, 5, 8, 3, 8, 3, 5];
const batches = lengths.map((length, index) => lstmBatch(index, length));

// First, while the heap of JavaScript is as small as it gets.
it('gives its memory back: a training of twenty steps, run again twenty times', () => {
  const training = (): void => {
    const plan = lstmPlan();
    const engine = start(plan);
    for (let step = 0; step < 20; step++) engine.run(lstmBatch(step), 0.01);
    engine.pull();
    engine.dispose();
    disposePlan(plan);
  };
  for (let warm = 0; warm < 20; warm++) training();
  const [tensors, rss] = [tf.memory().numTensors, process.memoryUsage.rss()];
  for (let round = 0; round < 20; round++) training();
  expect(tf.memory().numTensors).toBe(tensors);
  expect(process.memoryUsage.rss() / rss).toBeLessThan(1.05);
});

describe('the engine of a training', () => {
  it('compiles the shapes that it was told of together, and says what', () => {
    const plan = lstmPlan();
    const engine = start(plan);
    engine.expect(batches);
    expect(engine.said).toEqual([]);
    for (const batch of batches) engine.run(batch, 0.01);
    expect(engine.said).toHaveLength(1);
    expect(engine.said[0]).toMatch(/^compiled \d+ operations for 3 shapes of batch in \d+\.\d s$/);
    engine.dispose();
  });

  it('compiles a shape that comes unexpected, and goes on exactly as if it had known all', () => {
    const [knowing, surprised] = [lstmPlan(), lstmPlan()];
    const results = [knowing, surprised].map((plan) => {
      const engine = start(plan);
      if (plan === knowing) engine.expect(batches);
      const steps = batches.map((batch) => engine.run(batch, 0.01));
      engine.pull();
      engine.dispose();
      expect(engine.said.map((sentence) => /for (\d) shapes/.exec(sentence)?.[1])).toEqual(
        plan === knowing ? ['3'] : ['1', '2', '3'],
      );
      return steps;
    });
    expect(results[1]).toEqual(results[0]);
    expect(bitsOf(surprised)).toBe(bitsOf(knowing));
    expect(surprised.optimiser.step).toBe(batches.length);
  });

  it('gives other numbers at every step to the one batch that a shape has', () => {
    const plan = lstmPlan();
    const engine = start(plan);
    engine.expect([lstmBatch(1)]);
    const losses = [0, 1, 2].map(() => engine.run(lstmBatch(1), 1e-9).loss);
    expect(new Set(losses).size).toBe(3); // dropout
    engine.dispose();
  });

  it('is a graph where there is native TensorFlow; "eager" compiles nothing', () => {
    expect(defaultEngine()).toBe('graph');
    const [eager, graph] = [lstmPlan(), lstmPlan()];
    const engines = [start(eager, 'eager'), start(graph)];
    const [a, b] = engines.map((engine) => batches.map((batch) => engine.run(batch, 0.01).loss));
    expect(engines[0]!.said).toEqual([]);
    for (const [index, loss] of b!.entries()) expect(Math.abs(loss / a![index]! - 1)).toBeLessThan(1e-5);
    for (const engine of engines) engine.dispose();
  });

  it('goes on after a batch that is not finite, and with a new shape after it', () => {
    const [plan, undisturbed] = [lstmPlan(), lstmPlan()];
    const [engine, other] = [start(plan), start(undisturbed)];
    for (const batch of [batches[0]!, batches[1]!]) {
      engine.run(batch, 0.01);
      other.run(batch, 0.01);
    }
    expect(() => engine.run(brokenBatch(3), 0.01)).toThrow(NonFiniteStepError);
    for (const one of [engine, other]) {
      one.run(batches[2]!, 0.01);
      one.pull();
      one.dispose();
    }
    expect(bitsOf(plan)).toBe(bitsOf(undisturbed));
  });
});

describe('a loss that cannot be recorded', () => {
  const readsBack = (plan: StepPlan): StepPlan => ({
    ...plan,
    loss: (inputs, mode) => {
      const items = inputs['items_BT']!.dataSync();
      return tf.mul(plan.loss(inputs, mode), items.length > 0 ? 1 : 0);
    },
  });

  it('runs eagerly, and it is said why', () => {
    const [plan, eager] = [lstmPlan(), lstmPlan()];
    const engine = start(readsBack(plan));
    const other = start(readsBack(eager), 'eager');
    for (const batch of batches) expect(engine.run(batch, 0.01)).toEqual(other.run(batch, 0.01));
    expect(bitsOf(plan)).toBe(bitsOf(eager));
    expect(engine.said).toHaveLength(1);
    expect(engine.said[0]).toMatch(
      /^the step cannot be recorded and runs eagerly, several times slower: a tensor is read back into JavaScript/,
    );
  });

  it('at an unexpected shape takes the trained weights along', () => {
    const [plan, eager] = [lstmPlan(), lstmPlan()];
    const from = (other: StepPlan): StepPlan => ({
      ...other,
      loss: (inputs, mode) =>
        (inputs['items_BT']!.shape[1] === 8 ? readsBack(other) : other).loss(inputs, mode),
    });
    const [engine, reference] = [start(from(plan)), start(from(eager), 'eager')];
    for (const batch of batches) {
      const [got, wanted] = [engine.run(batch, 0.01).loss, reference.run(batch, 0.01).loss];
      expect(Math.abs(got / wanted - 1)).toBeLessThan(1e-5);
    }
    expect(engine.said.map((sentence) => sentence.split(' ')[0])).toEqual(['compiled', 'the']);
    expect(plan.optimiser.step).toBe(batches.length);
  });
});

describe('many shapes', () => {
  const ofLength = (length: number): BatchTensors => ({
    x: { values: new Float32Array(length).fill(2), shape: [length] },
  });
  const mean = (): StepPlan => {
    const params = { w: tf.variable(tf.tensor1d([1, 2])) };
    const optimiser = createOptimiser(params, optimiserDefaults.sgd);
    return { params, optimiser, loss: ({ x }) => tf.mul(tf.mean(x!), tf.sum(tf.square(params.w))), seed: 1 };
  };
  const count = (numShapes: number): BatchTensors[] =>
    Array.from({ length: numShapes }, (_, index) => ofLength(index + 1));

  it('twelve are fine, thirteen are an error that says what to do, eagerly they are fine', () => {
    const remedy = /batches come in 13 shapes, .*pad them to a few lengths, or train with engine "eager"/;
    const engine = start(mean());
    engine.expect(count(12));
    engine.run(ofLength(3), 0.01);
    expect(() => engine.run(ofLength(13), 0.01)).toThrow(RangeError);
    engine.dispose();

    const other = start(mean());
    other.expect(count(13));
    expect(() => other.run(ofLength(3), 0.01)).toThrow(remedy);
    other.dispose();

    const eager = start(mean(), 'eager');
    eager.expect(count(13));
    for (const batch of count(13)) eager.run(batch, 0.01);
  });

  it('an error of that kind leaves the weights as they were trained', () => {
    const [plan, whole] = [mean(), mean()];
    const [engine, other] = [start(plan), start(whole)];
    for (const one of [engine, other]) {
      one.expect(count(12));
      one.run(ofLength(3), 0.01);
    }
    expect(() => engine.run(ofLength(13), 0.01)).toThrow(RangeError);
    for (const one of [engine, other]) {
      one.pull();
      one.dispose();
    }
    expect(bitsOf(plan)).toBe(bitsOf(whole));
  });
});

describe('memory', () => {
  it('keeps no tensors beside weights and memory, recompiled or not', () => {
    const plan = lstmPlan();
    const [before, graphs] = [tf.memory().numTensors, numGraphs()];
    const engine = start(plan);
    for (const batch of batches) {
      engine.run(batch, 0.01);
      expect([tf.memory().numTensors, numGraphs()]).toEqual([before, graphs + 1]);
    }
    engine.pull();
    engine.dispose();
    expect([tf.memory().numTensors, numGraphs()]).toEqual([before, graphs]);
    disposePlan(plan);
  });

  it('may be disposed twice, and before the first step', () => {
    const plan = lstmPlan();
    const engine = start(plan);
    engine.pull();
    engine.dispose();
    engine.run(lstmBatch(1), 0.01);
    engine.dispose();
    engine.dispose();
  });
});
