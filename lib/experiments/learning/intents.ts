import * as tf from '@tensorflow/tfjs';
import { matrix } from '../../base/matrix';
import type { Rng } from '../../base/random';
import { kmeans, type KMeansResult } from '../../clustering/kmeans';
import { intentContrast, type SameIntent } from '../../objectives/intent-contrast';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import type { SequenceModel } from '../sequence-model';
import { pooledVectors } from './pooled-vectors';
import {
  groupedUsers,
  keptNumbers,
  takeOrZeros,
  type GroupingObjective,
  type GroupingOptions,
} from './user-groups';
import { viewsOf, type DrawnViews, type UserViewOptions } from './user-views';

/** How views are pulled to the intents of their users. */
export interface IntentOptions extends GroupingOptions, UserViewOptions {
  readonly temperature: number;
  readonly sameIntent: SameIntent;
}

/** Draws of k-means++ in an epoch, and moves of the centroids at most: those of the published code. */
const [restarts, maxIterations] = [5, 20];

/**
 * Intent contrastive learning: before every epoch k-means groups the users by their vectors (E-step), then each view of a user is to name
 * the centroid of the user's group among those of the batch (M-step).
 *
 * The intents of an epoch are part of the weights of a checkpoint. To have the paper's loss, learn next items and `contrastive` beside it.
 *
 * @throws RangeError when a number is out of range, fewer than two users have two training events, or the model reads channels,
 *   profiles or friends
 * @throws InputError when there are fewer (different) users than clusters
 * @source Chen, Liu, Li, McAuley & Xiong, "Intent Contrastive Learning for Sequential Recommendation", WWW 2022, section 4.
 * @differs Each objective draws its own views; in the paper the two contrastive losses share theirs. One number of clusters.
 */
export function intents(
  model: SequenceModel,
  split: SplitSequences,
  options: IntentOptions,
  rng: Rng,
): GroupingObjective<DrawnViews> {
  const { clusters: C, pooling, warmupEpochs, temperature, sameIntent, onGroups } = options;
  const own = rng.child('intent');
  const grouped = groupedUsers('intent', model, split, options, own);
  const { pairs, rows, batches, weight } = viewsOf(model, split, options, own);
  const [N, D] = [grouped.users.length, model.config.width];
  const centroids = keptNumbers([C, D]);
  const intentOf = keptNumbers([N]);
  /** Epoch of the last grouping; 0: none. */
  const groupedAt = keptNumbers([1]);
  const group = (...place: (string | number)[]): KMeansResult =>
    kmeans(grouped.vectors(), { k: C, rng: own.child('k-means', ...place), restarts, maxIterations });
  return {
    name: 'intent',
    heads: { centroids: centroids.leaf, intents: intentOf.leaf, groupedAt: groupedAt.leaf },
    batches,
    weight,
    startEpoch: (epoch) => {
      if (epoch <= warmupEpochs || groupedAt.read()[0] === epoch) return 'goes on';
      const found = group(epoch);
      centroids.write(found.centroids.values);
      intentOf.write(Float32Array.from(found.labels));
      groupedAt.write(Float32Array.of(epoch));
      onGroups?.({
        epoch,
        centroids: found.centroids,
        labels: grouped.byUser(found.labels),
        changedShare: null,
      });
      return 'goes on';
    },
    inputs: (drawn) => {
      const known = intentOf.read();
      const ofUsers = drawn.users.map((user) => known[grouped.places[user]!]!);
      const intents_N = new Int32Array(rows);
      intents_N.set(ofUsers);
      // In the warm-up nobody counts.
      const count = groupedAt.read()[0]! > 0 ? drawn.views.length : 0;
      return {
        ...pairs(drawn),
        centroids_ND: { values: takeOrZeros(centroids.read(), D, ofUsers, rows), shape: [rows, D] },
        intents_N: { values: intents_N, shape: [rows] },
        weights_N: { values: new Float32Array(rows).fill(1, 0, count), shape: [rows] },
      };
    },
    loss: (inputs, mode) =>
      tf.tidy(() => {
        const user_MD = pooledVectors(model, pooling, inputs, mode);
        const ofViews = [0, rows].map((first) =>
          intentContrast(tf.slice(user_MD, [first, 0], [rows, -1]), {
            centroids_ND: inputs['centroids_ND'] as tf.Tensor2D,
            intents_N: inputs['intents_N'] as tf.Tensor1D,
            weights_N: inputs['weights_N'] as tf.Tensor1D,
            sameIntent,
            temperature,
          }),
        );
        return tf.mean<tf.Scalar>(tf.stack(ofViews));
      }),
    groups: () => {
      if (groupedAt.read()[0] === 0) return null;
      const found = group('end');
      return {
        centroids: matrix(C, D, found.centroids.values),
        labels: grouped.byUser(found.labels),
      };
    },
  };
}
