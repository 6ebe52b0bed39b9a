import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { constant } from '../nn/constant';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import { initLayerNorm, layerNorm, type LayerNormParams } from '../nn/layer-norm';
import {
  addLearnedPositions,
  initLearnedPositions,
  type LearnedPositionParams,
} from '../nn/learned-positions';
import type { Mode } from '../nn/mode';
import {
  initTransformerDecoderBlock,
  sitesPerDecoderBlock,
  transformerDecoderBlock,
  type TransformerDecoderBlockParams,
} from '../nn/transformer-decoder-block';
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

/** What an encoder-decoder transformer is made of. `numBlocks` is that of each half. */
export interface EncoderDecoderConfig extends TransformerConfig {
  /**
   * Stretches that a sequence of `maxLength` is read in: 2 are the earlier and the later half. In each, the decoder reads event after
   * event; of all before, it knows what the encoder wrote. 2 to `maxLength`.
   */
  readonly numSegments: number;
}

/** Usual settings: those of SASRec, with half its blocks on either side; two segments. Not tuned. */
export const encoderDecoderDefaults = Object.freeze({
  width: 64,
  numBlocks: 1,
  numHeads: 2,
  feedForwardWidth: 256,
  activation: 'gelu',
  norm: 'pre',
  numSegments: 2,
  dropoutRate: 0.3,
  attentionDropoutRate: 0.3,
});

/** What each setting of an encoder-decoder transformer may be. */
export const encoderDecoderSettings: SettingsOf<EncoderDecoderConfig> = {
  ...transformerSettings,
  numSegments: {
    option: 'segments',
    kind: 'whole number',
    from: 2,
    meaning: 'stretches that a sequence is decoded in, each knowing those before by the encoder',
  },
};

/** Weights of an encoder-decoder transformer. */
export interface EncoderDecoderParams extends EncoderParams {
  readonly positions: LearnedPositionParams; // [T, D], of both halves
  readonly encoder: TransformerStackParams;
  readonly begin: tf.Variable<tf.Rank.R2>; // [1, D]: what the decoder looks at where nothing is encoded
  readonly decoder: {
    readonly blocks: readonly TransformerDecoderBlockParams[];
    /** 'pre': after the last block. 'post': before the first. */
    readonly norm: LayerNormParams;
  };
}

/**
 * Draw the weights of an encoder-decoder transformer.
 *
 * @throws RangeError when a setting is out of range, the heads do not divide the width, or there are more segments than places
 */
export function initEncoderDecoder(config: EncoderDecoderConfig, rng: Rng): EncoderDecoderParams {
  checkConfig('initEncoderDecoder', config, encoderDecoderSettings, ['numItems', 'maxLength']);
  const { numItems, maxLength, width, numBlocks, feedForwardWidth, numSegments } = config;
  if (numSegments > maxLength) {
    throw new RangeError(
      `initEncoderDecoder: numSegments must be at most maxLength ${maxLength}, got ${numSegments}`,
    );
  }
  const draw = rng.child('begin');
  const begin = Float32Array.from({ length: width }, () => draw.normal() / Math.sqrt(width));
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    positions: initLearnedPositions(maxLength, width, rng.child('positions')),
    encoder: initTransformerStack('initEncoderDecoder', config, rng.child('encoder')),
    begin: weight<tf.Rank.R2>(begin, [1, width]),
    decoder: {
      blocks: Array.from({ length: numBlocks }, (_, block) =>
        initTransformerDecoderBlock(width, feedForwardWidth, rng.child('decoder', block)),
      ),
      norm: initLayerNorm(width),
    },
  };
}

/** Places of a segment. */
export const segmentLength = ({
  maxLength,
  numSegments,
}: Pick<EncoderDecoderConfig, 'maxLength' | 'numSegments'>): number => Math.ceil(maxLength / numSegments);

/**
 * Encode a sequence of items by two transformers: an encoder reads the earlier segments in both directions, a decoder the segment at
 * hand event after event, looking at what the encoder wrote.
 *
 * Causal at every event, so that each one is a target. The decoder's self-attention sees its own segment up to its own event; its
 * cross-attention sees the segments before, which lie wholly in the past. The encoder sees its segment in both directions and
 * those before it, never one after it. In the first segment nothing is encoded yet: there the decoder looks at one learned vector
 * and is an ordinary causal transformer. Where segments begin depends on `maxLength` alone, so padding on the right changes nothing.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @throws RangeError when the sequences are longer than `maxLength`
 * @source Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.
 * @differs One sequence instead of two: the earlier part stands for the source, the later one for the target, and every part is a target
 *   in turn; with more than two segments the encoder reads those before once for all. Learned positions that both halves share,
 *   pre-norm and GELU by default; item vectors are not multiplied by sqrt(D), since they start as long as those of places.
 */
export function encoderDecoder(
  params: EncoderDecoderParams,
  batch: EncoderBatch,
  config: EncoderDecoderConfig,
  mode: Mode,
): Encoded {
  const [B, T] = batch.items_BT.shape;
  const { maxLength, width: D, numHeads, activation, norm, dropoutRate, attentionDropoutRate } = config;
  if (T > maxLength) {
    throw new RangeError(`encoderDecoder: at most ${maxLength} events can be read, got ${T}`);
  }
  const segment = segmentLength(config);
  const hidden_BTD = tf.tidy(() => {
    const placed_BTD = addLearnedPositions(
      params.positions,
      embedding(params.itemEmbedding, batch.items_BT) as tf.Tensor3D,
    );
    // No event looks at padding: of its own segment the decoder sees what is before, and segments before it have none.
    const encoded_BTD = transformerStack(
      params.encoder,
      placed_BTD,
      config,
      { causal: false, segment },
      mode,
    );
    const begin_B1D = tf.add<tf.Tensor3D>(
      constant(() => tf.zeros([B, 1, D])),
      params.begin,
    );
    const memory_BMD: tf.Tensor3D = tf.concat([begin_B1D, encoded_BTD], 1);
    const mask_TM = constant(() => segmentsBefore(T, segment));
    const { blocks, norm: ownNorm } = params.decoder;
    const settings = { numHeads, activation, norm, dropoutRate, attentionDropoutRate };
    const first_BTD = norm === 'post' ? layerNorm(ownNorm, placed_BTD) : placed_BTD;
    const last_BTD = blocks.reduce(
      (seen_BTD, block, index) => {
        const site = decoderSite + 1 + index * sitesPerDecoderBlock;
        const looks = { causal: true, segment, mask_TM, site };
        return transformerDecoderBlock(block, seen_BTD, memory_BMD, { ...settings, ...looks }, mode);
      },
      dropout(first_BTD, dropoutRate, mode, decoderSite),
    );
    return norm === 'pre' ? layerNorm(ownNorm, last_BTD) : last_BTD;
  });
  return { hidden_BTD };
}

/** Numbers of dropout from here on are the decoder's: above those of any encoder, below those of a second head. */
const decoderSite = 32_768;

/** `[T, 1 + T]`: which of the beginning and the encoded events may be looked at from each place, as numbers to add to scores. */
function segmentsBefore(T: number, segment: number): tf.Tensor2D {
  const segmentOf = (place: number): number => Math.floor(place / segment);
  const mask = new Float32Array(T * (1 + T));
  for (let place = 0; place < T; place++) {
    for (let seen = 0; seen < T; seen++) {
      if (segmentOf(seen) >= segmentOf(place)) mask[place * (1 + T) + 1 + seen] = -1e9;
    }
  }
  return tf.tensor2d(mask, [T, 1 + T]);
}
