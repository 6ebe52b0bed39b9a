import type { Matrix } from '../base/matrix';
import { clusterMeans, groupedPoints } from './grouped-points';

/**
 * Calinski-Harabasz index: how far the means of clusters lie apart beside how wide the clusters are. From 0; larger is
 * better.
 *
 * (between / (C - 1)) / (within / (N - C)), with the sums of squared distances of the means from the common mean,
 * weighted by size, and of the points from the mean of their cluster: the F statistic of an analysis of variance.
 * Clusters without any width that lie apart give Infinity, identical points 0. O(N D).
 *
 * Its size depends on N and on the width of the data: compare it only on the same points.
 *
 * @param labels one cluster a point, any whole numbers from 0
 * @throws RangeError unless there are 2 to N - 1 clusters, a label from 0 for each point, and finite coordinates
 * @source Caliński & Harabasz, "A dendrite method for cluster analysis", Communications in Statistics 3(1), 1974
 * @differs scikit-learn gives 1 for clusters without any width.
 */
export function calinskiHarabasz(points: Matrix, labels: ArrayLike<number>): number {
  const { rows: N, columns: D, values } = points;
  const groups = groupedPoints('calinskiHarabasz', points, labels);
  const { cluster, sizes } = groups;
  const means_CD = clusterMeans(points, groups);
  const C = sizes.length;

  let within = 0;
  for (const [point, place] of cluster.entries()) {
    for (let axis = 0; axis < D; axis++) {
      within += (values[point * D + axis]! - means_CD[place * D + axis]!) ** 2;
    }
  }
  let between = 0;
  for (let axis = 0; axis < D; axis++) {
    let mean = 0;
    for (let place = 0; place < C; place++) mean += (sizes[place]! / N) * means_CD[place * D + axis]!;
    for (let place = 0; place < C; place++)
      between += sizes[place]! * (means_CD[place * D + axis]! - mean) ** 2;
  }
  // Rounding of the means leaves identical points a crumb of either sum.
  const negligible = 1e-24 * values.reduce((sum, value) => sum + value * value, 0);
  if (between <= negligible) return 0;
  if (within <= negligible) return Infinity;
  return between / (C - 1) / (within / (N - C));
}
