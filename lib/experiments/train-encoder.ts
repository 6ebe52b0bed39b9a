import type * as tf from '@tensorflow/tfjs';
import { createRng, type Rng } from '../base/random';
import { hideItems, type SequenceRows } from '../objectives/masked-item';
import { countTargets, prepareNextItem } from '../objectives/next-item';
import {
  describeLoss,
  lossOfNextItems,
  negativesOf,
  type NextItemLoss,
} from '../objectives/next-item-losses';
import { rowsOf } from '../preprocessing/splits/split';
import type { SplitSequences } from '../preprocessing/splits/split-sequences';
import { epochBatches, type TrainingBatch } from '../preprocessing/windows';
import type { BatchTensors } from '../training/batch-tensors';
import type { AdamWConfig } from '../training/adam';
import {
  createOptimiser,
  disposeOptimiser,
  optimiserDefaults,
  type OptimiserConfig,
} from '../training/optimiser';
import type { Schedule } from '../training/schedule';
import { defaultEngine, type Engine } from '../training/step-engine';
import { train, type TrainingProgress, type TrainingResult } from '../training/train';
import { describePlan, planBatches } from './batch-plan';
import { encoderOf, type EncoderName } from './encoder-catalogue';
import type { HeldOutEvents } from './held-out';
import type { SequenceModel } from './sequence-model';
import { createValidation } from './validation';

