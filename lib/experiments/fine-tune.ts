import * as tf from '@tensorflow/tfjs';
import { matrix, type Matrix } from '../base/matrix';
import { createRng, type Rng } from '../base/random';
import { disposeTree, leaves, mapLeaves, weight } from '../base/tree';
import type { Pooling } from '../encoders/pooling';
import type { TensorRecord } from '../nn/graph/recording';
import type { LinearParams } from '../nn/linear';
import { initLowRank, withLowRank, type LowRankAdapter } from '../nn/low-rank';
import { inference, type Mode } from '../nn/mode';
import {
  classification,
  classProbabilitiesOf,
  initClassification,
  type LabelLoss,
} from '../objectives/classification';
import { uploadBatch, type BatchTensors } from '../training/batch-tensors';
import { createOptimiser, disposeOptimiser, optimiserDefaults } from '../training/optimiser';
import type { Engine } from '../training/step-engine';
import { train, type TrainingProgress } from '../training/train';
import { encoderOf } from './encoder-catalogue';
import { labelBatches, type LabelBatches, type LabelledUsers } from './learning/classifying';
import { expectItemsOnly, pooledVectors } from './learning/pooled-vectors';
import { createModel, userVectors, type SequenceModel } from './sequence-model';

/** The ways to learn a label with a model that is there. */
export const fineTuneMethods = ['scratch', 'head', 'low-rank', 'all'] as const;

/**
 * What learns the label.
 *
 * - `scratch`: all weights, and the model starts anew: what pre-training is measured against
 * - `head`: one linear layer over the vectors of the model, which is frozen
 * - `low-rank`: the layer, and an adapter of low rank beside every frozen matrix
 * - `all`: the layer and all weights
 */
export type FineTuneMethod = (typeof fineTuneMethods)[number];

/** How a label is learned. Plain data. */
export interface FineTuning {
  readonly method: FineTuneMethod;
  readonly loss: LabelLoss;
  /** How the states of a user's events become one vector. */
  readonly pooling: Pooling;
  /** Of `low-rank` alone, where the default is `defaultRank`. */
  readonly rank?: number;
  readonly learningRate: number;
  /** Share of a matrix that decays; see AdamW. */
  readonly weightDecay: number;
  /** Longest gradient over all weights together. */
  readonly clipNorm: number;
  /** Users in a step. */
  readonly batchSize: number;
  readonly maxEpochs: number;
  /** Epochs without a lower loss on the inner validation before training stops. */
  readonly patience: number;
  /** Of the labelled users, the share that chooses the epoch and is not learned from: above 0 to below 1, one of each class at least. */
  readonly validationShare: number;
  readonly seed: number;
  /** Default eager: few steps do not pay for compiling a graph. */
  readonly engine?: Engine;
}

/** Rank of an adapter where none is named. The paper finds 4 to 8 enough; not tuned here. */
export const defaultRank = 4;

/**
 * Usual settings of a method. Learning rates are larger the less there is to be moved, as usual; none was tuned on a test.
 */
export const fineTuneDefaults = (method: FineTuneMethod): FineTuning => ({
  method,
  loss: 'cross-entropy',
  pooling: 'mean',
  learningRate: { scratch: 2e-3, head: 1e-2, 'low-rank': 5e-3, all: 1e-3 }[method],
  weightDecay: optimiserDefaults.adamw.weightDecay,
  clipNorm: 5,
  batchSize: 64,
  maxEpochs: 100,
  patience: 10,
  validationShare: 0.2,
  seed: 1,
});

/** A model that knows a label, as one that can be saved and used like any other, and its last layer. */
export interface FineTuned {
  readonly model: SequenceModel;
  /** Kernel [D, K] (K = 1 for two classes), bias [K], over the pooled states. */
  readonly head: LinearParams;
  readonly pooling: Pooling;
  /** The epoch that was kept. */
  readonly epoch: number;
  /** Its loss on the inner validation, cross-entropy in nats or squared error. */
  readonly validation: number;
  /** Users learned from, and users that chose the epoch. */
  readonly counts: { readonly learned: number; readonly validation: number };
  /** Numbers that were trained. */
  readonly trained: number;
}

