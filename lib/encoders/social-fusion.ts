import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import { relu } from '../nn/relu';
import type { Encoded, EncoderBatch, EncoderConfig, EncoderParams } from './encoder';
import { friendAttention } from './friend-attention';
import { initItemTable } from './item-table';
import { answerAtLast, lastEvents } from './session-graph';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** The ways to put what a user does (X) and what the friends do (S) together. */
export const fusions = ['behavior', 'social', 'concatenation', 'gated', 'attention'] as const;

/**
 * `behavior`: X alone. `social`: S alone. `concatenation`: [X; S]. `gated`: g X + (1 - g) S, where [X; S] decides on g, number for
 * number. `attention`: [X; S] where S weighs the friends by `friendAttention`; elsewhere S is their mean.
 */
export type Fusion = (typeof fusions)[number];

/** What a fusion with social information is made of. Dropout follows X, S and each layer. */
export interface SocialFusionConfig extends EncoderConfig {
  readonly fusion: Fusion;
  /** Layers with a function each; a linear one follows them. */
  readonly numLayers: number;
  /** f_D: what the sums of a layer go through. */
  readonly activation: 'relu' | 'sigmoid';
}

/** One layer; not tuned. */
export const socialFusionDefaults = Object.freeze({
  width: 64,
  fusion: 'attention',
  numLayers: 1,
  activation: 'relu',
  dropoutRate: 0.5,
});

/** What each setting of a fusion may be. */
export const socialFusionSettings: SettingsOf<SocialFusionConfig> = {
  ...commonSettings,
  fusion: {
    option: 'social-fusion',
    kind: 'word',
    words: fusions,
    meaning: 'how friends are put beside the user',
  },
  numLayers: { option: 'layers', kind: 'whole number', from: 1, meaning: 'layers, one above the other' },
  activation: {
    option: 'activation',
    kind: 'word',
    words: ['relu', 'sigmoid'],
    meaning: 'what a sum goes through',
  },
};

/** Weights of a fusion. D = `width`; I = 2D for `concatenation` and `attention`, D otherwise. */
export interface SocialFusionParams extends EncoderParams {
  readonly gate?: LinearParams; // gated: kernel [2D, D], bias [D]
  readonly friends?: LinearParams; // attention: kernel [D, D], bias [D]
  readonly layers: readonly LinearParams[]; // W_D: kernel [I, D], then [D, D], bias [D]
  readonly output: LinearParams; // kernel [D, D], bias [D]
}

/**
 * Draw the weights of a fusion.
 *
 * @throws RangeError when a setting is out of range
 */
export function initSocialFusion(config: SocialFusionConfig, rng: Rng): SocialFusionParams {
  checkConfig('initSocialFusion', config, socialFusionSettings);
  const { numItems, width, fusion, numLayers } = config;
  const read = fusion === 'concatenation' || fusion === 'attention' ? 2 * width : width;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    ...(fusion === 'gated' && { gate: initLinear(2 * width, width, rng.child('gate')) }),
    ...(fusion === 'attention' && { friends: initLinear(width, width, rng.child('friends')) }),
    layers: Array.from({ length: numLayers }, (_, layer) =>
      initLinear(layer === 0 ? read : width, width, rng.child('layer', layer)),
    ),
    output: initLinear(width, width, rng.child('output')),
  };
}

/**
 * Make one vector of what a user did and what the user's friends did: Y = f_D(W_D [X; S]), layer upon layer.
 *
 * X is the mean of the vectors of the user's items, S of the friends' vectors, each the mean of that friend's items: nothing belongs
 * to a user, so that users and friends who are new are understood. A user without items or friends has zeros there. Articles on user
 * behaviour print the layers as a product in which each reads the same [X; S]; here each layer reads the one below.
 *
 * @param batch `items_BT` in any order, and, unless the fusion is `behavior`, `perUser.friendItems_BFK` (int32): up to K items of up to F
 *   friends, 0 = none
 * @returns `[B, D]`
 * @throws RangeError when the friends' items are not there
 * @source Concatenation through layers: Covington, Adams & Sargin, "Deep Neural Networks for YouTube Recommendations", RecSys 2016,
 *   section 3.2. The gate: Arevalo, Solorio, Montes-y-Gómez & González, "Gated Multimodal Units for Information Fusion", ICLR
 *   workshop 2017, eq. 1 to 5. Attention over friends: see `friendAttention`.
 * @differs The gate mixes X and S as they are, without a layer of their own each.
 */
