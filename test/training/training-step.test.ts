import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { uploadBatch, type BatchTensors } from '../../lib/training/batch-tensors';
import { createOptimiser, optimiserDefaults } from '../../lib/training/optimiser';
import { learningRateAt } from '../../lib/training/schedule';
import {
  compileTrainingStep,
  eagerTrainingStep,
  NonFiniteStepError,
  type StepPlan,
  type StepResult,
  type TrainingStep,
} from '../../lib/training/training-step';
import { bitsOf, brokenBatch, lstmBatch, lstmPlan, numbersOf } from './lstm-plan';

beforeAll(async () => {
  await startBackend();
});

const open: TrainingStep[] = [];
afterEach(() => {
  for (const step of open.splice(0)) step.dispose();
});

const engines = ['graph', 'eager'] as const;

function stepOf(
  engine: (typeof engines)[number],
  plan: StepPlan,
  examples = [lstmBatch(100), lstmBatch(101)],
): TrainingStep {
  if (engine === 'eager') return eagerTrainingStep(plan);
  const tensors = examples.map(uploadBatch);
  const step = compileTrainingStep({ ...plan, examples: tensors });
  tf.dispose(tensors.map((each) => Object.values(each)));
  open.push(step);
  return step;
}

function runOn(step: TrainingStep, batch: BatchTensors, learningRate: number): StepResult {
  const tensors = uploadBatch(batch);
  try {
    return step.run(tensors, learningRate);
  } finally {
    tf.dispose(Object.values(tensors));
  }
}

const warmup = { name: 'warmup', warmupSteps: 4 } as const;
const follow = (step: TrainingStep, { optimiser }: StepPlan, steps: number): StepResult[] =>
  Array.from({ length: steps }, (_, index) =>
    runOn(step, lstmBatch(index), learningRateAt(warmup, optimiser.config.learningRate, optimiser.step + 1)),
  );

/** Largest difference, relative to 1 or the number, whichever is larger. */
function largestDifference(a: StepPlan, b: StepPlan): number {
  const others = numbersOf(b);
  let largest = 0;
  for (const [path, values] of numbersOf(a)) {
    for (const [index, value] of values.entries()) {
      const difference = Math.abs(value - others.get(path)![index]!) / Math.max(1, Math.abs(value));
      largest = Math.max(largest, difference);
    }
  }
  return largest;
}

