import type * as tf from '@tensorflow/tfjs';
import type { TensorRecord } from '../../nn/graph/recording';
import { nextChannelLoss, prepareNextChannel } from '../../objectives/next-channel';
import type { NextItemTargets } from '../../objectives/next-item';
import type { SideColumns } from '../../preprocessing/side/side-columns';
import type { TrainingBatch } from '../../preprocessing/windows';
import type { BatchTensor, BatchTensors } from '../../training/batch-tensors';
import type { SequenceModel } from '../sequence-model';

/** The heads of the model with what each counts. @throws RangeError when there is a head without a weight, or a weight without a head */
export function headsOf(
  { side }: Pick<SequenceModel, 'side'>,
  nextChannels: Readonly<Record<string, number>> = {},
): [string, number][] {
  const heads = side?.heads ?? [];
  for (const [channel, weight] of Object.entries(nextChannels)) {
    if (!heads.includes(channel))
      throw new RangeError(`nextItems: the model has no head that names the next ${channel}`);
    if (!(weight > 0)) {
      throw new RangeError(`nextItems: the weight of the next ${channel} must be above 0, got ${weight}`);
    }
  }
  return heads.map((channel) => {
    const weight = nextChannels[channel];
    if (weight !== undefined) return [channel, weight];
    throw new RangeError(`nextItems: the model names the next ${channel}, and nothing says what that counts`);
  });
}

/** Of each input of a batch, the codes of the event after it. */
export function nextCodesOf(
  { numSequences, length, firstEvents, lengths }: TrainingBatch,
  { channels }: SideColumns,
  names: readonly string[],
): Record<string, Int32Array> {
  return Object.fromEntries(
    names.map((name) => {
      const next = new Int32Array(numSequences * length);
      for (let row = 0; row < numSequences; row++) {
        const first = firstEvents[row]! + 1;
        next.set(channels[name]!.subarray(first, first + lengths[row]!), row * length);
      }
      return [name, next];
    }),
  );
}

/** The codes that are asked for, as tensors beside those of the items: `next.CHANNEL.classes_L`, `next.CHANNEL.weights_L`. */
export function nextChannelInputs(
  nextCodes: Readonly<Record<string, Int32Array>>,
  asked: NextItemTargets,
): BatchTensors {
  const inputs: Record<string, BatchTensor> = {};
  for (const [channel, next] of Object.entries(nextCodes)) {
    const { classes, weights } = prepareNextChannel(next, asked);
    inputs[`next.${channel}.classes_L`] = { values: classes, shape: [classes.length] };
    inputs[`next.${channel}.weights_L`] = { values: weights, shape: [weights.length] };
  }
  return inputs;
}

/** How surprised the model is by a channel of the next events: see `nextChannelInputs`. */
export function lossOfChannel(
  { params }: Pick<SequenceModel, 'params'>,
  channel: string,
  hidden_BTD: tf.Tensor3D,
  inputs: TensorRecord,
): tf.Scalar {
  const [positions_L, classes_L, weights_L] = [
    'positions_L',
    `next.${channel}.classes_L`,
    `next.${channel}.weights_L`,
  ].map((name) => inputs[name] as tf.Tensor1D) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  return nextChannelLoss(params.heads![channel]!, hidden_BTD, positions_L, classes_L, weights_L);
}
