import type * as tf from '@tensorflow/tfjs';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import type { Mode } from '../nn/mode';
import type { EncoderParams } from './encoder';

/** Item vectors and recurrent layers, one above the other. */
export interface RecurrentParams<Layer> extends EncoderParams {
  readonly layers: readonly Layer[];
}

/**
 * Read items by recurrent layers: dropout follows the embedding and each layer.
 *
 * @param readLayer gives the states of one layer, `[B, T, D]`
 * @returns the states of the last layer, `[B, T, D]`
 */
export function recurrentStack<Layer>(
  { itemEmbedding, layers }: RecurrentParams<Layer>,
  items_BT: tf.Tensor2D,
  readLayer: (layer: Layer, x_BTD: tf.Tensor3D) => tf.Tensor3D,
  dropoutRate: number,
  mode: Mode,
): tf.Tensor3D {
  return layers.reduce(
    (x_BTD, layer, index) => dropout(readLayer(layer, x_BTD), dropoutRate, mode, index + 1),
    dropout(embedding(itemEmbedding, items_BT) as tf.Tensor3D, dropoutRate, mode, 0),
  );
}
