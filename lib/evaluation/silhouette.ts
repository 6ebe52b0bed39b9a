import * as tf from '@tensorflow/tfjs';
import { centred, columnMeans } from '../base/column-means';
import type { Matrix } from '../base/matrix';
import { squaredDistance } from '../base/squared-distance';
import { groupedPoints } from './grouped-points';

/** Largest block of products held at once, in numbers (32 MiB). */
const productsHeld = 8 * 1024 * 1024;
/** Below this share of both squared norms, a distance from the product has lost too many digits and is computed anew. */
const tooNear = 0.01;

/**
 * The silhouette of each point: is it nearer to its own cluster than to the next one?
 *
 * (b - a) / max(a, b), with a the mean distance to the other points of its cluster and b the smallest mean
 * distance to another cluster: 1 well inside, 0 on a border, negative where another cluster is nearer.
 * Distances are Euclidean; a point alone in its cluster has 0.
 *
 * Every pair is looked at, as |x|² + |y|² - 2 x.y with the products of a block of points by one tensor operation, exactly
 * where that would lose digits: right to 1e-5. Time O(N² D), memory 32 MiB and N numbers a cluster.
 *
 * @param labels one cluster a point, any whole numbers from 0
 * @throws RangeError unless there are 2 to N - 1 clusters, a label from 0 for each point, and finite coordinates
 * @source Rousseeuw, "Silhouettes: a Graphical Aid to the Interpretation and Validation of Cluster Analysis",
 *   J. Computational and Applied Mathematics 20, 1987
 */
export function silhouettes(points: Matrix, labels: Int32Array): Float64Array {
  const { rows: N, columns: D, values } = points;
  const { cluster, sizes } = groupedPoints('silhouettes', points, labels);
  const C = sizes.length;
  const sums_NC = distanceSums({ rows: N, columns: D, values }, cluster, sizes);
  return Float64Array.from(cluster, (own, point) => {
    if (sizes[own] === 1) return 0;
    const within = sums_NC[point * C + own]! / (sizes[own]! - 1);
    let nearest = Infinity;
    for (let place = 0; place < C; place++) {
      if (place !== own) nearest = Math.min(nearest, sums_NC[point * C + place]! / sizes[place]!);
    }
    // Both 0: identical points in two clusters, which lie exactly on the border.
    return within === nearest ? 0 : (nearest - within) / Math.max(within, nearest);
  });
}

/** The mean silhouette of all points, -1 to 1: one number for how well separated a clustering is. */
export function silhouette(points: Matrix, labels: Int32Array): number {
  return silhouettes(points, labels).reduce((sum, value) => sum + value, 0) / labels.length;
}

/**
 * The sum of distances from each point to the points of each cluster, `[N, C]`. Each pair is measured once.
 *
 * Points are put in the order of their clusters first: the inner loop then adds up runs, and looks up no label.
 */
function distanceSums(
  { rows: N, columns: D, values }: Matrix,
  cluster: Int32Array,
  sizes: Int32Array,
): Float64Array {
  const C = sizes.length;
  const starts = new Int32Array(C + 1);
  for (let place = 0; place < C; place++) starts[place + 1] = starts[place]! + sizes[place]!;
  const order = Int32Array.from(cluster.keys()).sort((a, b) => cluster[a]! - cluster[b]! || a - b);
  const sorted = new Float32Array(N * D);
  for (const [place, point] of order.entries()) {
    sorted.set(values.subarray(point * D, (point + 1) * D), place * D);
  }
  const inOrder = { rows: N, columns: D, values: sorted };
  const centred_ND = centred(inOrder, columnMeans(inOrder)); // far from the origin the products would lose the distances
  const norms_N = new Float64Array(N);
  for (let at = 0; at < N * D; at++) norms_N[Math.floor(at / D)]! += centred_ND[at]! ** 2;

  const sums_CN = new Float64Array(C * N);
  const points_ND = tf.tensor2d(centred_ND, [N, D]);
  try {
    for (let from = 0, numRows = 0; from < N; from += numRows) {
      numRows = Math.min(N - from, Math.max(1, Math.floor(productsHeld / (N - from))));
      const products = tf.tidy(() =>
        tf.matMul(
          tf.slice(points_ND, [from, 0], [numRows, D]),
          tf.slice(points_ND, [from, 0], [N - from, D]),
          false,
          true,
        ),
      );
      const products_RM = products.dataSync<'float32'>(); // not within the tidy, which would look through it for tensors
      products.dispose();
      for (let one = from; one < from + numRows; one++) {
        const offset = (one - from) * (N - from) - from;
        const norm = norms_N[one]!;
        const own = cluster[order[one]!]! * N; // where the sums to the cluster of this point begin
        for (let place = cluster[order[one]!]!; place < C; place++) {
          let sum = 0;
          for (let other = Math.max(starts[place]!, one + 1); other < starts[place + 1]!; other++) {
            const norms = norm + norms_N[other]!;
            let squared = norms - 2 * products_RM[offset + other]!;
            if (squared < tooNear * norms) squared = squaredDistance(sorted, one * D, other * D, D);
            const distance = Math.sqrt(squared);
            sum += distance;
            sums_CN[own + other]! += distance;
          }
          sums_CN[place * N + one]! += sum;
        }
      }
    }
  } finally {
    points_ND.dispose();
  }
  const sums_NC = new Float64Array(N * C);
  for (const [place, point] of order.entries()) {
    for (let of = 0; of < C; of++) sums_NC[point * C + of] = sums_CN[of * N + place]!;
  }
  return sums_NC;
}
