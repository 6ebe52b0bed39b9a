import type * as tf from '@tensorflow/tfjs';
import { assignLeaves, leaves } from '../base/tree';
import { InputError } from '../base/errors';
import type { AdamW } from './adamw';
import type { EarlyStopping } from './early-stopping';
import { readTensors, writeTensors, type SavedTensor } from './safetensors';

/** One finished epoch. */
export interface EpochRecord {
  readonly epoch: number; // from 1
  readonly loss: number; // mean over the epoch's targets
  readonly validation: number; // larger is better
  readonly seconds: number;
}

/** Where a training stands after an epoch, apart from its tensors. */
export interface TrainingState {
  readonly epoch: number;
  readonly history: readonly EpochRecord[];
  readonly earlyStopping: EarlyStopping;
  /** What the epochs depend on beside weights and optimiser: a resume with others would be another training. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Save everything that the next epoch depends on: weights, the optimiser's memory, and where training stands.
 * One file, so that no part can be newer than another.
 *
 * @throws InputError on a full disk; the last good checkpoint stays
 */
export function saveCheckpoint(file: string, params: object, optimiser: AdamW, state: TrainingState): void {
  const tensors = new Map<string, SavedTensor>();
  for (const [path, leaf] of leaves(params)) {
    tensors.set(`params.${path}`, read(leaf));
    tensors.set(`first.${path}`, read(optimiser.firstMoment.get(path)!));
    tensors.set(`second.${path}`, read(optimiser.secondMoment.get(path)!));
  }
  const metadata = {
    state: JSON.stringify(state),
    optimiser: JSON.stringify({ ...optimiser.config, step: optimiser.step }),
  };
  writeTensors(file, { tensors, metadata });
}

/**
 * Put a saved training back into existing weights and an existing optimiser.
 *
 * @param settings what the epochs depend on; must be what the checkpoint was made with
 * @throws InputError when the file is damaged, belongs to another model, or to other optimiser settings
 */
export function loadCheckpoint(
  file: string,
  params: object,
  optimiser: AdamW,
  settings: TrainingState['settings'],
): TrainingState {
  const { tensors, metadata } = readTensors(file);
  const { step, ...config } = parse<AdamW['config'] & { step: number }>(file, metadata['optimiser']);
  const state = parse<TrainingState>(file, metadata['state']);
  const saved: Readonly<Record<string, unknown>> = { ...config, ...state.settings };
  for (const [name, value] of Object.entries({ ...optimiser.config, ...settings })) {
    if (saved[name] !== value) {
      throw new InputError(
        `trained with ${name} ${String(saved[name])}, now ${String(value)}.`,
        'Resume with the same settings.',
        { file },
      );
    }
  }
  const part = (prefix: string): Map<string, SavedTensor> =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  assignFrom(file, params, part('params.'));
  assignFrom(file, Object.fromEntries(optimiser.firstMoment), part('first.'));
  assignFrom(file, Object.fromEntries(optimiser.secondMoment), part('second.'));
  optimiser.step = step;
  return state;
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
