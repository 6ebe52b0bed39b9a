import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { assignLeaves, leaves } from '../base/tree';
import { trainingMode, type Mode } from '../nn/mode';
import { applyAdamW, type AdamW } from './adamw';
import {
  copyWeights,
  loadCheckpoint,
  loadWeights,
  saveCheckpoint,
  saveWeights,
  type EpochRecord,
  type TrainingState,
} from './checkpoint';
import { clipByGlobalNorm } from './clip-by-global-norm';
import { isBest, observe, shouldStop, startEarlyStopping } from './early-stopping';

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
  readonly optimiser: AdamW;
  /** The batches of an epoch, from 1. Must depend on the epoch's number alone, so that a resume sees the same. */
  batches(epoch: number): readonly Batch[];
  /** Mean loss of a batch over its targets; runs inside a tidy. */
  loss(batch: Batch, mode: Mode): tf.Scalar;
  /** Targets in a batch: its weight in the epoch's mean loss. */
  weight(batch: Batch): number;
  /** What decides which epoch is best; larger is better. */
  validate(): Promise<number>;
  readonly maxEpochs: number;
  readonly patience: number;
  /** Longest gradient over all weights together. */
  readonly clipNorm: number;
  /** Seed of dropout. */
  readonly seed: number;
  /** What `batches` and `loss` depend on beside the seed, by name: a checkpoint made with others is refused. */
  readonly settings?: Readonly<Record<string, number | string>>;
  /** Where `last.safetensors` and `best.safetensors` are kept; an unfinished training there is resumed. */
  readonly folder?: string;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Stops after the step at hand; the last finished epoch is saved already. */
  readonly signal?: AbortSignal;
}

/** What came out of a training. The plan's weights are then those of the best epoch. */
export interface TrainingResult {
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly bestValidation: number;
  readonly stoppedBy: 'patience' | 'epochs' | 'interrupt';
}

/**
 * Train a model epoch by epoch, keep the best, stop when it no longer improves.
 *
 * The same plan gives the same numbers, bit for bit on one device and thread setting, also when it was interrupted and
 * resumed from its folder: an epoch depends only on the weights, the optimiser's memory and the epoch's number.
 * Between steps the event loop runs, so that a notebook can show progress and an interrupt is seen.
 *
 * @throws Error naming epoch, step and the largest gradient when the loss or a gradient is not finite
 * @throws InputError when a checkpoint in the folder does not fit the plan, or the disk is full
 */
