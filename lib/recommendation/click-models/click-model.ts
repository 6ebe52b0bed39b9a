import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../../base/random';
import { weight } from '../../base/tree';
import { dropout } from '../../nn/dropout';
import { embedding } from '../../nn/embedding';
import { initLinear, linear, type LinearParams } from '../../nn/linear';
import type { Mode } from '../../nn/mode';
import { relu } from '../../nn/relu';
import { fieldVectors, initFieldTables, type FieldTables } from './field-vectors';
import { checkFields, type Field, type Fields, type FieldTensors } from './fields';
import { historyAttention, initHistoryAttention, type HistoryAttentionParams } from './history-attention';
import { pairwiseProducts } from './pairwise-products';
import { initSqueezeExcitation, squeezeExcitation, type SqueezeExcitationParams } from './squeeze-excitation';

/**
 * The models of clicks, from the floor up.
 *
 * | name | the logit is a bias and the sum of |
 * |---|---|
 * | `logistic` | a weight of each value |
 * | `fm` | that, and the products of all pairs of fields |
 * | `wide-and-deep` | the weights, and a network over the vectors of all fields |
 * | `deepfm` | all three; pairs and network read the same vectors |
 * | `din` | the weights, and a network over the vectors of all fields, with the history summed up as it matters for the candidate |
 */
export const clickModelNames = ['logistic', 'fm', 'wide-and-deep', 'deepfm', 'din'] as const;
export type ClickModelName = (typeof clickModelNames)[number];

/** What a model of clicks is made of. */
export interface ClickModelConfig {
  readonly name: ClickModelName;
  readonly fields: Fields;
  /** D: numbers of a field's vector. Not read by `logistic`, which must not have it. */
  readonly width?: number;
  /** Widths of the layers of the network, from below. For the models that have one. */
  readonly hidden?: readonly number[];
  /** Share of the numbers of each hidden layer that are silenced while training. For the models that have them. */
  readonly dropoutRate?: number;
  /** Names of the field of kind `categories` that is attended to and of the `category` that it is compared with: the same codes. For `din`. */
  readonly attention?: { readonly history: string; readonly candidate: string };
  /** Whether the vectors of fields are weighed, row by row, before they meet. For the models that have vectors; default false. */
  readonly fieldWeights?: boolean;
}

/** Weights of a model of clicks. */
export interface ClickModelParams {
  readonly bias: tf.Variable<tf.Rank.R1>; // [1]
  readonly weights: FieldTables; // [size, 1] a field
  readonly vectors?: FieldTables; // [size, D] a field
  readonly hidden?: readonly LinearParams[];
  readonly output?: LinearParams; // [last hidden, 1]
  readonly attention?: HistoryAttentionParams;
  readonly fieldWeights?: SqueezeExcitationParams;
}

/** What a setting is for; a model without that part must not be given it. */
const hasVectors = (name: ClickModelName): boolean => name !== 'logistic';
const hasNetwork = (name: ClickModelName): boolean => name !== 'logistic' && name !== 'fm';

/** Standard deviation of a number of a vector at the start. */
const vectorDeviation = 0.05;
/** Width of the network that weighs a history. */
const attentionWidth = 36; // Zhou et al.

/**
 * Draw the weights of a model of clicks.
 *
 * @throws RangeError when a setting is missing, out of range or read by no part of the model, or a field cannot be
 * @source Rendle, "Factorization Machines", ICDM 2010; Cheng et al., "Wide & Deep Learning for Recommender Systems", DLRS 2016; Guo, Tang, Ye, Li
 *   & He, "DeepFM: A Factorization-Machine based Neural Network for CTR Prediction", IJCAI 2017; Zhou et al., "Deep Interest Network for
 *   Click-Through Rate Prediction", KDD 2018.
 * @differs The wide part has a weight of each value and no products of features chosen by hand.
 */
export function initClickModel(config: ClickModelConfig, rng: Rng): ClickModelParams {
  checkClickModel(config);
  const { name, fields, width = 0, hidden = [], attention, fieldWeights = false } = config;
  const widths = [width * Object.keys(fields).length, ...hidden];
  return {
    bias: weight<tf.Rank.R1>(new Float32Array(1), [1]),
    weights: initFieldTables(fields, 1, 0, rng.child('weights')),
    ...(hasVectors(name) && {
      vectors: initFieldTables(
        attention ? withoutField(fields, attention.history) : fields,
        width,
        vectorDeviation,
        rng.child('vectors'),
      ),
    }),
    ...(hasNetwork(name) && {
      hidden: hidden.map((own, layer) => initLinear(widths[layer]!, own, rng.child('hidden', layer))),
      output: initLinear(widths.at(-1)!, 1, rng.child('output')),
    }),
    ...(attention && { attention: initHistoryAttention(width, attentionWidth, rng.child('attention')) }),
    ...(fieldWeights && {
      fieldWeights: initSqueezeExcitation(Object.keys(fields).length, rng.child('fieldWeights')),
    }),
  };
}

