import * as tf from '@tensorflow/tfjs';
import { createRng } from '../../base/random';
import { auroc } from '../../evaluation/auroc';
import { logLoss } from '../../evaluation/log-loss';
import { inference } from '../../nn/mode';
import { rowShares } from '../../nn/row-shares';
import {
  clickModel,
  type ClickModelConfig,
  type ClickModelParams,
} from '../../recommendation/click-models/click-model';
import {
  checkFieldValues,
  valuesOf,
  type Fields,
  type FieldValues,
} from '../../recommendation/click-models/fields';
import type { BatchTensors } from '../../training/batch-tensors';
import { createOptimiser, disposeOptimiser, type OptimiserConfig } from '../../training/optimiser';
import { train, type TrainingProgress, type TrainingResult } from '../../training/train';

/** Rows and whether each was clicked. */
export interface ClickRows {
  readonly values: FieldValues;
  /** 1 for a click, 0 for none. */
  readonly labels: ArrayLike<number>;
}

/** How a model of clicks is trained: plain data. */
export interface ClickTraining {
  readonly maxEpochs: number;
  /** Epochs without a better validation after which it stops. */
  readonly patience: number;
  /** Rows in a step. */
  readonly batchSize: number;
  readonly optimiser: OptimiserConfig;
  /** Longest gradient over all weights together. */
  readonly clipNorm: number;
  /** What decides which epoch is kept: the log loss, or the area under the ROC curve. */
  readonly validation: 'log-loss' | 'auroc';
  /** Of the order of rows, and of dropout. */
  readonly seed: number;
}

/** Where the training goes on, and who listens. */
export interface ClickRun {
  /** Where checkpoints are kept; an unfinished training there goes on bit-exactly. */
  readonly folder?: string;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Train a model of clicks by binary cross-entropy, and keep the epoch that tells clicks of other rows best.
 *
 * The model's weights are changed in place.
 *
 * @throws RangeError when values do not fit the fields, labels are not 0 or 1 or not one a row, or a validation by `auroc` has one class alone
 * @source Richardson, Dominowska & Ragno, "Predicting Clicks: Estimating the Click-Through Rate for New Ads", WWW 2007, section 4.
 */
export async function trainClickModel(
  model: { readonly config: ClickModelConfig; readonly params: ClickModelParams },
  rows: { readonly training: ClickRows; readonly validation: ClickRows },
  training: ClickTraining,
  run: ClickRun = {},
): Promise<TrainingResult> {
  const { config, params } = model;
  const { fields } = config;
  const { batchSize, seed } = training;
  const count = checkRows(fields, rows.training);
  checkRows(fields, rows.validation);
  const isAuroc = training.validation === 'auroc';
  const optimiser = createOptimiser(params, training.optimiser);
  try {
    return await train<Int32Array>({
      params,
      optimiser,
      batches: (epoch) => {
        const order = Int32Array.from({ length: count }, (_, row) => row);
        createRng(seed).child('clicks', 'epoch', epoch).shuffle(order);
        return Array.from({ length: Math.ceil(count / batchSize) }, (_, batch) =>
          order.subarray(batch * batchSize, (batch + 1) * batchSize),
        );
      },
      inputs: (own) => batchInputs(fields, rows.training, own, batchSize),
      loss: (inputs, mode) => {
        const logit_N = clickModel(params, inputs, config, mode);
        // -log sigmoid(x) = softplus(x) - x, and -log(1 - sigmoid(x)) = softplus(x).
        const wrong_N = tf.sub(tf.softplus(logit_N), tf.mul(logit_N, inputs['labels']!));
        return tf.sum(tf.mul(wrong_N, rowShares(batchSize, inputs['weights'] as tf.Tensor1D)));
      },
      weight: (own) => own.length,
      validate: () => {
        const { values, labels } = rows.validation;
        const chances = clickChances(model, values);
        return Promise.resolve(isAuroc ? auroc(chances, labels) : logLoss(chances, labels));
      },
      better: isAuroc ? 'larger' : 'smaller',
      maxEpochs: training.maxEpochs,
      patience: training.patience,
      clipNorm: training.clipNorm,
      seed,
      batchSize,
      settings: { model: JSON.stringify(config), rows: count, validation: training.validation },
      ...run,
    });
  } finally {
    disposeOptimiser(optimiser);
  }
}

/**
 * How likely each row is clicked, without dropout.
 *
 * @returns one probability a row
 * @throws RangeError when values do not fit the fields
 */
export function clickChances(
  { config, params }: { readonly config: ClickModelConfig; readonly params: ClickModelParams },
  values: FieldValues,
): Float64Array {
  const count = checkFieldValues('clickChances', config.fields, values);
  const chances = new Float64Array(count);
  for (let from = 0; from < count; from += askedAtOnce) {
    const rows = Int32Array.from({ length: Math.min(askedAtOnce, count - from) }, (_, place) => from + place);
    const own = tf.tidy(() => {
      const inputs = batchInputs(config.fields, { values, labels: [] }, rows, rows.length);
      const tensors = Object.fromEntries(
        Object.keys(config.fields).map((name) => {
          const { values: numbers, shape } = inputs[name]!;
          return [name, tf.tensor(numbers, [...shape], numbers instanceof Int32Array ? 'int32' : 'float32')];
        }),
      );
      return tf.sigmoid(clickModel(params, tensors, config, inference)).dataSync();
    });
    chances.set(own, from);
  }
  return chances;
}

/** Rows that are asked at once. */
const askedAtOnce = 8_192;

/** Some rows in arrays of one shape: rows of weight 0 fill up. */
function batchInputs(
  fields: Fields,
  { values, labels }: ClickRows,
  rows: Int32Array,
  batchSize: number,
): BatchTensors {
  const inputs = Object.entries(fields).map(([name, field]) => {
    const width = valuesOf(field);
    const from = values[name]!;
    const own = 'size' in field ? new Int32Array(batchSize * width) : new Float32Array(batchSize * width);
    for (const [place, row] of rows.entries())
      own.set(from.subarray(row * width, (row + 1) * width), place * width);
    const isFlat = field.kind === 'category' || field.kind === 'number';
    return [name, { values: own, shape: isFlat ? [batchSize] : [batchSize, width] }] as const;
  });
  const label = new Float32Array(batchSize);
  for (const [place, row] of rows.entries()) label[place] = labels[row] ?? 0;
  return {
    ...Object.fromEntries(inputs),
    labels: { values: label, shape: [batchSize] },
    weights: { values: new Float32Array(batchSize).fill(1, 0, rows.length), shape: [batchSize] },
  };
}

/** @throws RangeError as `trainClickModel` */
function checkRows(fields: Fields, { values, labels }: ClickRows): number {
  for (const name of ['labels', 'weights'])
    if (Object.hasOwn(fields, name)) throw new RangeError(`trainClickModel: no field may be named ${name}`);
  const count = checkFieldValues('trainClickModel', fields, values);
  if (labels.length !== count) {
    throw new RangeError(`trainClickModel: there are ${labels.length} labels for ${count} rows`);
  }
  for (let row = 0; row < count; row++) {
    if (labels[row] !== 0 && labels[row] !== 1) {
      throw new RangeError(
        `trainClickModel: the label of row ${row} is ${labels[row]}, which is neither 0 nor 1`,
      );
    }
  }
  return count;
}
