import type { Matrix } from '../base/matrix';
import { clusterMeans, groupedPoints } from './grouped-points';

/**
 * Davies-Bouldin index: how wide clusters are beside the distance to the cluster they are most easily confused with.
 * 0 at best; smaller is better.
 *
 * The mean over clusters of the largest (s_i + s_j) / d_ij, with s the mean distance of a cluster's points from their
 * mean and d the distance of two means, all Euclidean. It looks at means only: it favours round clusters of equal
 * width. Two clusters with the same mean give Infinity. O(N D + C² D).
 *
 * @param labels one cluster a point, any whole numbers from 0
 * @throws RangeError unless there are 2 to N - 1 clusters, a label from 0 for each point, and finite coordinates
 * @source Davies & Bouldin, "A Cluster Separation Measure", IEEE Trans. Pattern Analysis and Machine Intelligence 1(2),
 *   1979, with p = 2 and q = 1
 * @differs scikit-learn leaves out pairs of clusters with the same mean, so that clusters that lie on each other count
 *   as well parted.
 */
export function daviesBouldin(points: Matrix, labels: ArrayLike<number>): number {
  const { columns: D, values } = points;
  const groups = groupedPoints('daviesBouldin', points, labels);
  const { cluster, sizes } = groups;
  const means_CD = clusterMeans(points, groups);
  const C = sizes.length;

  const spread_C = new Float64Array(C);
  for (const [point, place] of cluster.entries()) {
    let squared = 0;
    for (let axis = 0; axis < D; axis++) {
      squared += (values[point * D + axis]! - means_CD[place * D + axis]!) ** 2;
    }
    spread_C[place]! += Math.sqrt(squared) / sizes[place]!;
  }

  let sum = 0;
  for (let one = 0; one < C; one++) {
    let worst = 0;
    for (let other = 0; other < C; other++) {
      if (other === one) continue;
      let squared = 0;
      for (let axis = 0; axis < D; axis++) {
        squared += (means_CD[one * D + axis]! - means_CD[other * D + axis]!) ** 2;
      }
      // Written out for 0 / 0: two clusters without width at the same place are not apart either.
      const confused = squared === 0 ? Infinity : (spread_C[one]! + spread_C[other]!) / Math.sqrt(squared);
      worst = Math.max(worst, confused);
    }
    sum += worst;
  }
  return sum / C;
}
