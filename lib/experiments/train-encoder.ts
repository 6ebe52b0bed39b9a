import { createRng } from '../base/random';
import { disposeTree } from '../base/tree';
import { rowsOf } from '../preprocessing/splits/split';
import type { SplitSequences } from '../preprocessing/splits/split-sequences';
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
import { describePlan } from './batch-plan';
import type { HeldOutEvents } from './held-out';
import type { NextItemObjective, NextItemOptions } from './learning/next-item';
import { together, type Objective } from './learning/objective';
import {
  createObjectives,
  defaultObjectives,
  describeObjectives,
  groupsUsers,
  learnsNextItems,
  type ObjectiveSettings,
} from './learning/objective-settings';
import type { OrderObjective } from './learning/order';
import type { GroupingObjective, GroupUpdate, UserGroups } from './learning/user-groups';
import { userRecognition } from './learning/user-recognition';
import type { SequenceModel } from './sequence-model';
import type { UserLabels } from './user-labels';
import { createValidation } from './validation';

/** How an encoder is trained. Plain data; written to `run.json`. */
export interface EncoderTraining extends NextItemOptions {
  readonly maxEpochs: number;
  /** Epochs without a better validation before training stops. */
  readonly patience: number;
  /** `last`: all epochs, and the last one is kept: where no validation speaks for the aim. Default `best`. */
  readonly keep?: 'best' | 'last';
  readonly optimiser: OptimiserConfig;
  readonly schedule: EpochSchedule;
  /** Longest gradient over all weights together. */
  readonly clipNorm: number;
  /** What is learned, the first one making the epochs; default: next items. */
  readonly objectives?: readonly ObjectiveSettings[];
  /** Seed of the order of windows, their offsets, negatives, views, and dropout. */
  readonly seed: number;
  /** Default: a graph where there is native TensorFlow. */
  readonly engine?: Engine;
}