/**
 * How likely a click is: the logit of each row.
 *
 * @returns `[N]`
 */
export function clickModel(
  params: ClickModelParams,
  batch: FieldTensors,
  config: ClickModelConfig,
  mode: Mode,
): tf.Tensor1D {
  return tf.tidy(() => {
    const { name, fields } = config;
    const first_N1 = tf.sum<tf.Tensor2D>(fieldVectors(params.weights, fields, batch), 1);
    const parts: tf.Tensor2D[] = [tf.add(first_N1, params.bias)];
    if (params.vectors) {
      const drawn_NFD =
        name === 'din' ? attendedVectors(params, config, batch) : fieldVectors(params.vectors, fields, batch);
      const vectors_NFD = params.fieldWeights ? squeezeExcitation(params.fieldWeights, drawn_NFD) : drawn_NFD;
      if (name === 'fm' || name === 'deepfm') parts.push(pairwiseProducts(vectors_NFD));
      if (params.output) parts.push(network(params, vectors_NFD, config, mode));
    }
    return tf.reshape(tf.addN(parts), [-1]);
  });
}

/** The vectors of all fields, the history summed up as it matters for the candidate. */
function attendedVectors(
  params: ClickModelParams,
  { fields, attention }: ClickModelConfig,
  batch: FieldTensors,
): tf.Tensor3D {
  const { history, candidate } = attention!;
  // Both are codes of the same things: the history is read by the vectors of candidates, and has no table of its own.
  const table = params.vectors![candidate]!;
  const summed_ND = historyAttention(
    params.attention!,
    embedding(table, batch[history]!) as tf.Tensor3D,
    embedding(table, batch[candidate]!) as tf.Tensor2D,
  );
  const others_NFD = fieldVectors(params.vectors!, withoutField(fields, history), batch);
  const [N, D] = summed_ND.shape;
  return tf.concat([others_NFD, tf.reshape<tf.Rank.R3>(summed_ND, [N, 1, D])], 1);
}

function withoutField(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([own]) => own !== name));
}

function network(
  params: ClickModelParams,
  vectors_NFD: tf.Tensor3D,
  { dropoutRate = 0 }: ClickModelConfig,
  mode: Mode,
): tf.Tensor2D {
  const [N, F, D] = vectors_NFD.shape;
  let x: tf.Tensor2D = tf.reshape(vectors_NFD, [N, F * D]);
  for (const [layer, own] of params.hidden!.entries()) {
    x = dropout(relu(linear(own, x)), dropoutRate, mode, layer + 1);
  }
  return linear(params.output!, x);
}

/** @throws RangeError as `initClickModel` */
function checkClickModel({ name, fields, ...settings }: ClickModelConfig): void {
  if (!clickModelNames.includes(name)) {
    throw new RangeError(
      `initClickModel: there is no model '${name}'; there are ${clickModelNames.join(', ')}`,
    );
  }
  checkFields('initClickModel', fields);
  const read = {
    width: hasVectors(name),
    hidden: hasNetwork(name),
    dropoutRate: hasNetwork(name),
    attention: name === 'din',
    fieldWeights: hasVectors(name),
  };
  for (const [setting, isRead] of Object.entries(read)) {
    const value = settings[setting as keyof typeof settings];
    if (!isRead && value !== undefined)
      throw new RangeError(`initClickModel: ${name} does not read ${setting}`);
    if (isRead && value === undefined && setting !== 'dropoutRate' && setting !== 'fieldWeights') {
      throw new RangeError(`initClickModel: ${name} needs ${setting}`);
    }
  }
  const { width = 1, hidden = [1], dropoutRate = 0, attention } = settings;
  for (const own of [width, ...hidden]) {
    if (!(Number.isInteger(own) && own >= 1)) {
      throw new RangeError(`initClickModel: widths must be whole numbers from 1, got ${own}`);
    }
  }
  if (hidden.length === 0) throw new RangeError('initClickModel: a network has a hidden layer at least');
  if (!(dropoutRate >= 0 && dropoutRate < 1)) {
    throw new RangeError(`initClickModel: dropoutRate must be in [0, 1), got ${dropoutRate}`);
  }
  if (!attention) return;
  const [history, candidate] = [fields[attention.history], fields[attention.candidate]] as [Field?, Field?];
  if (history?.kind !== 'categories' || candidate?.kind !== 'category' || history.size !== candidate.size) {
    throw new RangeError(
      `initClickModel: attention needs a field of kind 'categories' and one of kind 'category' with the same codes, not ${attention.history} and ${attention.candidate}`,
    );
  }
}
