import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { embedding } from '../nn/embedding';
import type { EncoderConfig, EncoderParams } from './encoder';

/** Weights of every encoder that reads hidden items. */
export interface MaskParams extends EncoderParams {
  readonly mask: tf.Variable<tf.Rank.R2>; // [1, D]: what stands where an item is hidden
}

/** The index that stands for a hidden item: the one after the last item. */
export const maskIndexOf = ({ numItems }: Pick<EncoderConfig, 'numItems'>): number => numItems;

/** Draw the vector of a hidden item like those of the items: normal with a standard deviation of 1/sqrt(D). */
export function initMaskToken(width: number, rng: Rng): tf.Variable<tf.Rank.R2> {
  const draw = rng.child('mask');
  const mask = Float32Array.from({ length: width }, () => draw.normal() / Math.sqrt(width));
  return weight<tf.Rank.R2>(mask, [1, width]);
}

/**
 * The vectors of a batch of items, some of which are hidden.
 *
 * @param items_BT items from 1, `maskIndexOf(config)` where one is hidden, 0 for padding
 * @returns `[B, T, D]`
 * @source Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL 2019, section 3.1
 *   (the token [MASK]).
 * @differs A hidden place is always the mask, never another item or the item itself.
 */
export function embedWithMask({ itemEmbedding, mask }: MaskParams, items_BT: tf.Tensor2D): tf.Tensor3D {
  return tf.tidy(() => {
    const table: tf.Tensor2D = tf.concat([itemEmbedding, mask], 0);
    return embedding(table, items_BT) as tf.Tensor3D;
  });
}
