import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../../base/random';
import type { Pooling } from '../../encoders/pooling';
import { infoNce } from '../../objectives/info-nce';
import { initReconstruction, prepareReconstruction, reconstruction } from '../../objectives/reconstruction';
import { drawViews, type ViewKind } from '../../objectives/user-views';
import { padBatch } from '../../preprocessing/padded-batch';
import { trainPart, type SplitSequences } from '../../preprocessing/splits/split-sequences';
import type { BatchTensors } from '../../training/batch-tensors';
import { encoderOf } from '../encoder-catalogue';
import type { SequenceModel } from '../sequence-model';
import type { Objective } from './objective';
import { expectItemsOnly, pooledVectors } from './pooled-vectors';

/** What is learned from two views of each user. */
export interface UserViewOptions {
  readonly views: ViewKind;
  /** How the states of a view become one vector. */
  readonly pooling: Pooling;
  /** Users in a step. */
  readonly batchSize: number;
  /** Events of a view at most; default as many as the model reads. */
  readonly viewLength?: number;
}

/** Two views of some users: first views, then second ones. */
export interface DrawnViews {
  /** Their rows. */
  readonly users: Int32Array;
  readonly views: readonly [first: Int32Array, second: Int32Array][];
}

/**
 * Two views of one user are to be more alike than views of different users.
 *
 * @throws RangeError when fewer than two users have two training events: there is nobody to tell apart
 */
export function contrastive(
  model: SequenceModel,
  split: SplitSequences,
  { temperature, ...options }: UserViewOptions & { readonly temperature: number },
  rng: Rng,
): Objective<DrawnViews> {
  const { pairs, rows, batches, weight } = viewsOf(model, split, options, rng.child('contrastive'));
  return {
    name: 'contrastive',
    batches,
    weight,
    inputs: (drawn) => ({ ...pairs(drawn), weights_N: weightsOf(drawn, rows) }),
    loss: (inputs, mode) =>
      tf.tidy(() => {
        const user_MD = pooledVectors(model, options.pooling, inputs, mode);
        const first_ND: tf.Tensor2D = tf.slice(user_MD, [0, 0], [rows, -1]);
        const second_ND: tf.Tensor2D = tf.slice(user_MD, [rows, 0], [rows, -1]);
        return infoNce(first_ND, second_ND, { temperature, weights_N: inputs['weights_N'] as tf.Tensor1D });
      }),
  };
}

/**
 * The vector of each view is to name the items of the other one.
 *
 * @throws RangeError when fewer than two users have two training events
 */
export function reconstructing(
  model: SequenceModel,
  split: SplitSequences,
  options: UserViewOptions,
  rng: Rng,
): Objective<DrawnViews> {
  const own = rng.child('reconstruction');
  const { pairs, rows, length, maskIndex, batches, weight } = viewsOf(model, split, options, own);
  const heads = initReconstruction(model.config.numItems, model.config.width, own.child('init'));
  return {
    name: 'reconstruction',
    batches,
    weight,
    heads,
    inputs: (drawn) => {
      // What a view hides is no item that could be named.
      const wanted = [...side(drawn, 1, rows), ...side(drawn, 0, rows)].map((items) =>
        items.filter((item) => item !== maskIndex),
      );
      const listLength = 2 * rows * length;
      const asked = prepareReconstruction(wanted, listLength);
      return {
        ...pairs(drawn),
        rows_L: { values: asked.rows, shape: [listLength] },
        items_L: { values: asked.items, shape: [listLength] },
        shares_L: { values: asked.shares, shape: [listLength] },
      };
    },
    loss: (inputs, mode) =>
      tf.tidy(() => {
        const user_MD = pooledVectors(model, options.pooling, inputs, mode);
        return reconstruction(heads, user_MD, {
          rows_L: inputs['rows_L'] as tf.Tensor1D,
          items_L: inputs['items_L'] as tf.Tensor1D,
          shares_L: inputs['shares_L'] as tf.Tensor1D,
        });
      }),
  };
}

/** How views of users become the batches of a training. */
export interface ViewBatches {
  /** N: users of a batch; the last one is filled up. */
  readonly rows: number;
  /** T: events of a view at most. */
  readonly length: number;
  /** What stands for a masked item, 0 where the encoder has nothing for it. */
  readonly maskIndex: number;
  readonly batches: Objective<DrawnViews>['batches'];
  readonly weight: Objective<DrawnViews>['weight'];
  /** `items_BT` and `isReal_BT` of the first views, then the second ones: 2N rows. */
  readonly pairs: (drawn: DrawnViews) => BatchTensors;
}

/**
 * What objectives of two views have in common: how views are drawn and fed, each user with two training events once an epoch.
 *
 * @throws RangeError when fewer than two users have two training events, or the model reads channels, profiles or friends
 */
export function viewsOf(
  model: SequenceModel,
  split: SplitSequences,
  options: UserViewOptions,
  rng: Rng,
): ViewBatches {
  const { views: kind, batchSize, viewLength = model.length } = options;
  expectItemsOnly(
    model,
    `${kind}: a view shows items`,
    'of a profile, two views of a user are alike at once',
  );
  const users = Int32Array.from(split.sequences.userIds.keys()).filter(
    (user) => trainPart(split, user).length > 1,
  );
  if (users.length < 2) throw new RangeError(`${kind}: two users with two training events are needed`);
  const longest = users.reduce((most, user) => Math.max(most, trainPart(split, user).length), 0);
  const length = Math.min(viewLength, model.length, kind === 'halves' ? Math.floor(longest / 2) : longest);
  const maskIndex = encoderOf(model.encoder).maskIndex?.(model.config) ?? 0;
  const rows = Math.min(batchSize, users.length);
  return {
    rows,
    length,
    maskIndex,
    batches: (epoch: number, round = 0): DrawnViews[] => {
      const ofRound = rng.child('epoch', epoch, 'round', round);
      const order = ofRound.child('order').shuffle(users.slice());
      const draw = ofRound.child('views');
      return Array.from({ length: Math.ceil(order.length / rows) }, (_, batch) => {
        const drawn = order.slice(batch * rows, (batch + 1) * rows);
        return {
          users: drawn,
          views: Array.from(drawn, (user) => [
            ...drawViews(trainPart(split, user), { kind, length, maskIndex }, draw),
          ]),
        };
      });
    },
    weight: ({ views }: DrawnViews): number => views.length,
    pairs: (drawn: DrawnViews): BatchTensors => {
      const { items, isReal } = padBatch([...side(drawn, 0, rows), ...side(drawn, 1, rows)], length);
      const shape = [2 * rows, length];
      return { items_BT: { values: items, shape }, isReal_BT: { values: isReal, shape } };
    },
  };
}

/** First or second views, filled up with empty ones. */
const side = ({ views }: DrawnViews, which: 0 | 1, rows: number): Int32Array[] =>
  Array.from({ length: rows }, (_, row) => views[row]?.[which] ?? new Int32Array(0));

const weightsOf = ({ views }: DrawnViews, rows: number) => ({
  values: new Float32Array(rows).fill(1, 0, views.length),
  shape: [rows],
});
