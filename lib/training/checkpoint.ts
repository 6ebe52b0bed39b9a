import type * as tf from '@tensorflow/tfjs';
import { assignLeaves, leaves } from '../base/tree';
import { InputError } from '../base/errors';
import type { EarlyStopping } from './early-stopping';
import { currentNumerics, requireSameNumerics, type Numerics } from './numerics';
import type { Optimiser } from './optimiser';
import { readTensors, writeTensors, type SavedTensor } from './safetensors';

/** One finished epoch. */
export interface EpochRecord {
  readonly epoch: number; // from 1
  readonly loss: number; // mean over the epoch's targets
  readonly validation: number; // the metric of early stopping
  readonly seconds: number;
  readonly learningRate: number; // of the last step
  readonly gradientNorm: number; // mean over the steps, before clipping
}

/** An epoch that was interrupted between two steps. */
export interface PartialEpoch {
  readonly step: number; // steps done
  readonly lossSum: number;
  readonly weightSum: number;
  readonly normSum: number;
  readonly seconds: number;
}

/** Where a training stands, apart from its tensors. */
export interface TrainingState {
  readonly epoch: number; // finished epochs
  /** Of the epoch after these, when the training was interrupted within it. */
  readonly partial: PartialEpoch | null;
  readonly history: readonly EpochRecord[];
  readonly earlyStopping: EarlyStopping;
  /** What computed the last step; another one gives other last bits. */
  readonly engine: 'graph' | 'eager';
  /**
   * What the epochs depend on beside weights and optimiser, such as the schedule: a resume with others would be another
   * training. Plain data, also nested.
   */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Save everything that the next epoch depends on: weights, the optimiser's memory, and where training stands.
 * One file, so that no part can be newer than another.
 *
 * Weights are named `params.PATH`, the memory as the optimiser names it (`first.PATH`). The metadata hold JSON texts:
 * `state`, `optimiser` (its settings and steps done) and `numerics` (threads, version and device, see `Numerics`).
 *
 * @throws InputError on a full disk; the last good checkpoint stays
 */
export function saveCheckpoint(
  file: string,
  params: object,
  optimiser: Optimiser,
  state: TrainingState,
): void {
  writeTensors(file, {
    tensors: new Map(
      Object.entries(allTensors(params, optimiser)).map(([name, variable]) => [name, read(variable)]),
    ),
    metadata: {
      state: JSON.stringify(state),
      optimiser: JSON.stringify({ config: optimiser.config, step: optimiser.step }),
      numerics: JSON.stringify(currentNumerics()),
    },
  });
}

/**
 * Put a saved training back into existing weights and an existing optimiser.
 *
 * @param settings what the epochs depend on; must be what the checkpoint was made with
 * @throws InputError when the file is damaged, belongs to another model, to other settings or another optimiser, or when
 *   this process computes otherwise (threads, TensorFlow's version, oneDNN, device); then nothing was changed
 */
export function loadCheckpoint(
  file: string,
  params: object,
  optimiser: Optimiser,
  settings: TrainingState['settings'],
): TrainingState {
  const { tensors, metadata } = readTensors(file);
  const saved = parse<{ config: Record<string, unknown>; step: number }>(file, metadata['optimiser']);
  const state = parse<TrainingState>(file, metadata['state']);
  const differences = differencesOf(
    flatten({ optimiser: saved.config, ...state.settings }),
    flatten(asSaved({ optimiser: optimiser.config, ...settings })),
  );
  if (differences.length > 0) {
    throw new InputError(`trained with ${differences.join('; ')}.`, 'Resume with the same settings.', {
      file,
    });
  }
  requireSameNumerics(file, parse<Numerics>(file, metadata['numerics']));
  assignFrom(file, allTensors(params, optimiser), tensors);
  optimiser.step = saved.step;
  return state;
}

/** Weights and the optimiser's memory by their names in a file. */
const allTensors = (params: object, optimiser: Optimiser): Record<string, tf.Variable> =>
  Object.fromEntries([
    ...leaves(params).map(([path, leaf]) => [`params.${path}`, leaf] as const),
    ...optimiser.memory,
  ]);

/** Settings as they come back from a file: JSON has no Infinity and leaves out what is undefined. */
const asSaved = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(settings)) as Record<string, unknown>;

/** Nested settings as one table: `schedule.warmupSteps`. */
function flatten(settings: Readonly<Record<string, unknown>>, prefix = ''): Map<string, unknown> {
  return new Map(
    Object.entries(settings).flatMap(([name, value]) => {
      const path = `${prefix}${name}`;
      return typeof value === 'object' && value !== null
        ? [...flatten(value as Record<string, unknown>, `${path}.`)]
        : [[path, value] as const];
    }),
  );
}

/** Settings that are not alike, the saved value first: `['seed 3, now 4']`. */
function differencesOf(saved: ReadonlyMap<string, unknown>, now: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...saved.keys(), ...now.keys()])]
    .filter((name) => saved.get(name) !== now.get(name))
    .map((name) => `${name} ${String(saved.get(name))}, now ${String(now.get(name))}`);
}

/** Save weights alone, for use without further training. */
export function saveWeights(
  file: string,
  params: object,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeTensors(file, {
    tensors: new Map(leaves(params).map(([path, leaf]) => [path, read(leaf)])),
    metadata,
  });
}

/** Load weights into an existing model. @throws InputError when they are damaged or of another shape */
export function loadWeights(file: string, params: object): void {
  assignFrom(file, params, readTensors(file).tensors);
}

/** Copy the weights out of a model, by path. */
export function copyWeights(params: object): Map<string, SavedTensor> {
  return new Map(leaves(params).map(([path, leaf]) => [path, read(leaf)]));
}

const read = (leaf: tf.Tensor): SavedTensor => ({
  shape: leaf.shape,
  values: leaf.dataSync<'float32'>().slice(),
});

function assignFrom(file: string, tree: object, saved: ReadonlyMap<string, SavedTensor>): void {
  try {
    assignLeaves(tree, saved);
  } catch (error) {
    throw new InputError(
      `${(error as Error).message}.`,
      'Use the settings that the file was trained with (config.json beside it).',
      { file },
    );
  }
}

function parse<T>(file: string, text: string | undefined): T {
  if (text === undefined) {
    throw new InputError('this holds weights but no training state.', 'Resume from last.safetensors.', {
      file,
    });
  }
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new InputError('the training state is damaged.', 'Start the training again.', { file });
  }
}
