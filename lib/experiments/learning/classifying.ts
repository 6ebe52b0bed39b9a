import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../../base/random';
import type { Pooling } from '../../encoders/pooling';
import { classification, initClassification, type LabelLoss } from '../../objectives/classification';
import { trainPart, type SplitSequences } from '../../preprocessing/splits/split-sequences';
import type { BatchTensors } from '../../training/batch-tensors';
import type { SequenceModel } from '../sequence-model';
import type { UserLabels } from '../user-labels';
import type { Objective } from './objective';
import { expectItemsOnly, pooledVectors } from './pooled-vectors';
import { userBatches, type DrawnUsers } from './user-batches';

/** Some users to learn from, and the class of each. */
export interface LabelledUsers {
  /** Item indices, oldest first. */
  readonly histories: readonly Int32Array[];
  /** The class of each, from 0. */
  readonly labels: ArrayLike<number>;
}

/** How labelled users become the batches of a training. */
export type LabelBatches = Pick<Objective<DrawnUsers>, 'batches' | 'inputs' | 'weight'>;

/**
 * The batches of labelled users: each user once an epoch, with the latest events that a model reads.
 *
 * Inputs are `items_BT`, `isReal_BT`, `labels_N` and `weights_N`; the last batch is filled up with rows that count nothing.
 *
 * @throws RangeError when there is no user
 */
export function labelBatches(
  { histories, labels }: LabelledUsers,
  { length, batchSize }: { readonly length: number; readonly batchSize: number },
  rng: Rng,
): LabelBatches {
  if (histories.length === 0) throw new RangeError('labelBatches: no user has a label');
  const { rows, batches, inputs, weight } = userBatches(histories, { length, batchSize }, rng);
  return {
    batches,
    weight,
    inputs: (drawn): BatchTensors => ({
      ...inputs(drawn),
      labels_N: {
        values: Int32Array.from({ length: rows }, (_, row) =>
          row < drawn.users.length ? labels[drawn.users[row]!]! : 0,
        ),
        shape: [rows],
      },
    }),
  };
}

/** How a label is learned beside other aims. */
export interface ClassifyingOptions {
  readonly loss: LabelLoss;
  /** How the states of a user's events become one vector. */
  readonly pooling: Pooling;
  /** Users in a step. */
  readonly batchSize: number;
}

/**
 * The class of each labelled user, from the training events, by a linear layer over the pooled states.
 *
 * All labels that are given are learned: keep those back that something is to be measured on.
 *
 * @throws RangeError when no user with training events has a label, or the model reads channels, profiles or friends
 */
export function classifying(
  model: SequenceModel,
  split: SplitSequences,
  { classes, ofUsers, name }: UserLabels,
  { loss, pooling, batchSize }: ClassifyingOptions,
  rng: Rng,
): Objective<DrawnUsers> {
  expectItemsOnly(model, 'classification: a user is read by items', 'take a model of items alone');
  const own = rng.child('classification');
  const users = Array.from(split.sequences.userIds.keys()).filter(
    (user) => ofUsers[user]! >= 0 && trainPart(split, user).length > 0,
  );
  const labelled = {
    histories: users.map((user) => trainPart(split, user)),
    labels: users.map((user) => ofUsers[user]!),
  };
  const head = initClassification(model.config.width, classes.length, own.child('init'));
  return {
    ...labelBatches(labelled, { length: model.length, batchSize }, own),
    name: `classification of ${name}`,
    heads: head,
    loss: (inputs, mode) =>
      tf.tidy(() =>
        classification(head, pooledVectors(model, pooling, inputs, mode), {
          labels_N: inputs['labels_N'] as tf.Tensor1D,
          weights_N: inputs['weights_N'] as tf.Tensor1D,
          loss,
        }),
      ),
  };
}
