import type * as tf from '@tensorflow/tfjs';
import { createRng } from '../base/random';
import { countTargets, nextItemLoss, prepareNextItem } from '../objectives/next-item';
import type { LeaveOneOut } from '../preprocessing/leave-one-out';
import { epochBatches, lengthBucketsFor, type TrainingBatch } from '../preprocessing/windows';
import type { BatchTensors } from '../training/batch-tensors';
import type { AdamWConfig } from '../training/adam';
import {
  createOptimiser,
  disposeOptimiser,
  optimiserDefaults,
  type OptimiserConfig,
} from '../training/optimiser';
import type { Schedule } from '../training/schedule';
import type { Engine } from '../training/step-engine';
import { train, type TrainingProgress, type TrainingResult } from '../training/train';
import { encoderCatalogue } from './encoder-catalogue';
import { evaluateRanking } from './evaluate-ranking';
import { modelScorer, type SequenceModel } from './sequence-model';

/** How a next-item training is run. Plain data; written to `run.json`. */
export interface NextItemTraining {
  readonly maxEpochs: number;
  /** Epochs without a better validation NDCG@10 before training stops. */
  readonly patience: number;
  /** Windows in a step. */
  readonly batchSize: number;
  readonly optimiser: OptimiserConfig;
  readonly schedule: EpochSchedule;
  /** Longest gradient over all weights together. */
  readonly clipNorm: number;
  /** Seed of the order of windows, their offsets, and dropout. */
  readonly seed: number;
  /** Default: a graph where there is native TensorFlow. */
  readonly engine?: Engine;
}

/** How the learning rate changes, in epochs: see `Schedule`. A cosine ends at `maxEpochs`. */
export type EpochSchedule =
  | { readonly name: 'constant' }
  | { readonly name: 'warmup'; readonly warmupEpochs: number }
  | { readonly name: 'cosine'; readonly warmupEpochs: number; readonly finalShare: number };

/** T of the project's MovieLens-100K table: events that the encoder reads, and the length of a window. */
export const defaultLength = 100;

/** The settings behind the project's MovieLens-100K table. */
export const nextItemDefaults: NextItemTraining & { readonly optimiser: AdamWConfig } = Object.freeze({
  maxEpochs: 100,
  patience: 10,
  batchSize: 128,
  optimiser: { ...optimiserDefaults.adamw, learningRate: 2e-3 },
  schedule: { name: 'constant' } as const,
  clipNorm: 5,
  seed: 1,
});

/** The name of this objective in a protocol. */
export const nextItemLossName = 'cross-entropy over all items, every position';

/**
 * Train a model on the training parts of a split to name the next item after every event.
 *
 * Each epoch cuts the histories anew into windows at random offsets, so that every event is a target once an
 * epoch. The best epoch by validation NDCG@10 (full ranking, seen items excluded) is kept; the test events are
 * never looked at. The model's weights are changed in place.
 *
 * @param run.folder where checkpoints are kept; an unfinished training there goes on bit-exactly
 * @throws RangeError when no user has two training events
 */
export async function trainNextItem(
  model: SequenceModel,
  split: LeaveOneOut,
  training: NextItemTraining,
  run: {
    readonly folder?: string;
    readonly onProgress?: (progress: TrainingProgress) => void;
    /** A sentence on what was compiled, or why not. */
    readonly say?: (sentence: string) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<TrainingResult> {
  const { encode, itemEmbedding } = encoderCatalogue[model.encoder];
  const { batchSize } = training;
  const rng = createRng(training.seed).child('windows');
  const batches = (epoch: number): TrainingBatch[] =>
    epochBatches(split, {
      length: model.length,
      batchSize,
      rng: rng.child('epoch', epoch),
      lengthBuckets: lengthBucketsFor(model.length),
    });
  const firstEpoch = batches(1);
  const listLengths = targetListLengths(firstEpoch, batchSize);
  const optimiser = createOptimiser(model.params, training.optimiser);
  try {
    return await train<TrainingBatch>({
      params: model.params,
      optimiser,
      batches,
      inputs: (batch) => nextItemInputs(batch, batchSize, listLengths),
      loss: (inputs, mode) => {
        const { hidden_BTD } = encode(
          model.params,
          { items_BT: inputs['items_BT'] as tf.Tensor2D },
          model.config,
          mode,
        );
        return nextItemLoss(
          hidden_BTD,
          itemEmbedding(model.params),
          inputs['positions_L'] as tf.Tensor1D,
          inputs['targets_L'] as tf.Tensor1D,
          inputs['weights_L'] as tf.Tensor1D,
        );
      },
      weight: ({ targets }) => countTargets(targets),
      validate: () => Promise.resolve(evaluateRanking(modelScorer(model), split, 'validation').ndcg10),
      maxEpochs: training.maxEpochs,
      patience: training.patience,
      clipNorm: training.clipNorm,
      schedule: inSteps(training, firstEpoch.length),
      ...(training.engine && { engine: training.engine }),
      seed: training.seed,
      batchSize,
      settings: { batchSize, length: model.length, dropoutRate: model.config.dropoutRate },
      ...run,
    });
  } finally {
    disposeOptimiser(optimiser);
  }
}

/** A schedule in steps. An epoch's number of batches may vary by one or so: the first epoch's counts. */
function inSteps({ schedule, maxEpochs }: NextItemTraining, stepsAnEpoch: number): Schedule {
  if (schedule.name === 'constant') return schedule;
  const warmupSteps = Math.round(schedule.warmupEpochs * stepsAnEpoch);
  return schedule.name === 'warmup'
    ? { name: 'warmup', warmupSteps }
    : { name: 'cosine', warmupSteps, totalSteps: maxEpochs * stepsAnEpoch, finalShare: schedule.finalShare };
}

/**
 * How long the list of targets is made for each length of batch: a little more than the most in the first epoch, so that
 * nearly all batches of a length have one shape (the others are as long as they can be). Always by the first epoch: a resumed training must sum in the same order.
 */
function targetListLengths(
  firstEpoch: readonly TrainingBatch[],
  batchSize: number,
): ReadonlyMap<number, number> {
  const most = new Map<number, number>();
  for (const { length, targets } of firstEpoch) {
    most.set(length, Math.max(most.get(length) ?? 0, countTargets(targets)));
  }
  return new Map(
    [...most].map(([length, count]) => [
      length,
      Math.min(batchSize * length, 64 * Math.ceil((1.1 * count) / 64)),
    ]),
  );
}

/** A batch as tensors of few different shapes: a last batch gets empty rows, which count nothing. */
function nextItemInputs(
  { inputs, targets, length }: TrainingBatch,
  batchSize: number,
  listLengths: ReadonlyMap<number, number>,
): BatchTensors {
  const items = new Int32Array(batchSize * length);
  items.set(inputs);
  const usual = listLengths.get(length) ?? 0;
  const L = countTargets(targets) <= usual ? usual : batchSize * length;
  const asked = prepareNextItem(targets, L);
  return {
    items_BT: { values: items, shape: [batchSize, length] },
    positions_L: { values: asked.positions, shape: [L] },
    targets_L: { values: asked.targets, shape: [L] },
    weights_L: { values: asked.weights, shape: [L] },
  };
}
