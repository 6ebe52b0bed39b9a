import * as tf from '@tensorflow/tfjs';
import type { Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { weight } from '../base/tree';
import { constant } from '../nn/constant';
import { embedding } from '../nn/embedding';
import {
  addLearnedPositions,
  initLearnedPositions,
  type LearnedPositionParams,
} from '../nn/learned-positions';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import type { Encoded, EncoderBatch, EncoderParams } from './encoder';
import { initItemTable } from './item-table';
import { checkConfig, type SettingsOf } from './settings';
import {
  initTransformerStack,
  transformerSettings,
  transformerStack,
  type TransformerConfig,
  type TransformerStackParams,
} from './transformer-stack';

/** What a UniSRec encoder is made of. */
export interface UniSRecConfig extends TransformerConfig {
  /** E: numbers in the vector of an item's text; follows from the texts. */
  readonly textWidth: number;
  /** Whitened projections of the text that are mixed for each item, 1 or more. */
  readonly numExperts: number;
  /**
   * 'none': an item is its text alone, so that the encoder reads items that no training has seen. 'added': a learned vector of the
   * item is added to that of its text.
   */
  readonly ids: 'none' | 'added';
}

/** Usual settings: those of SASRec here, one projection of the text, no ids. */
export const uniSRecDefaults = Object.freeze({
  width: 64,
  numBlocks: 2,
  numHeads: 2,
  feedForwardWidth: 256,
  activation: 'gelu',
  norm: 'pre',
  numExperts: 1,
  ids: 'none',
  dropoutRate: 0.3,
  attentionDropoutRate: 0.3,
});

/** What each setting of a UniSRec encoder may be. */
export const uniSRecSettings: SettingsOf<UniSRecConfig> = {
  ...transformerSettings,
  numExperts: {
    option: 'experts',
    kind: 'whole number',
    from: 1,
    meaning: "projections of an item's text that are mixed",
  },
  ids: {
    option: 'ids',
    kind: 'word',
    words: ['none', 'added'],
    meaning: 'a learned vector of each item beside its text',
  },
};

/** Weights of the way from a text's vector to the encoder's width. K = number of experts. */
export interface TextAdapterParams {
  /** b: what is taken off the text first; all experts share it, so that it starts as the mean of the texts. */
  readonly center: tf.Variable<tf.Rank.R1>; // [E]
  readonly experts: LinearParams; // kernel [E, K D], bias [K D]: the experts side by side
  /** How much each expert counts for a text; a single one has no gate. */
  readonly gate?: LinearParams; // kernel [E, K], bias [K]
}

/** Weights of a UniSRec encoder. */
export interface UniSRecParams extends EncoderParams, TransformerStackParams {
  /** `[V, E]`, row 0 zero, frozen: the vectors of the items' texts, saved with the model. NOT what items are scored by. */
  readonly itemEmbedding: tf.Variable<tf.Rank.R2>;
  readonly ids?: tf.Variable<tf.Rank.R2>; // [V, D], row 0 zero
  readonly adapter: TextAdapterParams;
  readonly positions: LearnedPositionParams; // [T, D]
}

/**
 * Draw the weights of a UniSRec encoder.
 *
 * @param itemTexts `[V, E]`, the vectors of the items' texts, row 0 unused; default: drawn at random, each of length 1, which tell
 *   items apart and say nothing of them
 * @throws RangeError when a setting is out of range, the heads do not divide the width, or `itemTexts` has another shape
 */
export function initUniSRec(config: UniSRecConfig, rng: Rng, itemTexts?: Matrix): UniSRecParams {
  checkConfig('initUniSRec', config, uniSRecSettings, ['numItems', 'maxLength', 'textWidth']);
  const { numItems, maxLength, width, textWidth, numExperts, ids } = config;
  if (itemTexts && (itemTexts.rows !== numItems || itemTexts.columns !== textWidth)) {
    throw new RangeError(
      `initUniSRec: itemTexts must be ${numItems} x ${textWidth}, got ${itemTexts.rows} x ${itemTexts.columns}`,
    );
  }
  const texts = itemTexts ? itemTexts.values.slice() : randomTexts(numItems, textWidth, rng.child('texts'));
  texts.fill(0, 0, textWidth);
  const center = new Float32Array(textWidth);
  for (const [place, value] of texts.entries())
    center[place % textWidth]! += value / Math.max(1, numItems - 1);
  const ofAdapter = rng.child('adapter');
  const ofEach = Array.from({ length: numExperts }, (_, expert) =>
    initLinear(textWidth, width, ofAdapter.child('expert', expert)),
  );
  return {
    itemEmbedding: weight<tf.Rank.R2>(texts, [numItems, textWidth], false),
    ...(ids === 'added' && { ids: initItemTable(numItems, width, rng) }),
    adapter: {
      center: weight<tf.Rank.R1>(center, [textWidth]),
      experts: sideBySide(ofEach),
      ...(numExperts > 1 && { gate: initLinear(textWidth, numExperts, ofAdapter.child('gate')) }),
    },
    positions: initLearnedPositions(maxLength, width, rng.child('positions')),
    ...initTransformerStack('initUniSRec', config, rng),
  };
}

/** Rows of length 1. */
function randomTexts(rows: number, width: number, rng: Rng): Float32Array {
  return Float32Array.from({ length: rows * width }, () => rng.normal() / Math.sqrt(width));
}

function sideBySide(layers: readonly LinearParams[]): LinearParams {
  if (layers.length === 1) return layers[0]!;
  const both = tf.tidy(() => ({
    kernel: tf.variable(
      tf.concat2d(
        layers.map(({ kernel }) => kernel as tf.Tensor2D),
        1,
      ),
    ),
    bias: tf.variable(tf.concat1d(layers.map(({ bias }) => bias as tf.Tensor1D))),
  }));
  for (const { kernel, bias } of layers) tf.dispose([kernel, bias]);
  return both;
}

/**
 * Bring vectors of texts to the encoder's width: each is whitened by every expert, and the experts are mixed as its gate says.
 *
 * @param texts_NE one vector a text
 * @returns `[N, D]`
 * @source Hou et al., "Towards Universal Sequence Representation Learning for Recommender Systems" (UniSRec), KDD 2022, section 2.2,
 *   eq. 2 to 4.
 * @differs The gate has no noise while training; the experts share one center; each has a bias as well, which eq. 2 does not have.
 */
export function textAdapter(
  { center, experts, gate }: TextAdapterParams,
  texts_NE: tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const centered_NE = tf.sub<tf.Tensor2D>(texts_NE, center);
    const whitened = linear(experts, centered_NE);
    if (!gate) return whitened;
    const [N] = texts_NE.shape;
    const K = gate.bias.shape[0];
    const shares_NK1 = tf.expandDims(tf.softmax(linear(gate, centered_NE)), 2);
    const experts_NKD = tf.reshape(whitened, [N, K, -1]);
    return tf.sum(tf.mul(experts_NKD, shares_NK1), 1);
  });
}