export function socialVector(
  params: SocialFusionParams,
  { items_BT, perUser }: EncoderBatch,
  config: SocialFusionConfig,
  mode: Mode,
): tf.Tensor2D {
  const { fusion, activation, dropoutRate } = config;
  const friendItems_BFK = perUser?.['friendItems_BFK'] as tf.Tensor3D | undefined;
  if (fusion !== 'behavior' && !friendItems_BFK) {
    throw new RangeError(`socialVector: the fusion '${fusion}' needs perUser.friendItems_BFK`);
  }
  return tf.tidy(() => {
    const own_BD = dropout(meanOfItems<tf.Rank.R2>(params, items_BT), dropoutRate, mode, 0);
    const fused_BI =
      fusion === 'behavior' ? own_BD : withFriends(params, own_BD, friendItems_BFK!, config, mode);
    const f = activation === 'relu' ? relu<tf.Tensor2D> : tf.sigmoid<tf.Tensor2D>;
    const last_BD = params.layers.reduce<tf.Tensor2D>(
      (x, layer, index) => dropout(f(linear<tf.Tensor2D>(layer, x)), dropoutRate, mode, 2 + index),
      fused_BI,
    );
    return linear(params.output, last_BD);
  });
}

/**
 * `socialVector` in the form of the other encoders: the answer at each row's last event, item vectors before it.
 *
 * Blind to the order of the items. A row without items has no place for its answer: ask `socialVector` for that.
 *
 * @returns `hidden_BTD`
 * @source Covington, Adams & Sargin, RecSys 2016, and the others of `socialVector`.
 */
export function socialFusion(
  params: SocialFusionParams,
  batch: EncoderBatch,
  config: SocialFusionConfig,
  mode: Mode,
): Encoded {
  const hidden_BTD = tf.tidy(() => {
    const isLast_BT1: tf.Tensor3D = tf.expandDims(lastEvents(batch.items_BT), 2);
    const item_BTD = embedding(params.itemEmbedding, batch.items_BT) as tf.Tensor3D;
    return answerAtLast(item_BTD, socialVector(params, batch, config, mode), isLast_BT1);
  });
  return { hidden_BTD };
}

/** The mean of the vectors along the last axis of indices; zeros where there are none. */
function meanOfItems<R extends tf.Rank>({ itemEmbedding }: EncoderParams, items: tf.Tensor): tf.Tensor<R> {
  const vectors = embedding(itemEmbedding, items);
  const isReal = tf.cast(tf.notEqual(items, 0), 'float32');
  const axis = items.rank - 1;
  const counts = tf.maximum(tf.sum(isReal, axis, true), 1);
  // Row 0 of the table is zero, but only a mask makes sure of it.
  return tf.div<tf.Tensor<R>>(tf.sum(tf.mul(vectors, tf.expandDims(isReal, -1)), axis), counts);
}

function withFriends(
  params: SocialFusionParams,
  own_BD: tf.Tensor2D,
  friendItems_BFK: tf.Tensor3D,
  { fusion, dropoutRate }: SocialFusionConfig,
  mode: Mode,
): tf.Tensor2D {
  const friends_BFD = dropout(meanOfItems<tf.Rank.R3>(params, friendItems_BFK), dropoutRate, mode, 1);
  const isFriend_BF = tf.cast(tf.any(tf.notEqual(friendItems_BFK, 0), 2), 'float32') as tf.Tensor2D;
  if (fusion === 'attention') {
    const social_BD = friendAttention(params.friends!, own_BD, friends_BFD, isFriend_BF);
    return tf.concat([own_BD, social_BD], 1);
  }
  const sum_BD: tf.Tensor2D = tf.sum(tf.mul(friends_BFD, tf.expandDims(isFriend_BF, 2)), 1);
  const social_BD: tf.Tensor2D = tf.div(sum_BD, tf.maximum(tf.sum(isFriend_BF, 1, true), 1));
  if (fusion === 'social') return social_BD;
  const both: tf.Tensor2D = tf.concat([own_BD, social_BD], 1);
  if (fusion === 'concatenation') return both;
  const gate_BD = tf.sigmoid(linear(params.gate!, both));
  return tf.add<tf.Tensor2D>(social_BD, tf.mul(gate_BD, tf.sub(own_BD, social_BD)));
}
