import * as tf from '@tensorflow/tfjs';
import { createRng } from '../base/random';
import { nextItemLoss, prepareNextItem, type NextItemTargets } from '../objectives/next-item';
import type { LeaveOneOut } from '../preprocessing/leave-one-out';
import { epochBatches } from '../preprocessing/windows';
import { adamWDefaults, createAdamW, disposeAdamW, type AdamWConfig } from '../training/adamw';
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
  readonly optimiser: AdamWConfig;
  /** Longest gradient over all weights together. */
  readonly clipNorm: number;
  /** Seed of the order of windows, their offsets, and dropout. */
  readonly seed: number;
}

/** T of the project's MovieLens-100K table: events that the encoder reads, and the length of a window. */
export const defaultLength = 100;

/** The settings behind the project's MovieLens-100K table. */
export const nextItemDefaults: NextItemTraining = Object.freeze({
  maxEpochs: 100,
  patience: 10,
  batchSize: 128,
  optimiser: { ...adamWDefaults, learningRate: 2e-3 },
  clipNorm: 5,
  seed: 1,
});

/** The name of this objective in a protocol. */
export const nextItemLossName = 'cross-entropy over all items, every position';

interface Batch extends NextItemTargets {
  readonly items: Int32Array;
  readonly numSequences: number;
  readonly length: number;
}

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
    readonly signal?: AbortSignal;
  } = {},
): Promise<TrainingResult> {
  const { encode, itemEmbedding } = encoderCatalogue[model.encoder];
  const rng = createRng(training.seed).child('windows');
  const optimiser = createAdamW(model.params, training.optimiser);
  try {
    return await train<Batch>({
      params: model.params,
      optimiser,
      batches: (epoch) =>
        epochBatches(split, {
          length: model.length,
          batchSize: training.batchSize,
          rng: rng.child('epoch', epoch),
        }).map(({ inputs, targets, numSequences, length }) => ({
          ...prepareNextItem(targets),
          items: inputs,
          numSequences,
          length,
        })),
      loss: (batch, mode) => {
        const items_BT = tf.tensor2d(batch.items, [batch.numSequences, batch.length], 'int32');
        const { hidden_BTD } = encode(model.params, { items_BT }, model.config, mode);
        return nextItemLoss(
          hidden_BTD,
          itemEmbedding(model.params),
          tf.tensor1d(batch.positions, 'int32'),
          tf.tensor1d(batch.targets, 'int32'),
        );
      },
      weight: (batch) => batch.targets.length,
      validate: () => Promise.resolve(evaluateRanking(modelScorer(model), split, 'validation').ndcg10),
      maxEpochs: training.maxEpochs,
      patience: training.patience,
      clipNorm: training.clipNorm,
      seed: training.seed,
      settings: {
        batchSize: training.batchSize,
        length: model.length,
        dropoutRate: model.config.dropoutRate,
      },
      ...run,
    });
  } finally {
    disposeAdamW(optimiser);
  }
}
