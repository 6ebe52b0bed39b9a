import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { assignLeaves } from '../base/tree';
import type { TensorRecord } from '../nn/graph/recording';
import type { Mode } from '../nn/mode';
import type { BatchTensors } from './batch-tensors';
import {
  copyWeights,
  loadCheckpoint,
  loadWeights,
  saveCheckpoint,
  saveWeights,
  type EpochRecord,
  type PartialEpoch,
  type TrainingState,
} from './checkpoint';
import { isBest, observe, shouldStop, startEarlyStopping, type Better } from './early-stopping';
import { explainStepFailure } from './explain-failure';
import type { Optimiser } from './optimiser';
import { learningRateAt, type Schedule } from './schedule';
import { createStepEngine, defaultEngine, type Engine, type StepEngine } from './step-engine';
import { NonFiniteStepError, type StepResult } from './training-step';

/** How far a training has come; sent after every step and every epoch. */
export interface TrainingProgress {
  readonly epoch: number; // from 1
  readonly maxEpochs: number;
  readonly step: number; // of this epoch, from 1; 0 right after an epoch's validation
  readonly steps: number;
  readonly loss: number; // mean over this epoch so far
  /** Seconds until `maxEpochs`, by the time per step so far; early stopping may come sooner. */
  readonly secondsLeft: number;
  readonly history: readonly EpochRecord[];
}

