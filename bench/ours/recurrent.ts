import * as tf from '@tensorflow/tfjs';
import type { Rng } from 'behavior-lab/base/random';
import { dropout } from 'behavior-lab/nn/dropout';
import { embedding } from 'behavior-lab/nn/embedding';
import { gruLastState, initGruLayer, type GruLayerParams } from 'behavior-lab/nn/gru';
import { linearCrossEntropy } from 'behavior-lab/nn/linear-cross-entropy';
import { initLstmLayer, lstmLastState, type LstmLayerParams } from 'behavior-lab/nn/lstm';
import type { Mode } from 'behavior-lab/nn/mode';
import { drawTable } from './draw-sequences';

export interface RecurrentSettings {
  readonly model: 'lstm' | 'gru';
  readonly vocabulary: number;
  readonly width: number;
  readonly dropout: number;
}

/** Embedding, one layer, an output table of its own. */
export interface RecurrentParams {
  readonly items: tf.Variable;
  readonly layer: LstmLayerParams | GruLayerParams;
  readonly output: tf.Variable;
}

export function initRecurrent(
  { model, vocabulary: V, width: D }: RecurrentSettings,
  rng: Rng,
): RecurrentParams {
  const init = model === 'lstm' ? initLstmLayer : initGruLayer;
  return {
    items: tf.variable(tf.tensor2d(drawTable(V, D, 1 / Math.sqrt(D), rng.child('items')), [V, D])),
    layer: init(D, D, rng.child('layer')),
    output: tf.variable(tf.tensor2d(drawTable(V, D, 1 / Math.sqrt(D), rng.child('output')), [V, D])),
  };
}

/** The state after the last position of rows that are padded on the left. */
export function recurrentState(
  params: RecurrentParams,
  items_BT: tf.Tensor2D,
  settings: RecurrentSettings,
  mode: Mode,
): tf.Tensor2D {
  const x_BTD = dropout(
    embedding(params.items as tf.Tensor2D, items_BT),
    settings.dropout,
    mode,
    1,
  ) as tf.Tensor3D;
  const last_BD =
    'kernel' in params.layer ? lstmLastState(params.layer, x_BTD) : gruLastState(params.layer, x_BTD);
  return dropout(last_BD, settings.dropout, mode, 2);
}

/** How surprised the model is by the item after the last. */
export function recurrentLoss(
  params: RecurrentParams,
  inputs: Readonly<Record<string, tf.Tensor>>,
  settings: RecurrentSettings,
  mode: Mode,
): tf.Scalar {
  const state_BD = recurrentState(params, inputs['items'] as tf.Tensor2D, settings, mode);
  return linearCrossEntropy(state_BD, params.output as tf.Tensor2D, inputs['targets'] as tf.Tensor1D);
}