describe('a compiled training step', () => {
  it('follows the eager one over ten steps with AdamW, warm-up, dropout and clipping', () => {
    const [eager, graph] = [lstmPlan(), lstmPlan()];
    const start = numbersOf(eager);
    const expected = follow(stepOf('eager', eager), eager, 10);
    const step = stepOf('graph', graph);
    expect([step.engine, graph.optimiser.step]).toEqual(['graph', 0]);
    const got = follow(step, graph, 10);
    for (const [index, { loss, gradientNorm }] of got.entries()) {
      expect(Math.abs(loss / expected[index]!.loss - 1)).toBeLessThan(1e-5);
      expect(Math.abs(gradientNorm / expected[index]!.gradientNorm - 1)).toBeLessThan(1e-4);
      expect(gradientNorm).toBeGreaterThan(graph.clipNorm!);
    }
    step.pull();
    expect(largestDifference(eager, graph)).toBeLessThan(1e-5);
    expect([eager.optimiser.step, graph.optimiser.step]).toEqual([10, 10]);
    // Every weight and every memory moved.
    const moved = numbersOf(graph);
    for (const [path, before] of start) expect(moved.get(path), path).not.toEqual(before);
  });

  it.each<[string, (plan: StepPlan) => void]>([
    ['without clipping', (plan) => Object.assign(plan, { clipNorm: Infinity })],
    ['with another seed of dropout', (plan) => Object.assign(plan, { seed: 10 })],
    ['continued from step 5', ({ optimiser }) => Object.assign(optimiser, { step: 5 })],
  ])('would not follow it %s', (_name, change) => {
    const [eager, graph] = [lstmPlan(), lstmPlan()];
    change(graph);
    follow(stepOf('eager', eager), eager, 10);
    const step = stepOf('graph', graph);
    follow(step, graph, 10);
    step.pull();
    expect(largestDifference(eager, graph)).toBeGreaterThan(1e-3);
  });

  it('uses the learning rate that it is fed, not the one it was compiled with', () => {
    const rates = [1e-3, 1e-3, 4e-3].map((rate) => {
      const plan = lstmPlan();
      const before = numbersOf(plan).get('layers.0.bias')!;
      const step = stepOf('graph', plan);
      runOn(step, lstmBatch(1), rate);
      step.pull();
      // The first step of Adam moves a weight by the rate, whatever its gradient.
      return numbersOf(plan).get('layers.0.bias')![0]! - before[0]!;
    });
    expect(rates[1]).toBe(rates[0]);
    expect(rates[2]! / rates[0]!).toBeCloseTo(4, 2);
  });

  it('gives the same bits when the same training is run twice', () => {
    const runs = [0, 1].map(() => {
      const plan = lstmPlan();
      const step = stepOf('graph', plan);
      const results = follow(step, plan, 12);
      step.pull();
      return { results, bits: bitsOf(plan) };
    });
    expect(runs[1]).toEqual(runs[0]);
  });

  it('keeps its weights until they are pulled', () => {
    const plan = lstmPlan();
    const start = bitsOf(plan);
    const step = stepOf('graph', plan);
    expect(bitsOf(plan)).toBe(start); // trying it on the examples left nothing behind
    follow(step, plan, 3);
    expect(bitsOf(plan)).toBe(start);
    step.pull();
    expect(bitsOf(plan)).not.toBe(start);

    const pulled = bitsOf(plan);
    follow(step, plan, 1);
    step.dispose();
    expect(bitsOf(plan)).toBe(pulled); // dispose copies nothing
  });

  it('refuses a batch of a shape that it was not compiled for', () => {
    const plan = lstmPlan();
    const step = stepOf('graph', plan, [lstmBatch(1, 5), lstmBatch(2, 5), lstmBatch(3, 7)]);
    for (const length of [5, 7]) runOn(step, lstmBatch(9, length), 0.01);
    step.pull();
    const before = bitsOf(plan);
    expect(() => runOn(step, lstmBatch(9, 6), 0.01)).toThrow(/items_BT:int32\[4,6\]/);
    step.pull();
    expect([bitsOf(plan), plan.optimiser.step]).toEqual([before, 2]);
  });

  it('keeps no tensors', () => {
    const plan = lstmPlan();
    const step = stepOf('graph', plan);
    runOn(step, lstmBatch(0), 0.01);
    const before = tf.memory().numTensors;
    follow(step, plan, 5);
    step.pull();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.each(engines)('a step whose loss or gradient is not finite (%s)', (engine) => {
  it('names loss and largest gradient, changes nothing, and the next step is as if it had not been', () => {
    const [plan, undisturbed] = [lstmPlan(), lstmPlan()];
    const step = stepOf(engine, plan);
    follow(step, plan, 3);
    step.pull();
    const before = bitsOf(plan);
    const tensors = tf.memory().numTensors;
    let error: unknown;
    try {
      runOn(step, brokenBatch(3), 0.01);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(NonFiniteStepError);
    expect(String(error)).toMatch(
      /^NonFiniteStepError: the loss is NaN; the largest gradient is NaN in (itemEmbedding|layers\.0\.\w+)$/,
    );
    expect(error).toMatchObject({ loss: NaN, gradientNorm: NaN });
    expect(tf.memory().numTensors).toBe(tensors);
    step.pull();
    expect(bitsOf(plan)).toBe(before);
    expect(plan.optimiser.step).toBe(3);

    const other = stepOf(engine, undisturbed);
    follow(other, undisturbed, 3);
    for (const [one, its] of [
      [step, plan],
      [other, undisturbed],
    ] as const) {
      runOn(one, lstmBatch(3), 0.01);
      one.pull();
      expect(its.optimiser.step).toBe(4);
    }
    expect(bitsOf(plan)).toBe(bitsOf(undisturbed));
  });

  it('leaves weights that nobody pulled since as the last good step made them', () => {
    const [plan, undisturbed] = [lstmPlan(), lstmPlan()];
    const [step, other] = [stepOf(engine, plan), stepOf(engine, undisturbed)];
    follow(step, plan, 3);
    expect(() => runOn(step, brokenBatch(3), 0.01)).toThrow(NonFiniteStepError);
    follow(other, undisturbed, 3);
    other.pull();
    expect(bitsOf(plan)).toBe(bitsOf(undisturbed));
  });

  it('also where the loss is finite and only a gradient is not', () => {
    const params = { fine: tf.variable(tf.tensor1d([1, 2])), root: tf.variable(tf.tensor1d([0, 4])) };
    const plan: StepPlan = {
      params,
      optimiser: createOptimiser(params, optimiserDefaults.sgd),
      loss: ({ x }) => tf.sum(tf.add(tf.mul(params.fine, x!), tf.sqrt(params.root))),
      seed: 1,
    };
    const batch = (...x: number[]): BatchTensors => ({ x: { values: Float32Array.from(x), shape: [2] } });
    const step = stepOf(engine, plan, [batch(1, 2), batch(3, 4)]);
    const before = bitsOf(plan);
    expect(() => runOn(step, batch(5, 6), 0.1)).toThrow(
      'the loss is 19; the largest gradient is Infinity in root',
    );
    step.pull();
    expect(bitsOf(plan)).toBe(before);
  });
});