/**
 * Learn a label of users with a pre-trained model: all of it, its last layer, or an adapter; or without it, from scratch.
 *
 * The model that is given stays as it is, to the bit; what comes back is a new one. Some of the labelled users choose the epoch by their
 * loss (`validationShare`, each class among them); nobody else is looked at. The vectors that the last layer reads are standardised by
 * the labelled users who are learned from, and the scaling is put into the layer in the end.
 *
 * @param users the labelled users: keep back whom you want to test on
 * @throws RangeError when a setting is out of range or means nothing for the method, a class has fewer than two users, or
 *   the model reads channels, profiles or friends
 * @source The four ways: Howard & Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018, section 3.3 (all
 *   weights); Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022 (`low-rank`). The frozen model with a new last
 *   layer is the linear probe of Alain & Bengio, "Understanding Intermediate Layers Using Linear Classifier Probes", 2016.
 */
export async function fineTune(
  base: SequenceModel,
  users: LabelledUsers,
  tuning: FineTuning,
  run: {
    readonly onProgress?: (progress: TrainingProgress) => void;
    readonly say?: (sentence: string) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<FineTuned> {
  checkTuning(users, tuning);
  expectItemsOnly(base, 'fineTune: a user is read by items', 'take a model of items alone');
  const { method, seed, pooling, loss, batchSize, learningRate, weightDecay, rank = defaultRank } = tuning;
  const rng = createRng(seed).child('fine-tune');
  const numClasses = 1 + Array.from(users.labels).reduce((most, label) => Math.max(most, label), 0);
  const { learned, asked } = innerSplit(users, tuning);
  const model = method === 'scratch' ? freshModel(base, seed) : copyOf(base);
  // A question that is not asked has no gradient.
  const [isAsked, question] = [pooling === 'attention', 'attentionPooling'];
  const learnedParams = Object.fromEntries(
    Object.entries(model.params).filter(([name]) => isAsked || name !== question),
  );
  const adapter =
    method === 'low-rank'
      ? initLowRank(
          model.params,
          { rank, only: (path, leaf) => leaf.trainable && (isAsked || !path.startsWith(question)) },
          rng,
        )
      : null;
  const scaling = scalingOf(userVectors(model, learned.histories, { pooling }));
  const head = initClassification(model.config.width, numClasses, rng);

  const vectors = (inputs: TensorRecord, mode: Mode): tf.Tensor2D => {
    // Of a frozen model the vectors are fed, and computed once.
    if (method === 'head') return inputs['vectors_ND'] as tf.Tensor2D;
    const adapted = adapter ? { ...model, params: withLowRank(model.params, adapter) } : model;
    const user_ND = pooledVectors(adapted, pooling, inputs, mode);
    return tf.mul(tf.sub(user_ND, inputs['mean_D']!), inputs['scale_D']!);
  };
  const lossOf = (inputs: TensorRecord, mode: Mode): tf.Scalar =>
    tf.tidy(() =>
      classification(head, vectors(inputs, mode), {
        labels_N: inputs['labels_N'] as tf.Tensor1D,
        weights_N: inputs['weights_N'] as tf.Tensor1D,
        loss,
      }),
    );
  const batchesOf = (part: LabelledUsers): LabelBatches =>
    method === 'head'
      ? vectorBatches(part, scaled(userVectors(model, part.histories, { pooling }), scaling), batchSize, rng)
      : scaledBatches(part, { length: model.length, batchSize, scaling }, rng);
  const [learning, validating] = [batchesOf(learned), batchesOf(asked)];
  const params = {
    head,
    ...(adapter && { adapter }),
    ...((method === 'all' || method === 'scratch') && { model: learnedParams }),
  };
  const optimiser = createOptimiser(params, { ...optimiserDefaults.adamw, learningRate, weightDecay });
  try {
    const result = await train({
      params,
      ...(adapter && { frozen: model.params }),
      optimiser,
      batches: (epoch) => learning.batches(epoch),
      inputs: (drawn) => learning.inputs(drawn),
      loss: lossOf,
      weight: (drawn) => learning.weight(drawn),
      validate: () => Promise.resolve(meanLoss(validating, lossOf)),
      better: 'smaller',
      maxEpochs: tuning.maxEpochs,
      patience: tuning.patience,
      clipNorm: tuning.clipNorm,
      seed,
      batchSize,
      engine: tuning.engine ?? 'eager',
      ...run,
    });
    if (adapter) mergeInto(model, adapter);
    unscale(head, scaling);
    return {
      model,
      head,
      pooling,
      epoch: result.bestEpoch,
      validation: result.bestValidation,
      counts: { learned: learned.histories.length, validation: asked.histories.length },
      trained: [...optimiser.memory.values()].reduce((sum, { size }) => sum + size, 0) / 2,
    };
  } catch (error) {
    disposeTree(head);
    disposeTree(model.params);
    throw error;
  } finally {
    disposeOptimiser(optimiser);
    if (adapter) disposeTree(adapter);
  }
}

/**
 * The probability of each class for users, also for those never seen.
 *
 * @param histories item indices, oldest first; the latest that the model reads are read
 * @returns a row a user, a column a class; rows sum to 1
 */
export function labelProbabilities(
  { model, head, pooling }: Pick<FineTuned, 'model' | 'head' | 'pooling'>,
  histories: readonly Int32Array[],
): Matrix {
  const { rows, columns, values } = userVectors(model, histories, { pooling });
  const probabilities = tf.tidy(() => classProbabilitiesOf(head, tf.tensor2d(values, [rows, columns])));
  try {
    return matrix(rows, probabilities.shape[1], probabilities.dataSync<'float32'>().slice());
  } finally {
    probabilities.dispose();
  }
}

function checkTuning({ histories, labels }: LabelledUsers, tuning: FineTuning): void {
  const { validationShare, rank, method } = tuning;
  if (!(validationShare > 0 && validationShare < 1)) {
    throw new RangeError(`fineTune: validationShare must be above 0 and below 1, got ${validationShare}`);
  }
  if (rank !== undefined && method !== 'low-rank') {
    throw new RangeError(`fineTune: ${method} has no rank`);
  }
  if (labels.length !== histories.length) {
    throw new RangeError(`fineTune: ${labels.length} labels for ${histories.length} users`);
  }
  const counts = new Map<number, number>();
  for (const label of Array.from(labels)) {
    if (!Number.isInteger(label) || label < 0) {
      throw new RangeError(`fineTune: a label must be a whole number from 0, got ${label}`);
    }
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const classes = 1 + Math.max(...counts.keys());
  for (let label = 0; label < classes; label++) {
    const count = counts.get(label) ?? 0;
    if (count < 2) {
      throw new RangeError(
        `fineTune: class ${label} has ${count} of the users; one is needed to learn from, one to choose the epoch`,
      );
    }
  }
}

/** Some labelled users who choose the epoch, each class among them, and all others. */
function innerSplit(
  users: LabelledUsers,
  { validationShare, seed }: FineTuning,
): { learned: LabelledUsers; asked: LabelledUsers } {
  const rng = createRng(seed).child('inner');
  const isAsked = new Uint8Array(users.histories.length);
  const all = Array.from(users.labels);
  for (const label of new Set(all)) {
    const own = rng.child('label', label).shuffle(Array.from(all.keys()).filter((at) => all[at] === label));
    const count = Math.min(own.length - 1, Math.max(1, Math.round(validationShare * own.length)));
    for (const at of own.slice(0, count)) isAsked[at] = 1;
  }
  const part = (which: 0 | 1): LabelledUsers => {
    const own = Array.from(all.keys()).filter((at) => isAsked[at] === which);
    return { histories: own.map((at) => users.histories[at]!), labels: own.map((at) => all[at]!) };
  };
  return { learned: part(0), asked: part(1) };
}

function freshModel(base: SequenceModel, seed: number): SequenceModel {
  const { vocabulary, encoder, length, config, params, side } = base;
  // Sizes follow from vocabulary and length again.
  const own = Object.entries(config).filter(([setting]) => setting in encoderOf(encoder).settings);
  const { textWidth } = config as { readonly textWidth?: number };
  const V = vocabulary.itemIds.length;
  const model = createModel(vocabulary, {
    encoder,
    length,
    seed,
    config: Object.fromEntries(own),
    attentionPooling: params.attentionPooling !== undefined,
    ...(textWidth !== undefined && { itemTexts: matrix(V, textWidth, new Float32Array(V * textWidth)) }),
    ...(side && { side }),
  });
  // What no training changes, such as the vectors of texts, belongs to the data and not to what was learned.
  const before = new Map(leaves(params));
  for (const [path, leaf] of leaves(model.params)) if (!leaf.trainable) leaf.assign(before.get(path)!);
  return model;
}

function copyOf(base: SequenceModel): SequenceModel {
  const params = mapLeaves<tf.Variable>(base.params, (_, leaf) =>
    weight(leaf.dataSync<'float32'>().slice(), leaf.shape as [number], leaf.trainable),
  );
  return { ...base, params: params as unknown as typeof base.params };
}

/** Put the products of an adapter into the matrices for good. */
function mergeInto(model: SequenceModel, adapter: LowRankAdapter): void {
  const frozen = new Map(leaves(model.params));
  for (const [path, { down, up }] of Object.entries(adapter)) {
    const leaf = frozen.get(path)!;
    tf.tidy(() => leaf.assign(tf.add(leaf, tf.matMul(down, up))));
  }
}

/** Mean and reciprocal deviation of each column. */
interface Scaling {
  readonly mean: Float32Array;
  readonly scale: Float32Array;
}

function scalingOf({ rows, columns, values }: Matrix): Scaling {
  const mean = new Float32Array(columns);
  const scale = new Float32Array(columns);
  for (let column = 0; column < columns; column++) {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row++) sum += values[row * columns + column]!;
    for (let row = 0; row < rows; row++) squares += (values[row * columns + column]! - sum / rows) ** 2;
    const deviation = Math.sqrt(squares / rows);
    mean[column] = sum / rows;
    scale[column] = deviation > 1e-6 ? 1 / deviation : 1;
  }
  return { mean, scale };
}

const scaled = ({ rows, columns, values }: Matrix, { mean, scale }: Scaling): Matrix =>
  matrix(
    rows,
    columns,
    values.map((value, at) => (value - mean[at % columns]!) * scale[at % columns]!),
  );

/** The layer that reads vectors as they are and says what this one says of scaled ones. */
function unscale({ kernel, bias }: LinearParams, { mean, scale }: Scaling): void {
  tf.tidy(() => {
    const plain = tf.mul<tf.Tensor2D>(kernel, tf.expandDims(tf.tensor1d(scale), 1));
    const shift = tf.reshape(tf.matMul(tf.tensor2d(mean, [1, mean.length]), plain), bias.shape);
    bias.assign(tf.sub(bias, shift));
    kernel.assign(plain);
  });
}

function scaledBatches(
  part: LabelledUsers,
  { length, batchSize, scaling }: { length: number; batchSize: number; scaling: Scaling },
  rng: Rng,
): LabelBatches {
  const own = labelBatches(part, { length, batchSize }, rng);
  const shape = [scaling.mean.length];
  const constants: BatchTensors = {
    mean_D: { values: scaling.mean, shape },
    scale_D: { values: scaling.scale, shape },
  };
  return { ...own, inputs: (drawn) => ({ ...own.inputs(drawn), ...constants }) };
}

/** Batches of vectors instead of histories. */
function vectorBatches(
  part: LabelledUsers,
  { columns, values }: Matrix,
  batchSize: number,
  rng: Rng,
): LabelBatches {
  const own = labelBatches(part, { length: 1, batchSize }, rng);
  return {
    ...own,
    inputs: (drawn) => {
      const inputs = own.inputs(drawn);
      const rows = inputs['weights_N']!.shape[0]!;
      const vectors = new Float32Array(rows * columns);
      for (const [row, user] of drawn.users.entries()) {
        vectors.set(values.subarray(user * columns, (user + 1) * columns), row * columns);
      }
      return { ...inputs, vectors_ND: { values: vectors, shape: [rows, columns] } };
    },
  };
}

/** Mean over all users of a part, without dropout. */
function meanLoss(batches: LabelBatches, lossOf: (inputs: TensorRecord, mode: Mode) => tf.Scalar): number {
  let [sum, count] = [0, 0];
  for (const drawn of batches.batches(1)) {
    const value = tf.tidy(() => {
      const inputs = uploadBatch(batches.inputs(drawn));
      return lossOf(inputs, inference).dataSync()[0]!;
    });
    sum += value * batches.weight(drawn);
    count += batches.weight(drawn);
  }
  return sum / count;
}