/** Everything a training needs. It knows a model only as a tree of weights and a loss. */
export interface TrainingPlan<Batch> {
  readonly params: object;
  /** Weights that the loss reads and no step changes. */
  readonly frozen?: object;
  readonly optimiser: Optimiser;
  /**
   * Called before the first step of an epoch, when the weights are up to date; not where an interrupted epoch goes on. May change
   * weights, by what stands in the weights alone, so that a resume does the same.
   *
   * @returns `settled` to end the training before this epoch
   */
  startEpoch?(epoch: number): 'settled' | 'goes on';
  /** The batches of an epoch, from 1. Must depend on the epoch's number alone, so that a resume sees the same. */
  batches(epoch: number): readonly Batch[];
  /** What the loss reads of a batch. Few different shapes: each one is compiled. */
  inputs(batch: Batch): BatchTensors;
  /** Mean loss of a batch over its targets, from tensors alone; runs inside a tidy, and is recorded into a graph. */
  loss(inputs: TensorRecord, mode: Mode): tf.Scalar;
  /** Targets in a batch: its weight in the epoch's mean loss. */
  weight(batch: Batch): number;
  /** What decides which epoch is best. */
  validate(): Promise<number>;
  /** Which values of it are better. Default `larger`. */
  readonly better?: Better;
  /** `last`: train all epochs and keep the last one, whatever the validation says of it. Default `best`. */
  readonly keep?: 'best' | 'last';
  readonly maxEpochs: number;
  readonly patience: number;
  /** Longest gradient over all weights together. */
  readonly clipNorm: number;
  /** How the learning rate changes over the steps. Default constant. */
  readonly schedule?: Schedule;
  /** Seed of dropout. */
  readonly seed: number;
  /** Sequences in a step, for the advice when memory runs out. */
  readonly batchSize: number;
  /** Default `graph` where there is native TensorFlow. A resumed training keeps the one it began with. */
  readonly engine?: Engine;
  /** What `batches` and `loss` depend on beside the seed, by name: a checkpoint made with others is refused. */
  readonly settings?: Readonly<Record<string, number | string>>;
  /** Where `last.safetensors` and `best.safetensors` are kept; an unfinished training there is resumed. */
  readonly folder?: string;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** A sentence on what was compiled, or why not. */
  readonly say?: (sentence: string) => void;
  /** Stops after the step at hand, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** What came out of a training. The plan's weights are then those of the best epoch. */
export interface TrainingResult {
  readonly history: readonly EpochRecord[];
  /** The epoch that was kept. */
  readonly bestEpoch: number;
  /** Its validation. */
  readonly bestValidation: number;
  readonly stoppedBy: 'patience' | 'epochs' | 'interrupt' | 'settled';
}

/**
 * Train a model epoch by epoch, keep the best, stop when it no longer improves.
 *
 * The same plan gives the same numbers, bit for bit on one device and thread setting, also when it was interrupted,
 * even within an epoch, and resumed from its folder: a step depends only on the weights, the optimiser's memory and
 * its number. Between steps the event loop runs, so that a notebook can show progress and an interrupt is seen.
 *
 * @throws Error naming epoch, step, batch and the largest gradient when the loss or a gradient is not finite
 * @throws InputError when a checkpoint in the folder does not fit the plan, the disk is full, or memory runs out
 */
export async function train<Batch>(plan: TrainingPlan<Batch>): Promise<TrainingResult> {
  if (plan.folder !== undefined) mkdirSync(plan.folder, { recursive: true });
  const state = startOrResume(plan);
  const steps = createStepEngine(plan, { engine: state.engine, say: plan.say ?? (() => {}) });
  try {
    return await trainFrom(state, plan, steps);
  } finally {
    steps.dispose();
  }
}

const lastFile = ({ folder }: { readonly folder?: string }): string | undefined =>
  folder === undefined ? undefined : join(folder, 'last.safetensors');
const bestFile = ({ folder }: { readonly folder?: string }): string | undefined =>
  folder === undefined ? undefined : join(folder, 'best.safetensors');

/** Where a training begins: nowhere, or at the checkpoint in its folder, whose engine it keeps. */
function startOrResume<Batch>(plan: TrainingPlan<Batch>): TrainingState {
  const { seed, clipNorm, schedule = { name: 'constant' }, better = 'larger', patience } = plan;
  const settings = {
    ...plan.settings,
    seed,
    clipNorm,
    schedule,
    better,
    ...(plan.keep && { keep: plan.keep }),
  };
  const last = lastFile(plan);
  if (last === undefined || !existsSync(last)) {
    return {
      epoch: 0,
      partial: null,
      history: [],
      earlyStopping: startEarlyStopping(patience, better),
      engine: plan.engine ?? defaultEngine(),
      settings,
    };
  }
  const state = loadCheckpoint(last, plan.params, plan.optimiser, settings);
  if (plan.engine !== undefined && plan.engine !== state.engine) {
    plan.say?.(`goes on with the engine '${state.engine}' that it began with`);
  }
  return { ...state, earlyStopping: { ...state.earlyStopping, patience } };
}

async function trainFrom<Batch>(
  begin: TrainingState,
  plan: TrainingPlan<Batch>,
  steps: StepEngine,
): Promise<TrainingResult> {
  const { params, optimiser, maxEpochs } = plan;
  const [last, best] = [lastFile(plan), bestFile(plan)];
  const schedule = plan.schedule ?? { name: 'constant' };
  let state = begin;
  let bestWeights: ReturnType<typeof copyWeights> | undefined;
  const firstEpoch = state.epoch + 1;
  const keepsLast = plan.keep === 'last';
  const clock = startClock(maxEpochs);
  let stoppedBy: TrainingResult['stoppedBy'] = 'epochs';

  for (let epoch = firstEpoch; epoch <= maxEpochs; epoch++) {
    if (!keepsLast && shouldStop(state.earlyStopping)) {
      stoppedBy = 'patience';
      break;
    }
    const epochStart = performance.now();
    if (plan.startEpoch && state.partial === null) {
      if (plan.startEpoch(epoch) === 'settled') {
        stoppedBy = 'settled';
        break;
      }
      steps.push();
    }
    const batches = plan.batches(epoch);
    if (epoch === firstEpoch) steps.expect(inputsOf(plan, batches));
    const before: PartialEpoch = state.partial ?? nothingDone;
    let { lossSum, weightSum, normSum } = before;
    let stepsDone = before.step;
    let learningRate = optimiser.config.learningRate;
    const seconds = (): number => before.seconds + (performance.now() - epochStart) / 1000;
    const tell = (step: number): void =>
      plan.onProgress?.({
        epoch,
        maxEpochs,
        step,
        steps: batches.length,
        loss: lossSum / weightSum,
        secondsLeft: clock.secondsLeft(epoch, step === 0 ? batches.length : step, batches.length),
        history: state.history,
      });

    for (const batch of batches.slice(before.step)) {
      if (plan.signal?.aborted) break;
      learningRate = learningRateAt(schedule, optimiser.config.learningRate, optimiser.step + 1);
      const result = runStep(
        plan,
        steps,
        batch,
        { epoch, step: stepsDone + 1, of: batches.length },
        learningRate,
      );
      const weight = plan.weight(batch);
      lossSum += result.loss * weight;
      weightSum += weight;
      normSum += result.gradientNorm;
      stepsDone += 1;
      clock.count();
      tell(stepsDone);
      await new Promise((resolve) => setImmediate(resolve));
    }
    steps.pull();
    if (plan.signal?.aborted && stepsDone < batches.length) {
      const partial = { step: stepsDone, lossSum, weightSum, normSum, seconds: seconds() };
      state = { ...state, partial: stepsDone > 0 ? partial : null, engine: steps.engine() };
      if (last !== undefined) saveCheckpoint(last, params, optimiser, state);
      stoppedBy = 'interrupt';
      break;
    }
    const validation = await plan.validate();
    const record: EpochRecord = {
      epoch,
      loss: lossSum / weightSum,
      validation,
      seconds: seconds(),
      learningRate,
      gradientNorm: normSum / batches.length,
    };
    const earlyStopping = observe(state.earlyStopping, epoch, validation);
    state = {
      ...state,
      epoch,
      partial: null,
      history: [...state.history, record],
      earlyStopping,
      engine: steps.engine(),
    };
    if (keepsLast || isBest(earlyStopping)) {
      // Best first: should the machine stop between the two, the epoch is trained again and gives the same.
      if (best === undefined) bestWeights = copyWeights(params);
      else saveWeights(best, params);
    }
    if (last !== undefined) saveCheckpoint(last, params, optimiser, state);
    tell(0);
    if (plan.signal?.aborted) {
      stoppedBy = 'interrupt';
      break;
    }
  }

  if (stoppedBy === 'epochs' && !keepsLast && shouldStop(state.earlyStopping)) stoppedBy = 'patience';
  if (bestWeights) assignLeaves(params, bestWeights);
  else if (best !== undefined && existsSync(best)) loadWeights(best, params);
  return {
    history: state.history,
    bestEpoch: keepsLast ? state.epoch : state.earlyStopping.bestEpoch,
    bestValidation:
      (keepsLast ? state.history.at(-1)?.validation : undefined) ?? state.earlyStopping.bestValue,
    stoppedBy,
  };
}

const nothingDone: PartialEpoch = { step: 0, lossSum: 0, weightSum: 0, normSum: 0, seconds: 0 };

function* inputsOf<Batch>(plan: TrainingPlan<Batch>, batches: readonly Batch[]): Generator<BatchTensors> {
  for (const batch of batches) yield plan.inputs(batch);
}

/** The time left by the steps of this process so far. */
function startClock(maxEpochs: number): {
  count(): void;
  secondsLeft(epoch: number, step: number, steps: number): number;
} {
  const startedAt = performance.now();
  let done = 0;
  return {
    count: () => {
      done += 1;
    },
    secondsLeft: (epoch, step, steps) => {
      const toGo = (maxEpochs - epoch + 1) * steps - step;
      return ((performance.now() - startedAt) / 1000 / Math.max(done, 1)) * toGo;
    },
  };
}

/** One step, with errors that say where it stood. */
function runStep<Batch>(
  plan: TrainingPlan<Batch>,
  steps: StepEngine,
  batch: Batch,
  place: { readonly epoch: number; readonly step: number; readonly of: number },
  learningRate: number,
): StepResult {
  try {
    return steps.run(plan.inputs(batch), learningRate);
  } catch (error) {
    if (error instanceof NonFiniteStepError) {
      const { epoch, step, of } = place;
      throw new Error(
        `training: the loss is ${error.loss} at epoch ${epoch}, step ${step}, batch ${step} of ${of} with ` +
          `${plan.weight(batch)} targets; ${error.largestGradient}. ` +
          `Try a smaller learning rate or a smaller clipNorm.${plan.folder !== undefined && epoch > 1 ? ' The last finished epoch is saved.' : ''}`,
        { cause: error },
      );
    }
    throw explainStepFailure(error, { ...place, batchSize: plan.batchSize });
  }
}
