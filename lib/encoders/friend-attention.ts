import * as tf from '@tensorflow/tfjs';
import { linear, type LinearParams } from '../nn/linear';
import { relu } from '../nn/relu';

/**
 * Let a user gather from the friends who are like what the user does: attention over friends' vectors and the user's own.
 *
 * The own vector is among those that are weighed, so that a user without friends, or with none that fits, hears itself.
 *
 * @param own_BD      one vector a user
 * @param friends_BFD vectors of the friends
 * @param isFriend_BF 1 for a friend, 0 for an empty place
 * @returns `[B, D]`
 * @source Song, Xiao, Wang, Charlin, Zhang & Tang, "Session-Based Social Recommendation via Dynamic Graph Attention Networks",
 *   WSDM 2019, "Context-dependent Social Influences" (DGRec): weights by dot product, the user among them, ReLU of a linear layer.
 * @differs One layer of friends; what the vectors are made of is the caller's.
 */
export function friendAttention(
  params: LinearParams,
  own_BD: tf.Tensor2D,
  friends_BFD: tf.Tensor3D,
  isFriend_BF: tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const weights_BF = friendWeights(own_BD, friends_BFD, isFriend_BF);
    const all: tf.Tensor3D = tf.concat([tf.expandDims<tf.Tensor3D>(own_BD, 1), friends_BFD], 1);
    const heard_BD: tf.Tensor2D = tf.sum(tf.mul(all, tf.expandDims(weights_BF, 2)), 1);
    return relu(linear(params, heard_BD));
  });
}

/** How much a user hears itself, first, and each friend: `[B, 1 + F]`, rows sum to 1, empty places weigh 0. */
export function friendWeights(
  own_BD: tf.Tensor2D,
  friends_BFD: tf.Tensor3D,
  isFriend_BF: tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const own_B1D = tf.expandDims<tf.Tensor3D>(own_BD, 1);
    const all: tf.Tensor3D = tf.concat([own_B1D, friends_BFD], 1);
    const match_BF = tf.sum(tf.mul(all, own_B1D), 2);
    const self_B1 = tf.onesLike(tf.slice(isFriend_BF, [0, 0], [-1, 1]));
    const isThere = tf.concat([self_B1, isFriend_BF], 1);
    return tf.softmax(tf.add(match_BF, tf.mul(tf.sub(isThere, 1), 1e9))) as tf.Tensor2D;
  });
}