/** Each item by its text, and its own vector where there are ids; row 0 zero. */
function itemInputs({ itemEmbedding, ids, adapter }: UniSRecParams): tf.Tensor2D {
  return tf.tidy(() => {
    const [V] = itemEmbedding.shape;
    const isItem_V1 = constant(() =>
      tf.tensor2d(
        Array.from({ length: V }, (_, item) => Number(item > 0)),
        [V, 1],
      ),
    );
    const texts_VD = tf.mul<tf.Tensor2D>(textAdapter(adapter, itemEmbedding), isItem_V1);
    return ids ? tf.add(texts_VD, ids) : texts_VD;
  });
}

/** Of the cosine in the score: the paper's code divides by it. */
const temperature = 0.07;

/**
 * The vectors that items are scored by: of length 1, so that the score of an item is a cosine times what `uniSRec` says.
 *
 * @returns `[V, D]`, row 0 zero
 */
export function uniSRecItems(params: UniSRecParams): tf.Tensor2D {
  return tf.tidy(() => unitRows(itemInputs(params)));
}

/** Rows at length 1; a row of zeros stays zero, and has a gradient of zero. */
const unitRows = <X extends tf.Tensor>(x: X): X =>
  tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));

/**
 * Encode a sequence of items that are known by their texts: a text's vector through an adapter, then self-attention.
 *
 * An item needs no training to be read or named, only a text (`ids` 'none'): new items, and other shops, share the text space.
 * Causal: the vector after event t depends on events 0..t. Padding on the right changes nothing before it.
 *
 * @returns `hidden_BTD`, one vector after each event, to be compared with `uniSRecItems`
 * @throws RangeError when the sequences are longer than `maxLength`
 * @source Hou et al., "Towards Universal Sequence Representation Learning for Recommender Systems" (UniSRec), KDD 2022, sections 2.2
 *   (adapter), 2.3 (encoder) and 2.5 (inductive: texts alone; transductive: ids added); cosine and temperature of .07: its code.
 * @differs Trained by the next item alone, without the contrast of two sequences; pre-norm by default, where the paper takes SASRec's
 *   code of RecBole (post); the length of a state is fixed before the score.
 */
export function uniSRec(
  params: UniSRecParams,
  { items_BT }: EncoderBatch,
  config: UniSRecConfig,
  mode: Mode,
): Encoded {
  const T = items_BT.shape[1];
  if (T > config.maxLength) {
    throw new RangeError(`uniSRec: at most ${config.maxLength} events can be read, got ${T}`);
  }
  const hidden_BTD = tf.tidy(() => {
    const x_BTD = embedding(itemInputs(params), items_BT) as tf.Tensor3D;
    const placed_BTD = addLearnedPositions(params.positions, x_BTD);
    const states_BTD = transformerStack(params, placed_BTD, config, { causal: true }, mode);
    return tf.div<tf.Tensor3D>(unitRows(states_BTD), temperature);
  });
  return { hidden_BTD };
}
