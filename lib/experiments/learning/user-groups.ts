import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../base/errors';
import { matrix, type Matrix } from '../../base/matrix';
import type { Rng } from '../../base/random';
import { weight } from '../../base/tree';
import type { Pooling } from '../../encoders/pooling';
import { inference } from '../../nn/mode';
import { trainPart, type SplitSequences } from '../../preprocessing/splits/split-sequences';
import { uploadBatch } from '../../training/batch-tensors';
import type { SequenceModel } from '../sequence-model';
import type { Objective } from './objective';
import { expectItemsOnly, pooledVectors } from './pooled-vectors';
import { userBatches, type UserBatches } from './user-batches';

/** Users in groups around centroids. */
export interface UserGroups {
  /** `[C, D]`. */
  readonly centroids: Matrix;
  /** By user row: the number of the group, -1 for a user without a training event. */
  readonly labels: Int32Array;
}

/** Groups as they stand before the first step of an epoch. */
export interface GroupUpdate extends UserGroups {
  readonly epoch: number;
  /** Of the users, the share that is in another group than at the last update; null for the first, and where groups are found anew. */
  readonly changedShare: number | null;
}

/** An objective that keeps users in groups, and brings them up to date while it trains. */
export interface GroupingObjective<Drawn = unknown> extends Objective<Drawn> {
  /** The groups by the present weights; null before the first update. */
  groups(): UserGroups | null;
}

/** What all objectives with groups are told. */
export interface GroupingOptions {
  /** C: how many groups, from 2. */
  readonly clusters: number;
  /** How the states of a user's events become one vector. */
  readonly pooling: Pooling;
  /** Users in a step. */
  readonly batchSize: number;
  /** Epochs before there are groups, in which the other objectives learn alone. */
  readonly warmupEpochs: number;
  /** Told of the groups whenever they are brought up to date. */
  readonly onGroups?: (update: GroupUpdate) => void;
}

/** The users who are grouped, with their vectors. */
export interface GroupedUsers extends UserBatches {
  /** By place: the row of each user who has training events. */
  readonly users: Int32Array;
  /** By user row: the place, -1 for a user without training events. */
  readonly places: Int32Array;
  /** `[N, D]`: by place, with the model's present weights and without dropout. */
  vectors(): Matrix;
  /** Labels by place as labels by user row. */
  byUser(labels: ArrayLike<number>): Int32Array;
}

/**
 * Find who is to be grouped: all users with training events, each read by the latest ones.
 *
 * @param by in whose name
 * @throws RangeError when a number is out of range, or the model reads channels, profiles or friends
 * @throws InputError when there are fewer users than groups
 */
export function groupedUsers(
  by: string,
  model: SequenceModel,
  split: SplitSequences,
  { clusters, pooling, batchSize, warmupEpochs }: GroupingOptions,
  rng: Rng,
): GroupedUsers {
  expectItemsOnly(model, `${by}: a user is read by items`, 'take a model of items alone');
  if (!(Number.isInteger(clusters) && clusters >= 2)) {
    throw new RangeError(`${by}: clusters must be a whole number from 2, got ${clusters}`);
  }
  if (!(Number.isInteger(warmupEpochs) && warmupEpochs >= 0)) {
    throw new RangeError(`${by}: warmupEpochs must be a whole number from 0, got ${warmupEpochs}`);
  }
  const rows = split.sequences.userIds.map((_, user) => user);
  const users = Int32Array.from(rows.filter((user) => trainPart(split, user).length > 0));
  if (users.length < clusters) {
    throw new InputError(
      `${by}: ${users.length} users with training events cannot be ${clusters} clusters.`,
      `Ask for at most ${users.length}.`,
    );
  }
  const places = new Int32Array(rows.length).fill(-1);
  for (const [place, user] of users.entries()) places[user] = place;
  const histories = Array.from(users, (user) => trainPart(split, user));
  const batches = userBatches(histories, { length: model.length, batchSize }, rng);
  const D = model.config.width;
  return {
    ...batches,
    users,
    places,
    vectors: () => {
      const values = new Float32Array(users.length * D);
      const all = Int32Array.from(users.keys());
      for (let start = 0; start < all.length; start += batches.rows) {
        const drawn = { users: all.subarray(start, start + batches.rows) };
        // As the loss reads them, and not `userVectors`: 'last' is then the latest event's state for every encoder.
        const tensors = uploadBatch(batches.inputs(drawn));
        const user_BD = tf.tidy(() => pooledVectors(model, pooling, tensors, inference));
        values.set(user_BD.dataSync<'float32'>().subarray(0, drawn.users.length * D), start * D);
        tf.dispose([user_BD, Object.values(tensors)]);
      }
      return matrix(users.length, D, values);
    },
    byUser: (labels) => places.map((place) => (place < 0 ? -1 : labels[place]!)),
  };
}

/** Numbers that a checkpoint keeps, and no step changes. */
export interface KeptNumbers {
  readonly leaf: tf.Variable;
  read(): Float32Array;
  write(values: Float32Array): void;
}

/**
 * Keep numbers that only the beginning of an epoch changes among the weights, so that an interrupted training goes on with them.
 *
 * @param trainable true where steps change them too
 */
export function keptNumbers(shape: [number] | [number, number], trainable = false): KeptNumbers {
  const leaf = weight(new Float32Array(tf.util.sizeFromShape(shape)), shape, trainable);
  // A variable that is assigned holds another piece of data: also after a checkpoint was loaded.
  let known: { readonly dataId: object; readonly values: Float32Array } | undefined;
  return {
    leaf,
    read: () => {
      if (known?.dataId !== leaf.dataId)
        known = { dataId: leaf.dataId, values: leaf.dataSync<'float32'>().slice() };
      return known.values;
    },
    write: (values) => tf.tidy(() => leaf.assign(tf.tensor(values, shape))),
  };
}

/** Some rows of a table, in order, filled up with rows of zeros. */
export function takeOrZeros(
  table: Float32Array,
  columns: number,
  rows: Iterable<number>,
  count: number,
): Float32Array {
  const taken = new Float32Array(count * columns);
  let at = 0;
  for (const row of rows) taken.set(table.subarray(row * columns, (row + 1) * columns), columns * at++);
  return taken;
}