/** What came out of the training of an encoder. */
export interface EncoderTrainingResult extends TrainingResult {
  /** Of an objective that groups users (`dec`, `intent`): their groups by the weights that were kept; null before it began. */
  readonly groups?: UserGroups | null;
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

/**
 * Train a model on the training parts of any split: to name the next item after every event, or by other objectives.
 *
 * The best epoch by validation NDCG@10 (full ranking, seen items excluded) is kept. Where no items are named the first objective
 * decides: order by its right answers, views and groups by how well users are recognised (`userRecognition`). The test events are never
 * looked at. The model's weights are changed in place.
 *
 * Deep clustering needs `keep: 'last'`: no validation speaks for clusters, and an epoch of its warm-up has none. It may end the training
 * (`stoppedBy: 'settled'`).
 *
 * @param run.folder where checkpoints are kept; an unfinished training there goes on bit-exactly
 * @throws RangeError when no user has two training events, or objectives do not go together or with the encoder, or a warm-up takes
 *   all epochs
 * @throws InputError when there are fewer users than groups
 */
export async function trainEncoder(
  model: SequenceModel,
  split: SplitSequences,
  training: EncoderTraining,
  run: {
    readonly folder?: string;
    /** Which of a user's validation events choose the epoch; default `last`. */
    readonly events?: HeldOutEvents;
    /** What a classification learns. */
    readonly labels?: UserLabels;
    /** Told of the groups of users whenever an objective brings them up to date. */
    readonly onGroups?: (update: GroupUpdate) => void;
    readonly onProgress?: (progress: TrainingProgress) => void;
    /** A sentence on what was compiled, or why not. */
    readonly say?: (sentence: string) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<EncoderTrainingResult> {
  const { batchSize, objectives = defaultObjectives } = training;
  const { labels, onGroups } = run;
  checkGroups(training);
  const options = { ...training, ...(labels && { labels }), ...(onGroups && { onGroups }) };
  const made = createObjectives(model, split, objectives, options, createRng(training.seed));
  // A single objective is itself, so that the file of a checkpoint and the numbers of a training do not depend on what else there is.
  const objective = made.length === 1 && made[0]!.weight === 1 ? made[0]!.objective : together(made);
  const { plan } = made[0]!.objective as Partial<NextItemObjective>;
  if (plan && plan.lengthBuckets.length > 1) run.say?.(describePlan(plan));
  const params = objective.heads ? { model: model.params, heads: objective.heads } : model.params;
  const optimiser = createOptimiser(params, training.optimiser);
  const validation = validationOf(model, split, training, { ...run, first: made[0]!.objective });
  try {
    const result = await train({
      params,
      optimiser,
      startEpoch: (epoch) => objective.startEpoch?.(epoch) ?? 'goes on',
      batches: (epoch) => objective.batches(epoch),
      inputs: (drawn) => objective.inputs(drawn),
      loss: (inputs, mode) => objective.loss(inputs, mode),
      weight: (drawn) => objective.weight(drawn),
      validate: () => Promise.resolve(validation.measure()),
      maxEpochs: training.maxEpochs,
      patience: training.patience,
      ...(training.keep && { keep: training.keep }),
      clipNorm: training.clipNorm,
      schedule: inSteps(training, objective.batches(1).length),
      ...(training.engine && { engine: training.engine }),
      seed: training.seed,
      batchSize,
      settings: {
        ...plainSettings(model.config),
        ...(model.side && { side: JSON.stringify(model.side) }),
        encoder: model.encoder,
        length: model.length,
        ...(training.windowLength !== undefined && { windowLength: training.windowLength }),
        batchSize,
        ...(plan && { lengthBuckets: plan.lengthBuckets.length }),
        loss: describeObjectives(model.encoder, objectives, training),
        events: split.sequences.items.length,
        split: split.method,
        validationEvents: run.events ?? 'last',
        trainingEvents: rowsOf(split, 'training').length,
      },
      ...run,
    });
    const grouping = objectives.findIndex(groupsUsers);
    if (grouping < 0) return result;
    return { ...result, groups: (made[grouping]!.objective as GroupingObjective).groups() };
  } finally {
    validation.dispose();
    disposeOptimiser(optimiser);
    if (objective.heads) disposeTree(objective.heads);
  }
}

/** Refuse what groups of users do not go with. */
function checkGroups({ objectives = defaultObjectives, maxEpochs, keep = 'best' }: EncoderTraining): void {
  const grouping = objectives.find(groupsUsers);
  if (!grouping) return;
  if (grouping.warmupEpochs >= maxEpochs) {
    throw new RangeError(
      `trainEncoder: ${grouping.name} begins after ${grouping.warmupEpochs} epochs, and there are ${maxEpochs}: give more, or a shorter warmupEpochs`,
    );
  }
  if (grouping.name === 'dec' && keep !== 'last') {
    throw new RangeError(
      "trainEncoder: no validation says which epoch has the best clusters of dec: set keep to 'last'",
    );
  }
}

/** The settings that are a number or a word: the sizes of channels follow from the codes. */
const plainSettings = (config: object): Record<string, number | string> =>
  Object.fromEntries(
    Object.entries(config as Record<string, number | string>).filter(
      ([, value]) => typeof value !== 'object',
    ),
  );

/** What says how good an epoch is, larger is better. */
function validationOf(
  model: SequenceModel,
  split: SplitSequences,
  { engine = defaultEngine(), objectives = defaultObjectives }: EncoderTraining,
  run: {
    readonly events?: HeldOutEvents;
    readonly first: Objective;
    readonly say?: (sentence: string) => void;
  },
): { measure(): number; dispose(): void } {
  const [first] = objectives;
  if (!learnsNextItems(objectives) && first && first.name !== 'next-item') {
    const measure =
      first.name === 'order'
        ? () => (run.first as OrderObjective).accuracy()
        : () => userRecognition(model, split, first.name === 'skip-gram' ? 'last' : first.pooling);
    return { measure, dispose: () => {} };
  }
  const validation = createValidation(model, split, {
    engine,
    ...(run.events && { events: run.events }),
    ...(run.say && { say: run.say }),
  });
  return { measure: () => validation.ndcg10(), dispose: () => validation.dispose() };
}

/** A schedule in steps. An epoch's number of batches may vary by one or so: the first epoch's counts. */
function inSteps({ schedule, maxEpochs }: EncoderTraining, stepsAnEpoch: number): Schedule {
  if (schedule.name === 'constant') return schedule;
  const warmupSteps = Math.round(schedule.warmupEpochs * stepsAnEpoch);
  return schedule.name === 'warmup'
    ? { name: 'warmup', warmupSteps }
    : { name: 'cosine', warmupSteps, totalSteps: maxEpochs * stepsAnEpoch, finalShare: schedule.finalShare };
}
