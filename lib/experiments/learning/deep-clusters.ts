import * as tf from '@tensorflow/tfjs';
import { matrix, type Matrix } from '../../base/matrix';
import type { Rng } from '../../base/random';
import { kmeans } from '../../clustering/kmeans';
import { deepClustering, softAssignment, targetDistribution } from '../../objectives/deep-clustering';
import { type SplitSequences } from '../../preprocessing/splits/split-sequences';
import type { SequenceModel } from '../sequence-model';
import { pooledVectors } from './pooled-vectors';
import type { DrawnUsers } from './user-batches';
import {
  groupedUsers,
  keptNumbers,
  takeOrZeros,
  type GroupingObjective,
  type GroupingOptions,
} from './user-groups';

/** How encoder and clusters are trained together. */
export interface DeepClusterOptions extends GroupingOptions {
  /** Epochs between two refreshes of the targets, from 1. */
  readonly every: number;
  /** Training ends when fewer than this share of the users changed their cluster between two refreshes; 0: never. Below 1. */
  readonly tolerance: number;
}

/** Draws of k-means++ for the first centroids, of which the smallest inertia is kept, as in the paper. */
const restarts = 20;

/**
 * Deep embedded clustering: an encoder that has learned something, then its vectors drawn into clusters, whose centroids are learned too.
 *
 * After `warmupEpochs` the centroids begin as those of k-means over the vectors of all users; from then on the shares of all users, their
 * targets and the share that changed their cluster are computed before every `every`-th epoch. When hardly any user changes any more, the
 * training is settled and ends. Centroids and targets are part of the weights of a checkpoint.
 *
 * Holds shares and targets of all users, 12 bytes for each user and cluster.
 *
 * @throws RangeError when a number is out of range, or the model reads channels, profiles or friends
 * @throws InputError when there are fewer (different) users than clusters
 * @source Xie, Girshick & Farhadi, "Unsupervised Deep Embedding for Clustering Analysis", ICML 2016, section 3.
 * @differs Refreshes are counted in epochs; no denoising autoencoder comes before, but whatever the model was trained by, or the other
 *   objectives of the warm-up.
 */
export function deepClusters(
  model: SequenceModel,
  split: SplitSequences,
  options: DeepClusterOptions,
  rng: Rng,
): GroupingObjective<DrawnUsers> {
  const { clusters: C, pooling, warmupEpochs, every, tolerance, onGroups } = options;
  const own = rng.child('deep clustering');
  const grouped = groupedUsers('dec', model, split, options, own);
  if (!(Number.isInteger(every) && every >= 1)) {
    throw new RangeError(`dec: every must be a whole number from 1, got ${every}`);
  }
  if (!(tolerance >= 0 && tolerance < 1)) {
    throw new RangeError(`dec: tolerance must be from 0 to below 1, got ${tolerance}`);
  }
  const [N, D] = [grouped.users.length, model.config.width];
  // A list and no matrix: the decay of weights is for matrices, and would pull centroids to the origin.
  const centroids = keptNumbers([C * D], true);
  const targets = keptNumbers([N, C]);
  const labels = keptNumbers([N]);
  /** Of the last refresh; 0: none. */
  const refreshedAt = keptNumbers([1]);
  const centroidsNow = (): Matrix => matrix(C, D, centroids.read().slice());

  const refresh = (epoch: number): 'settled' | 'goes on' => {
    const vectors = grouped.vectors();
    const isFirst = refreshedAt.read()[0] === 0;
    if (isFirst) {
      centroids.write(kmeans(vectors, { k: C, rng: own.child('centroids'), restarts }).centroids.values);
    }
    const shares = sharesOf(vectors, centroidsNow());
    const now = likeliest(shares);
    const before = labels.read();
    const changed = now.reduce((sum, label, place) => sum + Number(label !== before[place]), 0) / N;
    onGroups?.({
      epoch,
      centroids: centroidsNow(),
      labels: grouped.byUser(now),
      changedShare: isFirst ? null : changed,
    });
    if (!isFirst && changed < tolerance) return 'settled';
    targets.write(targetDistribution(shares).values);
    labels.write(Float32Array.from(now));
    refreshedAt.write(Float32Array.of(epoch));
    return 'goes on';
  };

  return {
    name: 'deep clustering',
    heads: {
      centroids: centroids.leaf,
      targets: targets.leaf,
      labels: labels.leaf,
      refreshedAt: refreshedAt.leaf,
    },
    batches: grouped.batches,
    weight: grouped.weight,
    startEpoch: (epoch) => {
      const sinceFirst = epoch - (warmupEpochs + 1);
      if (sinceFirst < 0 || sinceFirst % every !== 0) return 'goes on';
      // Interrupted after the refresh and before the first step: nobody has changed since, which does not mean that all is settled.
      if (refreshedAt.read()[0] === epoch) return 'goes on';
      return refresh(epoch);
    },
    inputs: (drawn) => {
      const { rows } = grouped;
      const given = grouped.inputs(drawn);
      const isOn = refreshedAt.read()[0]! > 0;
      return {
        ...given,
        targets_NC: { values: takeOrZeros(targets.read(), C, drawn.users, rows), shape: [rows, C] },
        // In the warm-up nobody counts.
        weights_N: isOn ? given['weights_N']! : { values: new Float32Array(rows), shape: [rows] },
      };
    },
    loss: (inputs, mode) =>
      tf.tidy(() =>
        deepClustering(tf.reshape(centroids.leaf, [C, D]), pooledVectors(model, pooling, inputs, mode), {
          targets_NC: inputs['targets_NC'] as tf.Tensor2D,
          weights_N: inputs['weights_N'] as tf.Tensor1D,
        }),
      ),
    groups: () => {
      if (refreshedAt.read()[0] === 0) return null;
      const now = centroidsNow();
      return { centroids: now, labels: grouped.byUser(likeliest(sharesOf(grouped.vectors(), now))) };
    },
  };
}

/** Users whose shares are computed at once: only memory depends on it. */
const usersAtOnce = 4096;

/** `[N, C]`: how much each vector belongs to each centroid, see `softAssignment`. */
export function sharesOf(vectors: Matrix, centroids: Matrix): Matrix {
  const { rows: N, columns: D, values } = vectors;
  const C = centroids.rows;
  const shares = new Float32Array(N * C);
  for (let start = 0; start < N; start += usersAtOnce) {
    const rows = Math.min(usersAtOnce, N - start);
    const shares_NC = tf.tidy(() =>
      softAssignment(
        tf.tensor2d(values.subarray(start * D, (start + rows) * D), [rows, D]),
        tf.tensor2d(centroids.values, [C, D]),
      ),
    );
    shares.set(shares_NC.dataSync<'float32'>(), start * C);
    shares_NC.dispose();
  }
  return matrix(N, C, shares);
}

/** The cluster of the largest share of each user, the lowest number among equals. */
function likeliest({ rows, columns, values }: Matrix): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let cluster = 1; cluster < columns; cluster++)
      if (values[row * columns + cluster]! > values[row * columns + best]!) best = cluster;
    return best;
  });
}
