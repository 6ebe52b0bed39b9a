import * as tf from '@tensorflow/tfjs';
import { embedding } from '../nn/embedding';
import { emptyLstmState, lstmStep } from '../nn/lstm';
import type { LstmState } from '../nn/native/lstm';
import type { LstmParams } from './lstm';

/** What an LSTM encoder remembers of some users: one state a layer. The last layer's hidden state is the user vector. */
export type LstmMemory = readonly LstmState[];

/** The memory of users who did nothing yet: vectors of zeros. */
export const emptyLstmMemory = ({ layers }: LstmParams, users: number): LstmMemory =>
  layers.map((layer) => emptyLstmState(layer, users));

/**
 * Read one more event of each user, from what is remembered of those before: one step instead of the whole history.
 *
 * The states are those of `lstm` over all events of the user. `lstm` over a window of the latest ones gives others where the history is
 * longer than the window.
 *
 * @param items one item index a user; 0, padding, is an event of which nothing is known, so leave such a user out
 * @returns a new memory; the caller disposes both
 * @source Hidasi et al., "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016, section 3.1 (the state is all that is
 *   kept of a session).
 */
export function rememberEvent(params: LstmParams, memory: LstmMemory, items: Int32Array): LstmMemory {
  return tf.tidy(() => {
    let x_BD = embedding(params.itemEmbedding, tf.tensor1d(items, 'int32')) as tf.Tensor2D;
    return params.layers.map((layer, at) => {
      const state = lstmStep(layer, x_BD, memory[at]!);
      x_BD = state.hidden_BH;
      return state;
    }) as unknown as tf.TensorContainer[];
  }) as unknown as LstmMemory;
}

/** The user vectors, `[B, D]`: part of the memory, not to be disposed apart from it. */
export const vectorsOf = (memory: LstmMemory): tf.Tensor2D => memory.at(-1)!.hidden_BH;
