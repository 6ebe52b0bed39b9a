import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import { initLstmLayer, lstmLayer, type LstmLayerParams } from '../nn/lstm';
import type { Mode } from '../nn/mode';

/** What an LSTM encoder is made of. Plain data; written to `config.json` beside the weights. */
export interface LstmConfig {
  /** V: items plus one, because index 0 is padding. */
  readonly numItems: number;
  /** D: numbers in an item's vector and in the state. 1 or more; 128 in the project's table. */
  readonly width: number;
  /** LSTM layers, one above the other. 1 or more. */
  readonly numLayers: number;
  /** Share of numbers silenced while training, after the embedding and after each layer. 0 to below 1. */
  readonly dropoutRate: number;
}

/** The settings behind the project's MovieLens-100K table. */
export const lstmDefaults = Object.freeze({ width: 128, numLayers: 1, dropoutRate: 0.3 });

/** Weights of an LSTM encoder. D = `width`, V = `numItems`. */
export interface LstmParams {
  readonly itemEmbedding: tf.Variable<tf.Rank.R2>; // [V, D], row 0 zero; also the output table (tied)
  readonly layers: readonly LstmLayerParams[]; // kernel [2D, 4D], bias [4D]
}

/** A batch as an encoder reads it: left-aligned, padded with 0 on the right. */
export interface EncoderBatch {
  readonly items_BT: tf.Tensor2D; // int32
}

/**
 * Draw the weights of an LSTM encoder. Item vectors are normal with a standard deviation of 1/sqrt(D), so that a
 * dot product of two of them starts near 0 and below 1 in size.
 *
 * @throws RangeError when a setting is out of range
 */
export function initLstm(config: LstmConfig, rng: Rng): LstmParams {
  const { numItems, width, numLayers } = config;
  for (const [name, value] of Object.entries({ numItems, width, numLayers })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`initLstm: ${name} must be a whole number from 1, got ${value}`);
    }
  }
  if (!(config.dropoutRate >= 0 && config.dropoutRate < 1)) {
    throw new RangeError(`initLstm: dropoutRate must be from 0 to below 1, got ${config.dropoutRate}`);
  }
  const draw = rng.child('item-embedding');
  const table = Float32Array.from({ length: numItems * width }, (_, place) =>
    place < width ? 0 : draw.normal() / Math.sqrt(width),
  );
  return {
    itemEmbedding: weight<tf.Rank.R2>(table, [numItems, width]),
    layers: Array.from({ length: numLayers }, (_, layer) =>
      initLstmLayer(width, width, rng.child('layer', layer)),
    ),
  };
}

/**
 * Encode a sequence of items by a recurrent network: after each event, a vector of what the user wants next.
 *
 * Causal: the vector after event t depends on events 0..t. Padding on the right changes nothing before it.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @source Hidasi et al., "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016, section 3.1
 *   (the recurrent encoder); the cell: see `nn/native/lstm`.
 * @differs LSTM instead of GRU; embedding layer; output tied to the item vectors, so width and state are equal.
 */
export function lstm(
  params: LstmParams,
  batch: EncoderBatch,
  config: LstmConfig,
  mode: Mode,
): { hidden_BTD: tf.Tensor3D } {
  const hidden_BTD = tf.tidy(() => {
    const embedded = embedding(params.itemEmbedding, batch.items_BT) as tf.Tensor3D;
    return params.layers.reduce(
      (x_BTD, layer, index) => dropout(lstmLayer(layer, x_BTD), config.dropoutRate, mode, index + 1),
      dropout(embedded, config.dropoutRate, mode, 0),
    );
  });
  return { hidden_BTD };
}
