import * as tf from '@tensorflow/tfjs';
import type { Rng } from 'behavior-lab/base/random';
import { dropout } from 'behavior-lab/nn/dropout';
import { embedding } from 'behavior-lab/nn/embedding';
import { initLayerNorm, layerNorm, type LayerNormParams } from 'behavior-lab/nn/layer-norm';
import {
  addLearnedPositions,
  initLearnedPositions,
  type LearnedPositionParams,
} from 'behavior-lab/nn/learned-positions';
import { linearCrossEntropy } from 'behavior-lab/nn/linear-cross-entropy';
import type { Mode } from 'behavior-lab/nn/mode';
import { takeRows } from 'behavior-lab/nn/take-rows';
import {
  initTransformerBlock,
  sitesPerBlock,
  transformerBlock,
  type TransformerBlockParams,
} from 'behavior-lab/nn/transformer-block';
import { drawTable } from './draw-sequences';

export interface TransformerSettings {
  readonly model: 'sasrec' | 'bert';
  readonly vocabulary: number;
  readonly length: number;
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly activation: 'relu' | 'gelu';
  readonly causal: boolean;
  readonly dropout: number;
}

/** Item vectors, which are the output table too; positions; pre-norm blocks and the norm after them. */
export interface TransformerParams {
  readonly items: tf.Variable;
  readonly positions: LearnedPositionParams;
  readonly blocks: readonly TransformerBlockParams[];
  readonly norm: LayerNormParams;
}

export function initTransformer(settings: TransformerSettings, rng: Rng): TransformerParams {
  const { vocabulary: V, width: D, length: T, feedForward, blocks } = settings;
  return {
    items: tf.variable(tf.tensor2d(drawTable(V, D, 0.02, rng.child('items')), [V, D])),
    positions: initLearnedPositions(T, D, rng.child('positions')),
    blocks: Array.from({ length: blocks }, (_, block) =>
      initTransformerBlock(D, feedForward, rng.child('block', block)),
    ),
    norm: initLayerNorm(D),
  };
}

/** One vector after each event, `[B * T, D]`; rows are padded on the right. */
export function transformerStates(
  params: TransformerParams,
  items_BT: tf.Tensor2D,
  settings: TransformerSettings,
  mode: Mode,
): tf.Tensor2D {
  const { heads, causal, activation, dropout: rate, width } = settings;
  const items_BTD = tf.mul(embedding(params.items as tf.Tensor2D, items_BT), Math.sqrt(width));
  const placed_BTD = addLearnedPositions(params.positions, items_BTD as tf.Tensor3D);
  // Nothing that counts looks at padding on the right when it may only look back.
  const visibility = causal
    ? { causal }
    : { causal, isReal_BT: tf.cast(tf.notEqual(items_BT, 0), 'float32') as tf.Tensor2D };
  const states_BTD = params.blocks.reduce(
    (x_BTD, block, index) =>
      transformerBlock(
        block,
        x_BTD,
        {
          ...visibility,
          norm: 'pre',
          activation,
          numHeads: heads,
          dropoutRate: rate,
          site: 1 + index * sitesPerBlock,
        },
        mode,
      ),
    dropout(placed_BTD, rate, mode, 0),
  );
  return tf.reshape<tf.Rank.R2>(layerNorm(params.norm, states_BTD), [-1, width]);
}

/** Cross-entropy at all positions that have a target; with `masked` in the inputs at those positions alone. */
export function transformerLoss(
  params: TransformerParams,
  inputs: Readonly<Record<string, tf.Tensor>>,
  settings: TransformerSettings,
  mode: Mode,
): tf.Scalar {
  const states_LD = transformerStates(params, inputs['items'] as tf.Tensor2D, settings, mode);
  const masked_L = inputs['masked'] as tf.Tensor1D | undefined;
  const targets_L: tf.Tensor1D = tf.reshape(inputs['targets']!, [-1]);
  return linearCrossEntropy(
    masked_L ? takeRows(states_LD, masked_L) : states_LD,
    params.items as tf.Tensor2D,
    targets_L,
    { weights_L: tf.cast(tf.notEqual(targets_L, 0), 'float32') as tf.Tensor1D },
  );
}

/** The vector after each sequence's last event, `[B, D]`. */
export function transformerLastState(
  params: TransformerParams,
  inputs: Readonly<Record<string, tf.Tensor>>,
  settings: TransformerSettings,
  mode: Mode,
): tf.Tensor2D {
  const items_BT = inputs['items'] as tf.Tensor2D;
  const [B, T] = items_BT.shape;
  const states_LD = transformerStates(params, items_BT, settings, mode);
  const rows_B = tf.add(tf.range(0, B * T, T, 'int32'), tf.sub(inputs['lengths']!, tf.scalar(1, 'int32')));
  return takeRows(states_LD, rows_B as tf.Tensor1D);
}
