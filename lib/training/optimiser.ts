import * as tf from '@tensorflow/tfjs';
import { trainableLeaves } from '../base/tree';
import { hasNativeOps } from '../nn/native/execute';
import {
  adamDefaults,
  adamFused,
  adamMemory,
  adamPlain,
  adamScalars,
  adamWDefaults,
  type AdamConfig,
  type AdamWConfig,
} from './adam';
import { sgdDefaults, sgdFused, sgdMemory, sgdPlain, sgdScalars, type SgdConfig } from './sgd';

/** An algorithm by its name, with its settings. Plain data. */
export type OptimiserConfig = SgdConfig | AdamConfig | AdamWConfig;

/** Usual settings of each algorithm: `{ ...optimiserDefaults.adamw, learningRate: 0.002 }`. */
export const optimiserDefaults: {
  readonly sgd: SgdConfig;
  readonly adam: AdamConfig;
  readonly adamw: AdamWConfig;
} = Object.freeze({ sgd: sgdDefaults, adam: adamDefaults, adamw: adamWDefaults });

/** An algorithm and what it remembers between steps. */
export interface Optimiser {
  readonly config: OptimiserConfig;
  /** Variables of the shapes of the weights, by names such as `first.blocks.0.kernel`; part of a checkpoint. */
  readonly memory: ReadonlyMap<string, tf.Variable>;
  /** Steps done. Whoever calls `applyOptimiser` counts them. */
  step: number;
}

/**
 * Start an optimiser for the trainable weights of a tree; its memory is zero. Free it with `disposeOptimiser`.
 *
 * @throws RangeError when a setting is outside its range
 */
export function createOptimiser(params: object, config: OptimiserConfig): Optimiser {
  checkConfig(config);
  const names = memoryNames(config);
  const memory = trainableLeaves(params).flatMap(([path, leaf]) =>
    names.map(
      (name) => [`${name}.${path}`, tf.tidy(() => tf.variable(tf.zeros(leaf.shape), false))] as const,
    ),
  );
  return { config, memory: new Map(memory), step: 0 };
}

/** Free the optimiser's memory. */
export function disposeOptimiser(optimiser: Optimiser): void {
  for (const variable of optimiser.memory.values()) variable.dispose();
}

/**
 * The numbers of one step that differ from those of the step before: its learning rate and corrections made from it.
 *
 * They reach `applyOptimiser` as a tensor, because a recorded graph would freeze JavaScript numbers.
 *
 * @param step         from 1
 * @param learningRate of this step, from the schedule
 * @throws RangeError when `step` is no whole number from 1
 */
export function stepScalars(config: OptimiserConfig, step: number, learningRate: number): Float32Array {
  if (!Number.isInteger(step) || step < 1) {
    throw new RangeError(`stepScalars: the step must be a whole number from 1, got ${step}`);
  }
  return Float32Array.from(
    config.name === 'sgd' ? sgdScalars(learningRate) : adamScalars(config, step, learningRate),
  );
}

/**
 * Move every trainable weight of a tree one step against its gradient, and bring the memory up to date.
 *
 * Reads and writes tensors only, so that the same code runs eagerly and within a recorded graph; does not count `step`.
 *
 * @param gradients one a trainable weight, by its path
 * @param scalars   `stepScalars` of this step
 * @throws Error when a weight has no gradient; then none was moved
 */
export function applyOptimiser(
  { config, memory }: Optimiser,
  params: object,
  gradients: ReadonlyMap<string, tf.Tensor>,
  scalars: tf.Tensor1D,
): void {
  const named = trainableLeaves(params);
  for (const [path] of named) {
    if (!gradients.has(path)) throw new Error(`applyOptimiser: no gradient for ${path}`);
  }
  const names = memoryNames(config);
  tf.tidy(() => {
    const numbers = tf.unstack(scalars);
    for (const [path, leaf] of named) {
      const slot = { leaf, memory: names.map((name) => memory.get(`${name}.${path}`)!) };
      const gradient = gradients.get(path)!;
      if (config.name === 'sgd') (hasNativeOps() ? sgdFused : sgdPlain)(config, slot, gradient, numbers);
      else (hasNativeOps() ? adamFused : adamPlain)(config, slot, gradient, numbers);
    }
  });
}

const memoryNames = (config: OptimiserConfig): string[] =>
  config.name === 'sgd' ? sgdMemory(config) : adamMemory;

function checkConfig(config: OptimiserConfig): void {
  for (const [setting, value] of Object.entries(config) as [string, unknown][]) {
    if (setting === 'name') continue;
    const isShare = ['momentum', 'beta1', 'beta2'].includes(setting);
    const isPositive = ['learningRate', 'epsilon'].includes(setting);
    const isFine =
      typeof value === 'number' &&
      Number.isFinite(value) &&
      (isPositive ? value > 0 : value >= 0) &&
      (!isShare || value < 1);
    if (!isFine) {
      const range = isShare ? 'in [0, 1)' : isPositive ? 'above 0' : 'at least 0';
      throw new RangeError(`createOptimiser: ${setting} must be ${range}, got ${String(value)}`);
    }
  }
}
