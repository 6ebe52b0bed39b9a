import type * as tf from '@tensorflow/tfjs';
import { pool, type Pooling } from '../../encoders/pooling';
import type { TensorRecord } from '../../nn/graph/recording';
import type { Mode } from '../../nn/mode';
import { batchOf, encodeBatch } from '../model-side';
import type { SequenceModel } from '../sequence-model';

/**
 * One vector a row of items, as a model pools its states: what objectives of whole users learn by.
 *
 * @param inputs `items_BT` and `isReal_BT`; call it inside a tidy
 * @returns `[B, D]`
 */
export function pooledVectors(
  model: SequenceModel,
  pooling: Pooling,
  inputs: TensorRecord,
  mode: Mode,
): tf.Tensor2D {
  const { hidden_BTD } = encodeBatch(model, batchOf(model, { items_BT: inputs['items_BT']! }), mode);
  return pool(hidden_BTD, inputs['isReal_BT'] as tf.Tensor2D, pooling, model.params.attentionPooling);
}

/**
 * Refuse a model that has to be told more than items, for those who show it items alone.
 *
 * @param by in whose name
 * @param why what would be wrong otherwise
 * @throws RangeError when the model reads channels, profiles or friends
 */
export function expectItemsOnly({ side }: SequenceModel, by: string, why: string): void {
  const { channels = {}, profile = {}, friends } = side?.codes ?? {};
  const [more] = [...Object.keys(channels), ...Object.keys(profile), ...(friends ? ['friends'] : [])];
  if (more === undefined) return;
  throw new RangeError(`${by}, and the model also reads ${more}: ${why}`);
}
