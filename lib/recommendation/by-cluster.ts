import * as tf from '@tensorflow/tfjs';
import { rowOf, type Matrix } from '../base/matrix';
import { trainPart, type SplitSequences } from '../preprocessing/splits/split-sequences';
import type { Scorer } from './scorer';

export interface ClusterPopularityConfig {
  /** `[C, V]`, how often each cluster used each item, from `countItemsByCluster`. */
  readonly counts_CV: Matrix;
  /** The cluster of each history, 0 to C - 1: encode, then `nearestCentroids`. */
  readonly assign: (histories: readonly Int32Array[]) => Int32Array;
}

/**
 * How often the users of each cluster used each item, over the training parts only.
 *
 * @param labels cluster of each user (row of the sequences), 0 to `numClusters` - 1; -1 belongs to none
 * @returns `[C, V]`, column 0 (padding) always 0
 * @throws RangeError when there is not a label a user, or a label is out of range
 */
export function countItemsByCluster(split: SplitSequences, labels: Int32Array, numClusters: number): Matrix {
  const { sequences } = split;
  const V = sequences.vocabulary.itemIds.length;
  if (labels.length !== sequences.userIds.length) {
    throw new RangeError(
      `countItemsByCluster: ${sequences.userIds.length} users and ${labels.length} labels`,
    );
  }
  const counts_CV = { rows: numClusters, columns: V, values: new Float32Array(numClusters * V) };
  for (const [user, label] of labels.entries()) {
    if (label < -1 || label >= numClusters) {
      throw new RangeError(
        `countItemsByCluster: row ${user} has the label ${label}, clusters are 0 to ${numClusters - 1}`,
      );
    }
    if (label === -1) continue;
    const counts = rowOf(counts_CV, label);
    for (const item of trainPart(split, user)) counts[item]! += 1;
    counts[0] = 0;
  }
  return counts_CV;
}

/**
 * Recommend what is popular in the user's own cluster.
 *
 * An item's score is its count within the cluster, plus less than 1/2 for its share of all clusters' counts: items
 * that a cluster used equally often (the many it never used, above all) stand in the order of overall popularity.
 *
 * @throws RangeError when a count is not a finite number from 0, or `assign` gives a label out of range
 */
export function clusterPopularity({ counts_CV, assign }: ClusterPopularityConfig): Scorer {
  const { rows: C, columns: V } = counts_CV;
  const bad = counts_CV.values.findIndex((count) => !(count >= 0 && count < Infinity));
  if (bad >= 0) throw new RangeError(`clusterPopularity: count ${bad} is ${counts_CV.values[bad]}`);
  const overall = new Float64Array(V);
  counts_CV.values.forEach((count, place) => (overall[place % V]! += count));
  const most = overall.reduce((largest, count) => Math.max(largest, count), 1);
  const scores_CV = counts_CV.values.map((count, place) => count + overall[place % V]! / most / 2.001);

  return scoresOfClusters('popular in cluster', { rows: C, columns: V, values: scores_CV }, assign);
}

/**
 * Give every user the scores of the own cluster.
 *
 * @param scores_CV one row a cluster, one column an item
 * @throws RangeError when scores are asked for and `assign` gives another number of labels, or one out of range
 */
export function scoresOfClusters(
  name: string,
  scores_CV: Matrix,
  assign: ClusterPopularityConfig['assign'],
): Scorer {
  const { rows: C, columns: V } = scores_CV;
  return {
    name,
    numItems: V,
    score: (histories) => {
      const labels = assign(histories);
      if (labels.length !== histories.length) {
        throw new RangeError(`${name}: ${histories.length} histories got ${labels.length} labels`);
      }
      const scores_NV = new Float32Array(histories.length * V);
      for (const [user, label] of labels.entries()) {
        if (!(label >= 0 && label < C)) throw new RangeError(`${name}: row ${user} got the label ${label}`);
        scores_NV.set(rowOf(scores_CV, label), user * V);
      }
      return tf.tensor2d(scores_NV, [histories.length, V]);
    },
  };
}