/** How a next-item training is run. Plain data; written to `run.json`. */
export interface EncoderTraining {
  readonly maxEpochs: number;
  /** Epochs without a better validation NDCG@10 before training stops. */
  readonly patience: number;
  /** Windows in a step. */
  readonly batchSize: number;
  readonly optimiser: OptimiserConfig;
  readonly schedule: EpochSchedule;
  /** Longest gradient over all weights together. */
  readonly clipNorm: number;
  /** Default: cross-entropy over all items. */
  readonly loss?: NextItemLoss;
  /** For an encoder that reads in both directions: of a window's items, how many are hidden. Default `defaultMaskShare`. */
  readonly maskShare?: number;
  /**
   * How many lengths batches may have: T, T/2, T/4 ... Windows of about the same length then share a batch, and a batch of
   * short ones has more of them, so that all steps have about as many targets. Default: 4 where more than half of all
   * places would be padding, else 1.
   */
  readonly lengthBuckets?: number;
  /** Seed of the order of windows, their offsets, negatives, and dropout. */
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
export const trainingDefaults: EncoderTraining & { readonly optimiser: AdamWConfig } = Object.freeze({
  maxEpochs: 100,
  patience: 20,
  batchSize: 128,
  optimiser: { ...optimiserDefaults.adamw, learningRate: 2e-3 },
  schedule: { name: 'constant' } as const,
  clipNorm: 5,
  seed: 1,
});

/** What a training learns by, where nothing else is said. */
export const defaultLoss: NextItemLoss = { name: 'cross-entropy' };

/** The name of that loss in a protocol, for an encoder that is asked for the next item of every event. */
export const nextItemLossName = describeLoss(defaultLoss, 'every position');

/** The name of a training's objective in a protocol. */
export function lossNameOf(
  encoder: EncoderName,
  { loss = defaultLoss, maskShare = defaultMaskShare }: Pick<EncoderTraining, 'loss' | 'maskShare'>,
): string {
  const hides = encoderOf(encoder).maskIndex !== undefined;
  return describeLoss(loss, hides ? `hidden items (${maskShare} of each window)` : 'every position');
}

/** Share of hidden items: that of BERT4Rec on MovieLens. */
export const defaultMaskShare = 0.2;

/** Of the windows of such an encoder, how many have only their last item hidden: our choice, not tuned. */
const lastShare = 0.1;

/** What is read and asked for in a step, with what its negatives are drawn from: they depend on its place in the training alone. */
interface DrawnBatch {
  readonly length: number;
  /** B*T: what the encoder reads. */
  readonly items: Int32Array;
  /** B*T: the item that is asked for at each place, 0 where none is. */
  readonly targets: Int32Array;
  readonly negativesRng: Rng;
}

/**
 * Train a model on the training parts of any split to name the next item after every event.
 *
 * An encoder that reads in both directions learns to name hidden items instead, the last one among them.
 *
 * Each epoch cuts the histories anew into windows at random offsets, so that every event is a target once an
 * epoch. The best epoch by validation NDCG@10 (full ranking, seen items excluded) is kept; the test events are
 * never looked at. The model's weights are changed in place.
 *
 * @param run.folder where checkpoints are kept; an unfinished training there goes on bit-exactly
 * @throws RangeError when no user has two training events, or there is a `maskShare` and the encoder hides no items
 */
export async function trainEncoder(
  model: SequenceModel,
  split: SplitSequences,
  training: EncoderTraining,
  run: {
    readonly folder?: string;
    /** Which of a user's validation events choose the epoch; default `last`. */
    readonly events?: HeldOutEvents;
    readonly onProgress?: (progress: TrainingProgress) => void;
    /** A sentence on what was compiled, or why not. */
    readonly say?: (sentence: string) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<TrainingResult> {
  const { encode } = encoderOf(model.encoder);
  const { batchSize, loss = defaultLoss } = training;
  const drawn = questionsOf(model, training);
  const rng = createRng(training.seed).child('windows');
  const plan = planBatches(split, {
    length: model.length - drawn.hiddenEvents,
    batchSize,
    rng: rng.child('epoch', 1),
    ...(training.lengthBuckets && { numBuckets: training.lengthBuckets }),
  });
  if (plan.lengthBuckets.length > 1) run.say?.(describePlan(plan));
  const batches = (epoch: number): DrawnBatch[] => {
    const epochRng = rng.child('epoch', epoch);
    return epochBatches(split, { ...plan, rng: epochRng }).map((batch, index) => ({
      length: batch.length + drawn.hiddenEvents,
      ...drawn.ask(batch, epochRng.child('hidden', index)),
      negativesRng: epochRng.child('negatives', index),
    }));
  };
  const firstEpoch = batches(1);
  const rows = new Map(
    plan.lengthBuckets.map((longest, i) => [longest + drawn.hiddenEvents, plan.bucketRows[i]!]),
  );
  const listLengths = targetListLengths(firstEpoch);
  const optimiser = createOptimiser(model.params, training.optimiser);
  const validation = createValidation(model, split, {
    engine: training.engine ?? defaultEngine(),
    ...(run.events && { events: run.events }),
    ...(run.say && { say: run.say }),
  });
  try {
    return await train<DrawnBatch>({
      params: model.params,
      optimiser,
      batches,
      inputs: (batch) =>
        nextItemInputs(batch, rows.get(batch.length)!, listLengths.get(batch.length) ?? Infinity, {
          loss,
          numItems: model.config.numItems,
        }),
      loss: (inputs, mode) => {
        const { hidden_BTD } = encode(
          model.params,
          { items_BT: inputs['items_BT'] as tf.Tensor2D },
          model.config,
          mode,
        );
        return lossOfNextItems(loss, hidden_BTD, model.params.itemEmbedding, inputs);
      },
      weight: ({ targets }) => countTargets(targets),
      validate: () => Promise.resolve(validation.ndcg10()),
      maxEpochs: training.maxEpochs,
      patience: training.patience,
      clipNorm: training.clipNorm,
      schedule: inSteps(training, firstEpoch.length),
      ...(training.engine && { engine: training.engine }),
      seed: training.seed,
      batchSize,
      settings: {
        ...model.config,
        encoder: model.encoder,
        length: model.length,
        batchSize,
        lengthBuckets: plan.lengthBuckets.length,
        loss: lossNameOf(model.encoder, training),
        events: split.sequences.items.length,
        split: split.method,
        validationEvents: run.events ?? 'last',
        trainingEvents: rowsOf(split, 'training').length,
      },
      ...run,
    });
  } finally {
    validation.dispose();
    disposeOptimiser(optimiser);
  }
}

/** How a batch of windows becomes a question. */
interface Questions {
  /** Events that a row has beyond the inputs of a window: the window's last target, where nothing is asked after it. */
  readonly hiddenEvents: 0 | 1;
  readonly ask: (batch: TrainingBatch, rng: Rng) => Pick<DrawnBatch, 'items' | 'targets'>;
}

/** The next item of every event for a causal encoder, hidden items for one that reads in both directions. @throws RangeError */
function questionsOf({ encoder, config }: SequenceModel, { maskShare }: EncoderTraining): Questions {
  const maskIndex = encoderOf(encoder).maskIndex?.(config);
  if (maskIndex === undefined) {
    if (maskShare !== undefined)
      throw new RangeError(`trainEncoder: ${encoder} hides no items, so it has no maskShare`);
    return { hiddenEvents: 0, ask: ({ inputs, targets }) => ({ items: inputs, targets }) };
  }
  const hiding = { share: maskShare ?? defaultMaskShare, lastShare, maskIndex };
  return { hiddenEvents: 1, ask: (batch, rng) => hideItems(wholeWindows(batch), hiding, rng) };
}

/** All events of each window, its last target included, in rows that are one place longer. */
function wholeWindows({ numSequences, length: T, inputs, targets, lengths }: TrainingBatch): SequenceRows {
  const [length, items] = [T + 1, new Int32Array(numSequences * (T + 1))];
  for (let row = 0; row < numSequences; row++) {
    const own = lengths[row]!;
    items.set(inputs.subarray(row * T, row * T + own), row * length);
    if (own > 0) items[row * length + own] = targets[row * T + own - 1]!;
  }
  return { length, items, lengths: lengths.map((own) => (own > 0 ? own + 1 : 0)) };
}

/** A schedule in steps. An epoch's number of batches may vary by one or so: the first epoch's counts. */
function inSteps({ schedule, maxEpochs }: EncoderTraining, stepsAnEpoch: number): Schedule {
  if (schedule.name === 'constant') return schedule;
  const warmupSteps = Math.round(schedule.warmupEpochs * stepsAnEpoch);
  return schedule.name === 'warmup'
    ? { name: 'warmup', warmupSteps }
    : { name: 'cosine', warmupSteps, totalSteps: maxEpochs * stepsAnEpoch, finalShare: schedule.finalShare };
}

/**
 * How long the list of targets is made, for each length of batch: a little more than the most in the first epoch, so that
 * nearly all batches of a length have one shape (the others are as long as they can be). Always by the first epoch: a
 * resumed training must sum in the same order.
 */
function targetListLengths(
  firstEpoch: readonly Pick<DrawnBatch, 'length' | 'targets'>[],
): Map<number, number> {
  const most = new Map<number, number>();
  for (const { length, targets } of firstEpoch) {
    most.set(length, Math.max(most.get(length) ?? 1, countTargets(targets)));
  }
  return new Map(Array.from(most, ([length, count]) => [length, 64 * Math.ceil((1.1 * count) / 64)]));
}

/** A batch as tensors of one shape: a last batch gets empty rows, which count nothing. */
function nextItemInputs(
  { items: read, targets, length, negativesRng }: DrawnBatch,
  batchSize: number,
  listLength: number,
  { loss, numItems }: { readonly loss: NextItemLoss; readonly numItems: number },
): BatchTensors {
  const places = batchSize * length;
  const items = new Int32Array(places);
  items.set(read);
  const L = countTargets(targets) <= listLength ? Math.min(listLength, places) : places;
  const asked = prepareNextItem(targets, L);
  return {
    items_BT: { values: items, shape: [batchSize, length] },
    positions_L: { values: asked.positions, shape: [L] },
    targets_L: { values: asked.targets, shape: [L] },
    weights_L: { values: asked.weights, shape: [L] },
    ...negativesOf(loss, asked, numItems, negativesRng),
  };
}
