import * as tf from '@tensorflow/tfjs';
import { matrix, type Matrix } from '../base/matrix';
import { rowShares } from '../nn/row-shares';

/**
 * How much each user belongs to each cluster: shares that fall with the squared distance from its centroid.
 *
 * q_ij = (1 + |z_i - μ_j|²)^-1, divided by the sum over j: a Student's t of one degree of freedom.
 *
 * @param user_ND      one vector a user
 * @param centroids_CD one vector a cluster
 * @returns `[N, C]`, each row sums to 1
 * @source Xie, Girshick & Farhadi, "Unsupervised Deep Embedding for Clustering Analysis", ICML 2016, eq. 1 with α = 1, as the paper has
 *   it in all experiments.
 */
export function softAssignment(user_ND: tf.Tensor2D, centroids_CD: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.exp(logSoftAssignment(user_ND, centroids_CD)));
}

function logSoftAssignment(user_ND: tf.Tensor2D, centroids_CD: tf.Tensor2D): tf.Tensor2D {
  // Difference by difference and not by |z|² - 2 z.μ + |μ|²: far from the origin that loses the digits of a small distance.
  // Not tf.squaredDifference: its gradient has the wrong shape where one side is broadcast.
  const difference_NCD = tf.sub(tf.expandDims(user_ND, 1), tf.expandDims(centroids_CD, 0));
  const squared_NC = tf.sum(tf.square(difference_NCD), 2);
  const logKernel_NC = tf.neg(tf.log1p(squared_NC));
  return tf.sub(logKernel_NC, tf.logSumExp(logKernel_NC, 1, true));
}

/**
 * What the shares shall become: the same ones sharpened, large clusters held back.
 *
 * p_ij = (q_ij² / f_j), divided by the sum over j, where f_j = Σ_i q_ij is the soft size of a cluster. Summed in double precision.
 *
 * @param shares `[N, C]` of ALL users: the sizes are those of the whole data, not of a batch
 * @returns `[N, C]`, each row sums to 1
 * @source Xie, Girshick & Farhadi, "Unsupervised Deep Embedding for Clustering Analysis", ICML 2016, eq. 3.
 */
export function targetDistribution({ rows: N, columns: C, values: q }: Matrix): Matrix {
  const sizes_C = new Float64Array(C);
  for (let place = 0; place < N * C; place++) sizes_C[place % C]! += q[place]!;
  const targets = new Float32Array(N * C);
  for (let user = 0; user < N; user++) {
    // A cluster that nobody has a share of has a size of 0, and its share stays 0.
    const sharpened = Float64Array.from(sizes_C, (size, cluster) => {
      const share = q[user * C + cluster]!;
      return share > 0 ? share ** 2 / size : 0;
    });
    const sum = sharpened.reduce((total, value) => total + value, 0);
    for (const [cluster, value] of sharpened.entries()) targets[user * C + cluster] = value / sum;
  }
  return matrix(N, C, targets);
}

/**
 * Pull users together into clusters, and the clusters to their users: the divergence of the shares from their targets.
 *
 * KL(P ∥ Q) = Σ_j p_ij log(p_ij / q_ij), by user. Gradients go into the vectors, and so the encoder, and into the centroids; targets are
 * fed and get none. A row of weight 0 adds exactly nothing. Alone it may bend the vectors until nothing but the clusters is left in them:
 * keep another objective beside it (`together`), as IDEC does.
 *
 * @param centroids_CD learned with the encoder
 * @param user_ND      one vector a user
 * @param asked        `targets_NC` of `targetDistribution`, rows that sum to 1; `weights_N` what each row counts
 * @returns weighted mean over the rows, nats; 0 where shares are their targets
 * @source Xie, Girshick & Farhadi, "Unsupervised Deep Embedding for Clustering Analysis", ICML 2016, eq. 2. The other objective beside
 *   it: Guo, Gao, Liu & Yin, "Improved Deep Embedded Clustering with Local Structure Preservation", IJCAI 2017, section 3.
 * @differs The mean over users, where eq. 2 has the sum: a learning rate then does not depend on the batch. IDEC keeps the decoder of an
 *   autoencoder; here it is whatever objective stands beside.
 */
export function deepClustering(
  centroids_CD: tf.Tensor2D,
  user_ND: tf.Tensor2D,
  { targets_NC, weights_N }: { readonly targets_NC: tf.Tensor2D; readonly weights_N: tf.Tensor1D },
): tf.Scalar {
  return tf.tidy(() => {
    // p log p is 0 at p = 0.
    const logTargets_NC = tf.log(tf.maximum(targets_NC, 1e-30));
    const divergence_N: tf.Tensor1D = tf.sum(
      tf.mul(targets_NC, tf.sub(logTargets_NC, logSoftAssignment(user_ND, centroids_CD))),
      1,
    );
    return tf.sum(tf.mul(divergence_N, rowShares(user_ND.shape[0], weights_N)));
  });
}
