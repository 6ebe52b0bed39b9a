import * as tf from '@tensorflow/tfjs';
import { matrix, type Matrix } from '../base/matrix';
import { nextChannelProbabilities } from '../objectives/next-channel';
import { meaningOfCode, sizeOfCodes, unknownCode } from '../preprocessing/side/codes';
import type { RankQuestion } from '../recommendation/rank-with-scorer';
import { encodeHistories, type SequenceModel } from './sequence-model';

/** How likely each value of a channel is for the next event of each history. */
export interface NextChannel {
  /** What each column means: `click`, or for gaps in ms `up to 8000`. */
  readonly values: readonly string[];
  /** One row a history, each sums to 1. */
  readonly probabilities: Matrix;
}

/**
 * Ask a model what the next event of some histories will be like: what will be done, how soon, in which category.
 *
 * @throws RangeError when the model has no head for that channel
 */
export function nextChannelOf(
  model: SequenceModel,
  channel: string,
  { histories, contexts }: Pick<RankQuestion, 'histories' | 'contexts'>,
): NextChannel {
  const head = model.params.heads?.[channel];
  if (!head) throw new RangeError(`nextChannelOf: the model does not name the next ${channel}`);
  const codes = model.side!.codes.channels[channel]!;
  const first = unknownCode + 1;
  const values = Array.from({ length: sizeOfCodes(codes) - first }, (_, place) =>
    meaningOfCode(codes, first + place),
  );
  const all = new Float32Array(histories.length * values.length);
  const batchSize = 256;
  for (let start = 0; start < histories.length; start += batchSize) {
    const end = start + batchSize;
    const part = tf.tidy(() =>
      nextChannelProbabilities(
        head,
        encodeHistories(model, histories.slice(start, end), 'last', contexts?.slice(start, end)),
      ).dataSync<'float32'>(),
    );
    all.set(part, start * values.length);
  }
  return { values, probabilities: matrix(histories.length, values.length, all) };
}
