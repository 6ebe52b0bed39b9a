import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { startBackend } from '../../lib/nn/backend';
import { loadCheckpoint, loadWeights, saveCheckpoint, saveWeights } from '../../lib/training/checkpoint';
import { startEarlyStopping } from '../../lib/training/early-stopping';
import { currentNumerics } from '../../lib/training/numerics';
import {
  applyOptimiser,
  createOptimiser,
  optimiserDefaults,
  stepScalars,
  type Optimiser,
  type OptimiserConfig,
} from '../../lib/training/optimiser';
import { readTensors, writeTensors } from '../../lib/training/safetensors';
import type { Schedule } from '../../lib/training/schedule';

beforeAll(async () => {
  await startBackend();
});

const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
const schedule: Schedule = { name: 'cosine', warmupSteps: 2, totalSteps: 9, finalShare: 0.1 };
const settings = { seed: 3, clipNorm: Infinity, schedule };
const state = {
  epoch: 2,
  history: [{ epoch: 2, loss: 1.5, validation: 0.25, seconds: 1, learningRate: 0.01, gradientNorm: 0.5 }],
  partial: { step: 1, lossSum: 3.5, weightSum: 2, normSum: 0.25, seconds: 0.5 },
  engine: 'graph' as const,
  earlyStopping: startEarlyStopping(3),
  settings,
};

interface Made {
  readonly params: {
    readonly blocks: readonly { readonly kernel: tf.Variable }[];
    readonly bias: tf.Variable;
  };
  readonly optimiser: Optimiser;
}

/** A model with an optimiser that has done two steps, so that its memory is not zero. */
function made(config: OptimiserConfig, start = 1): Made {
  const params = {
    blocks: [{ kernel: tf.variable(tf.tensor2d([start, -2, 0.5, 1 / 3], [2, 2])) }],
    bias: tf.variable(tf.tensor1d([start, 2 / 3])),
  };
  const optimiser = createOptimiser(params, config);
  for (const step of [1, 2]) {
    const gradients = new Map<string, tf.Tensor>([
      ['blocks.0.kernel', tf.tensor2d([0.1, 0.7, -step, 2], [2, 2])],
      ['bias', tf.tensor1d([start, -3])],
    ]);
    applyOptimiser(optimiser, params, gradients, tf.tensor1d(stepScalars(config, step, 0.1)));
    optimiser.step = step;
  }
  return { params, optimiser };
}

const numbersOf = ({ params, optimiser }: Made): Record<string, number[]> =>
  Object.fromEntries(
    [
      ['params.blocks.0.kernel', params.blocks[0]!.kernel] as const,
      ['params.bias', params.bias] as const,
      ...optimiser.memory,
    ].map(([name, variable]) => [name, [...variable.dataSync()]]),
  );

const save = (file: string, { params, optimiser }: Made): void =>
  saveCheckpoint(file, params, optimiser, state);

const problem = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
};

const configs: OptimiserConfig[] = [
  { ...optimiserDefaults.sgd, momentum: 0 },
  optimiserDefaults.sgd,
  optimiserDefaults.adam,
  optimiserDefaults.adamw,
];

