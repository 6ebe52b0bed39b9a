import * as tf from '@tensorflow/tfjs';
import { columnMeans } from '../base/column-means';
import type { Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { fitPca, projectPca, type Pca } from './pca';
import { expectPoints } from './points';

/**
 * Where points without groups lie.
 *
 * - `columns`: evenly in the box of the columns
 * - `components`: evenly in the box along the principal components, which follows a slanting cloud
 * - `normal`: in one normal cloud with the mean and the covariances of the points
 */
export type Cloud = 'columns' | 'components' | 'normal';

/**
 * Prepare to draw data that are like given points in place and width, but have no groups: what any clustering finds in
 * them is made by the clustering.
 *
 * @param points `[N, D]`, N at least 2
 * @returns draws N points anew each time, the same for the same `rng`
 * @throws InputError when a point is not finite or there are fewer than 2
 * @source Tibshirani, Walther & Hastie, "Estimating the number of clusters in a data set via the gap statistic", J. Royal
 *   Statistical Society B 63(2), 2001, §4 (both boxes)
 * @source Liu, Hayes, Nobel & Marron, "Statistical Significance of Clustering for High-Dimension, Low-Sample Size Data",
 *   J. American Statistical Association 103, 2008 (one normal cloud)
 * @differs The covariances are those of the sample, without their treatment of more dimensions than points.
 */
export function pointsWithoutGroups(points: Matrix, cloud: Cloud): (rng: Rng) => Matrix {
  expectPoints('pointsWithoutGroups', points, 2);
  if (cloud === 'columns') return evenly(points);
  const { rows: N, columns: D } = points;
  const pca = fitPca(points, D);
  const mean_D = columnMeans(points);
  if (cloud === 'components') {
    const draw = evenly(projectPca(pca, points));
    return (rng) => turnedBack(draw(rng), pca, mean_D);
  }
  const widths_D = pca.explainedVariance.map(Math.sqrt);
  return (rng) => {
    const values = Float32Array.from({ length: N * D }, (_, place) => widths_D[place % D]! * rng.normal());
    return turnedBack({ rows: N, columns: D, values }, pca, mean_D);
  };
}

/** Draws points evenly in the box of the columns. */
function evenly({ rows: N, columns: D, values }: Matrix): (rng: Rng) => Matrix {
  const low = new Float64Array(D).fill(Infinity);
  const high = new Float64Array(D).fill(-Infinity);
  for (let place = 0; place < values.length; place++) {
    const axis = place % D;
    low[axis] = Math.min(low[axis]!, values[place]!);
    high[axis] = Math.max(high[axis]!, values[place]!);
  }
  return (rng) => {
    const drawn = Float32Array.from(values, (_, place) => {
      const axis = place % D;
      return low[axis]! + rng.next() * (high[axis]! - low[axis]!);
    });
    return { rows: N, columns: D, values: drawn };
  };
}

/** From coordinates along the components to those of the points. */
function turnedBack(
  { rows: N, columns: D, values }: Matrix,
  { components }: Pca,
  mean_D: Float64Array,
): Matrix {
  const turned_ND = tf.tidy(() => {
    const turned = tf.matMul(tf.tensor2d(values, [N, D]), tf.tensor2d(components.values, [D, D]));
    return tf.add(turned, tf.tensor1d([...mean_D]));
  });
  const turned = turned_ND.dataSync<'float32'>(); // not within the tidy, which would look through it for tensors
  turned_ND.dispose();
  return { rows: N, columns: D, values: turned };
}