export async function train<Batch>(plan: TrainingPlan<Batch>): Promise<TrainingResult> {
  const last = plan.folder === undefined ? undefined : join(plan.folder, 'last.safetensors');
  const best = plan.folder === undefined ? undefined : join(plan.folder, 'best.safetensors');
  if (plan.folder !== undefined) mkdirSync(plan.folder, { recursive: true });

  const settings = { ...plan.settings, seed: plan.seed, clipNorm: plan.clipNorm };
  let state: TrainingState = {
    epoch: 0,
    history: [],
    earlyStopping: startEarlyStopping(plan.patience),
    settings,
  };
  if (last !== undefined && existsSync(last)) {
    state = loadCheckpoint(last, plan.params, plan.optimiser, settings);
    state = { ...state, earlyStopping: { ...state.earlyStopping, patience: plan.patience } };
  }
  let bestWeights: ReturnType<typeof copyWeights> | undefined;
  const startedAt = performance.now();
  const firstEpoch = state.epoch + 1;
  let stoppedBy: TrainingResult['stoppedBy'] = 'epochs';

  for (let epoch = firstEpoch; epoch <= plan.maxEpochs; epoch++) {
    if (shouldStop(state.earlyStopping)) {
      stoppedBy = 'patience';
      break;
    }
    const epochStart = performance.now();
    const batches = plan.batches(epoch);
    let lossSum = 0;
    let weightSum = 0;
    for (const [index, batch] of batches.entries()) {
      const weight = plan.weight(batch);
      lossSum += trainStep(plan, batch, epoch, index + 1) * weight;
      weightSum += weight;
      const stepsDone = (epoch - firstEpoch) * batches.length + index + 1;
      const stepsToGo = (plan.maxEpochs - epoch + 1) * batches.length - index - 1;
      plan.onProgress?.({
        epoch,
        maxEpochs: plan.maxEpochs,
        step: index + 1,
        steps: batches.length,
        loss: lossSum / weightSum,
        secondsLeft: ((performance.now() - startedAt) / 1000 / stepsDone) * stepsToGo,
        history: state.history,
      });
      await new Promise((resolve) => setImmediate(resolve));
      if (plan.signal?.aborted) break;
    }
    if (plan.signal?.aborted) {
      stoppedBy = 'interrupt';
      break;
    }
    const validation = await plan.validate();
    const record: EpochRecord = {
      epoch,
      loss: lossSum / weightSum,
      validation,
      seconds: (performance.now() - epochStart) / 1000,
    };
    const earlyStopping = observe(state.earlyStopping, epoch, validation);
    state = { epoch, history: [...state.history, record], earlyStopping, settings };
    if (isBest(earlyStopping)) {
      // Best first: should the machine stop between the two, the epoch is trained again and gives the same.
      if (best === undefined) bestWeights = copyWeights(plan.params);
      else saveWeights(best, plan.params);
    }
    if (last !== undefined) saveCheckpoint(last, plan.params, plan.optimiser, state);
    plan.onProgress?.({
      epoch,
      maxEpochs: plan.maxEpochs,
      step: 0,
      steps: batches.length,
      loss: record.loss,
      secondsLeft:
        ((performance.now() - startedAt) / 1000 / (epoch - firstEpoch + 1)) * (plan.maxEpochs - epoch),
      history: state.history,
    });
  }

  if (stoppedBy === 'epochs' && shouldStop(state.earlyStopping)) stoppedBy = 'patience';
  if (bestWeights) assignLeaves(plan.params, bestWeights);
  else if (best !== undefined && existsSync(best)) loadWeights(best, plan.params);
  return {
    history: state.history,
    bestEpoch: state.earlyStopping.bestEpoch,
    bestValidation: state.earlyStopping.bestValue,
    stoppedBy,
  };
}

/** One step: loss, gradients, clipping, update. Returns the loss. */
function trainStep<Batch>(plan: TrainingPlan<Batch>, batch: Batch, epoch: number, step: number): number {
  const named = leaves(plan.params);
  const pathOf = new Map(named.map(([path, leaf]) => [leaf.name, path]));
  return tf.tidy(() => {
    const mode = trainingMode(plan.seed, plan.optimiser.step);
    const { value, grads } = tf.variableGrads(
      () => plan.loss(batch, mode),
      named.map(([, leaf]) => leaf),
    );
    const gradients = new Map(Object.entries(grads).map(([name, gradient]) => [pathOf.get(name)!, gradient]));
    const { clipped, norm } = clipByGlobalNorm(gradients, plan.clipNorm);
    const loss = value.dataSync()[0]!;
    if (!Number.isFinite(loss) || !Number.isFinite(norm.dataSync()[0]!)) {
      throw new Error(
        `training: the loss is ${loss} at epoch ${epoch}, step ${step}; ${largestGradient(gradients)}. ` +
          'Try a smaller learning rate; the last finished epoch is saved.',
      );
    }
    applyAdamW(plan.optimiser, plan.params, clipped);
    return loss;
  });
}

function largestGradient(gradients: ReadonlyMap<string, tf.Tensor>): string {
  const sizes = [...gradients].map(([path, gradient]) => {
    const largest = tf.tidy(() => tf.max(tf.abs(gradient)).dataSync()[0]!);
    return { path, largest: Number.isNaN(largest) ? Infinity : largest };
  });
  sizes.sort((a, b) => b.largest - a.largest);
  return sizes[0]
    ? `the largest gradient is ${sizes[0].largest} in ${sizes[0].path}`
    : 'there are no gradients';
}