describe('a checkpoint', () => {
  it.each(configs)('gives weights, memory, step and state back bit for bit: %o', (config) => {
    const file = join(folder, 'back.safetensors');
    const [before, after] = [made(config), made(config, 7)];
    save(file, before);
    after.optimiser.step = 0;
    const { settings: savedSettings, ...savedState } = loadCheckpoint(
      file,
      after.params,
      after.optimiser,
      settings,
    );
    expect(numbersOf(after)).toEqual(numbersOf(before));
    expect(after.optimiser.step).toBe(2);
    expect(savedSettings['schedule']).toEqual(schedule);
    expect(savedState).toMatchObject({ epoch: 2, history: state.history, partial: state.partial });
  });

  const python = join(__dirname, '..', '..', '.venv', 'bin', 'python');
  it.skipIf(!existsSync(python)).each(configs)(
    'can be read by Python, from the package safetensors: %o',
    (config) => {
      const file = join(folder, 'python.safetensors');
      const trained = made(config);
      save(file, trained);
      const script = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as f:
    tensors = {name: f.get_tensor(name) for name in f.keys()}
    meta = {name: json.loads(text) for name, text in f.metadata().items()}
print(json.dumps({"types": sorted({str(x.dtype) for x in tensors.values()}), "kernel": list(tensors["params.blocks.0.kernel"].shape),
    "numbers": {name: [float(y) for y in x.ravel()] for name, x in tensors.items()}, "meta": meta}))`;
      const said = JSON.parse(execFileSync(python, ['-c', script, file], { encoding: 'utf8' })) as Record<
        string,
        unknown
      >;
      expect(said).toMatchObject({
        types: ['float32'],
        kernel: [2, 2],
        meta: {
          optimiser: { config, step: 2 },
          numerics: currentNumerics(),
          state: { epoch: 2, history: state.history, settings: { seed: 3, schedule } },
        },
      });
      expect(said['numbers']).toEqual(numbersOf(trained));
    },
  );

  const adamw = optimiserDefaults.adamw;
  it.each<[string, OptimiserConfig, Record<string, unknown>, string]>([
    ['learning rate', { ...adamw, learningRate: 0.5 }, settings, 'optimiser.learningRate 0.001, now 0.5'],
    [
      'algorithm',
      optimiserDefaults.adam,
      settings,
      'optimiser.name adamw, now adam; optimiser.weightDecay 0.01, now undefined; optimiser.l2 undefined, now 0',
    ],
    ['seed', adamw, { ...settings, seed: 4 }, 'seed 3, now 4'],
    [
      'schedule',
      adamw,
      { ...settings, schedule: { ...schedule, warmupSteps: 1 } },
      'schedule.warmupSteps 2, now 1',
    ],
    ['new setting', adamw, { ...settings, batchSize: 2 }, 'batchSize undefined, now 2'],
    ['setting left out', adamw, { clipNorm: Infinity, schedule }, 'seed 3, now undefined'],
  ])('is refused with another %s, and nothing changes', (_, config, now, difference) => {
    const file = join(folder, 'settings.safetensors');
    save(file, made(adamw));
    const other = made(config, 7);
    const before = numbersOf(other);
    expect(problem(() => loadCheckpoint(file, other.params, other.optimiser, now))).toBe(
      `${file}: trained with ${difference}. Resume with the same settings.`,
    );
    expect(numbersOf(other)).toEqual(before);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'threads',
      { threads: 77 },
      /trained with 77 threads, now \d+\. Start with TF_NUM_INTRAOP_THREADS=77\.$/,
    ],
    [
      'TensorFlow',
      { tensorflowVersion: '1.0.0' },
      /trained with TensorFlow 1\.0\.0, now TensorFlow \S+\. Install TensorFlow 1\.0\.0 again/,
    ],
    [
      'backend',
      { tensorflowVersion: null },
      /trained with WebAssembly.* Start with BEHAVIOR_LAB_BACKEND=wasm/,
    ],
    [
      'oneDNN',
      { oneDnn: 'other' },
      /trained with oneDNN other, now o\w+\. Start with TF_ENABLE_ONEDNN_OPTS=0\.$/,
    ],
    ['device', { device: 'other' }, /trained with the other, now the (cpu|gpu)\. Use a machine with a GPU/],
  ])('is refused under other numerics (%s), naming the remedy, and nothing changes', (_, change, message) => {
    const file = join(folder, 'numerics.safetensors');
    save(file, made(adamw));
    const { tensors, metadata } = readTensors(file);
    const numerics = JSON.stringify({ ...currentNumerics(), ...change });
    writeTensors(file, { tensors, metadata: { ...metadata, numerics } });
    const other = made(adamw, 7);
    const before = numbersOf(other);
    expect(problem(() => loadCheckpoint(file, other.params, other.optimiser, settings))).toMatch(message);
    expect(numbersOf(other)).toEqual(before);
  });

  it('of another model is refused by the names of its parts, and nothing changes', () => {
    const file = join(folder, 'model.safetensors');
    save(file, made(adamw));
    const params = { bias: tf.variable(tf.zeros([3])) };
    const optimiser = createOptimiser(params, adamw);
    expect(problem(() => loadCheckpoint(file, params, optimiser, settings))).toMatch(
      /params\.blocks\.0\.kernel is not part.*second\.bias is \[2\] there and \[3\] here/,
    );
    expect([...params.bias.dataSync()]).toEqual([0, 0, 0]);
  });

  it('that holds weights only, or was cut off, is refused', () => {
    const file = join(folder, 'weights.safetensors');
    const { params, optimiser } = made(adamw);
    saveWeights(file, params);
    expect(problem(() => loadCheckpoint(file, params, optimiser, settings))).toMatch(/no training state/);
    save(file, { params, optimiser });
    writeFileSync(file, readFileSync(file).subarray(0, -4));
    expect(problem(() => loadCheckpoint(file, params, optimiser, settings))).toMatch(/cut off/);
  });
});

describe('weights alone', () => {
  it('come back bit for bit', () => {
    const file = join(folder, 'alone.safetensors');
    const [before, after] = [made(configs[0]!), made(configs[0]!, 7)];
    saveWeights(file, before.params);
    loadWeights(file, after.params);
    expect(numbersOf(after)).toEqual(numbersOf(before));
  });
});
