import * as tf from '@tensorflow/tfjs';
import { emptyLstmMemory, rememberEvent, vectorsOf, type LstmMemory } from '../../encoders/lstm-memory';
import { topItems } from '../../nn/rank';
import { itemVectorsOf } from '../model-side';
import { encodeHistories, type SequenceModel } from '../sequence-model';

/** What is recommended to a user just now. */
export interface LiveList {
  /** Best first; fewer than asked for where the user has used almost everything. */
  readonly itemIds: readonly string[];
  readonly scores: Float32Array;
  /** `popularity` for a user of whom no event is known. */
  readonly by: 'model' | 'popularity';
}

/** A model that takes events one by one as they arrive, and recommends at any time. */
export interface LiveRecommender {
  /**
   * Take note of an event.
   *
   * @returns false for an item that the model does not know: the event is left out
   */
  append(userId: string, itemId: string): boolean;
  /**
   * The best items that the user has not used.
   *
   * @throws RangeError when `n` is no whole number from 1
   */
  recommend(userId: string, n: number): LiveList;
  /** Free what is remembered. The model stays. */
  dispose(): void;
}

export interface LiveOptions {
  /** By item index, what somebody unknown is recommended: the largest first, from `countItems`. */
  readonly counts: Float32Array;
  /**
   * What is kept of a user: `state`, the state of a recurrent encoder, so that an event costs one step however long the history;
   * `window`, the latest events, which are all read again when a list is asked for. Default `state` for `lstm`, else `window`.
   */
  readonly keep?: 'state' | 'window';
}

/**
 * Put a model behind events that arrive: each is read once, or the window of the latest is read again.
 *
 * With `state` an LSTM remembers all events since the first; with `window` it knows the latest `model.length`, as in its training. Up to
 * that many events both give the same vectors.
 *
 * @throws RangeError when `state` is asked of another encoder than `lstm`, the model reads more than items, or there is not one count an item
 * @source Hidasi et al., "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016, section 3.1.
 */
export function liveRecommender(
  model: SequenceModel,
  { counts, keep = model.encoder === 'lstm' ? 'state' : 'window' }: LiveOptions,
): LiveRecommender {
  if (keep === 'state' && model.encoder !== 'lstm')
    throw new RangeError(`liveRecommender: ${model.encoder} has no state that one event could be added to`);
  if (model.side) throw new RangeError('liveRecommender: the model reads more than items');
  const numItems = model.vocabulary.itemIds.length;
  if (counts.length !== numItems)
    throw new RangeError(`liveRecommender: ${counts.length} counts for ${numItems} items`);
  const item_VD = tf.tidy(() => tf.clone(itemVectorsOf(model)));
  const users = keep === 'state' ? statesOf(model as SequenceModel<'lstm'>) : windowsOf(model);
  const used = new Map<string, Set<number>>();
  return {
    append: (userId, itemId) => {
      const item = model.vocabulary.indexOf(itemId);
      if (item === 0) return false;
      const own = used.get(userId) ?? new Set<number>();
      used.set(userId, own.add(item));
      users.append(userId, item);
      return true;
    },
    recommend: (userId, n) =>
      tf.tidy(() => {
        const own = used.get(userId);
        const score_1V: tf.Tensor2D = own
          ? tf.matMul(users.vector(userId), item_VD, false, true)
          : tf.tensor2d(counts, [1, numItems]);
        const { items, scores } = topItems(score_1V, n, [Int32Array.from(own ?? [])]);
        return {
          itemIds: Array.from(items[0]!, (item) => model.vocabulary.itemIds[item]!),
          scores: scores[0]!,
          by: own ? ('model' as const) : ('popularity' as const),
        };
      }),
    dispose: () => {
      users.dispose();
      item_VD.dispose();
    },
  };
}

/** What is kept of users, and how a vector comes of it. */
interface KeptUsers {
  append(userId: string, item: number): void;
  /** `[1, D]`, within a tidy. */
  vector(userId: string): tf.Tensor2D;
  dispose(): void;
}

function statesOf({ params }: SequenceModel<'lstm'>): KeptUsers {
  const memories = new Map<string, LstmMemory>();
  const free = (memory: LstmMemory): void => {
    for (const { hidden_BH, cell_BH } of memory) tf.dispose([hidden_BH, cell_BH]);
  };
  return {
    append: (userId, item) => {
      const before = memories.get(userId) ?? emptyLstmMemory(params, 1);
      memories.set(userId, rememberEvent(params, before, Int32Array.of(item)));
      free(before);
    },
    vector: (userId) => tf.clone(vectorsOf(memories.get(userId)!)),
    dispose: () => memories.forEach(free),
  };
}

function windowsOf(model: SequenceModel): KeptUsers {
  const latest = new Map<string, number[]>();
  return {
    append: (userId, item) => {
      latest.set(userId, [...(latest.get(userId) ?? []), item].slice(-model.length));
    },
    vector: (userId) => encodeHistories(model, [Int32Array.from(latest.get(userId)!)]),
    dispose: () => latest.clear(),
  };
}
