import * as tf from '@tensorflow/tfjs';
import { constant } from '../nn/constant';

/** Sequences as graphs: a node for each item of a sequence, an edge from each event's item to the next one's. */
export interface SessionGraph {
  /**
   * `[B, T, N]`, N = T: 1 where event t is of node n. A node has the place of its item's first event; places of repeats and of padding
   * are nobody's. A row of padding is zero.
   */
  readonly nodeOf_BTN: tf.Tensor3D;
  /** `[B, N, N]`: how often the item of node m came right after that of node n. */
  readonly edges_BNM: tf.Tensor3D;
}

/**
 * Turn each sequence into its graph: the same item is one node, however often it occurs.
 *
 * By tensor operations of static shapes, so that it is part of a recorded step; nothing here has a gradient.
 *
 * @param items_BT int32, padded with 0 on the right
 * @source Wu, Tang, Zhu, Wang, Xie & Tan, "Session-Based Recommendation with Graph Neural Networks", AAAI 2019, section
 *   "Constructing Session Graphs".
 */
export function sessionGraph(items_BT: tf.Tensor2D): SessionGraph {
  const [B, T] = items_BT.shape;
  return tf.tidy(() => {
    const same_BTS = tf.logicalAnd<tf.Tensor3D>(
      tf.equal(tf.expandDims(items_BT, 2), tf.expandDims(items_BT, 1)),
      tf.expandDims(tf.notEqual(items_BT, 0), 2),
    );
    const sameItem_BTS = tf.cast(same_BTS, 'float32');
    const isBefore_TS = constant(() =>
      tf.cast(tf.less(tf.expandDims(tf.range(0, T), 0), tf.expandDims(tf.range(0, T), 1)), 'float32'),
    );
    const before_BT = tf.sum(tf.mul(sameItem_BTS, isBefore_TS), 2);
    const isFirst_BN = tf.cast(tf.equal(before_BT, 0), 'float32');
    const nodeOf_BTN: tf.Tensor3D = tf.mul(sameItem_BTS, tf.expandDims(isFirst_BN, 1));
    // No pair of neighbours in a single place.
    const edges_BNM: tf.Tensor3D =
      T === 1
        ? tf.zerosLike(nodeOf_BTN)
        : tf.matMul(
            tf.slice(nodeOf_BTN, [0, 0, 0], [B, T - 1, T]),
            tf.slice(nodeOf_BTN, [0, 1, 0], [B, T - 1, T]),
            true,
          );
    return { nodeOf_BTN, edges_BNM };
  });
}

/** Which neighbours a node hears. */
export type Neighbours = 'incoming' | 'outgoing' | 'both';

/**
 * The matrix that averages over neighbours, each weighted by how often it is one: rows sum to 1, or to 0 for a node without any.
 *
 * @param neighbours `incoming`: what came right before, `outgoing`: what came right after
 * @param withSelf   whether a node is its own neighbour, once
 * @returns `[B, N, N]`: row n times the nodes' vectors is what node n hears
 * @source Wu et al., "Session-Based Recommendation with Graph Neural Networks", AAAI 2019, figure 2 (normalised by the node's own
 *   degree); with itself: Kipf & Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR 2017, eq. 2.
 * @differs With itself: divided by the degree, D^-1 (A + I), which is defined for directed edges; Kipf & Welling divide by the roots of
 *   both nodes' degrees.
 */
export function averageOfNeighbours(
  edges_BNM: tf.Tensor3D,
  neighbours: Neighbours,
  withSelf: boolean,
): tf.Tensor3D {
  return tf.tidy(() => {
    const [, N] = edges_BNM.shape;
    const turned = neighbours === 'outgoing' ? edges_BNM : tf.transpose(edges_BNM, [0, 2, 1]);
    const heard = neighbours === 'both' ? tf.add<tf.Tensor3D>(turned, edges_BNM) : turned;
    const weighed = withSelf
      ? tf.add<tf.Tensor3D>(
          heard,
          constant(() => tf.eye(N)),
        )
      : heard;
    return tf.div(weighed, tf.maximum(tf.sum(weighed, 2, true), 1));
  });
}

/** 1 at the last event of each row, 0 elsewhere, `[B, T]`: what `pool` calls `last`. A row without events has none. */
export function lastEvents(items_BT: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const lengths_B1 = tf.sum(tf.cast(tf.notEqual(items_BT, 0), 'int32'), 1, true);
    const position_T = constant(() => tf.range(0, items_BT.shape[1], 1, 'int32'));
    return tf.cast(tf.equal(position_T, tf.sub(lengths_B1, tf.scalar(1, 'int32'))), 'float32') as tf.Tensor2D;
  });
}

/**
 * Put the answer of each row at its last event, between the states of the others: what an encoder that answers once gives.
 *
 * @param event_BTD  states of the events
 * @param answer_BD  the row's vector
 * @param isLast_BT1 1 at the last event
 */
export function answerAtLast(
  event_BTD: tf.Tensor3D,
  answer_BD: tf.Tensor2D,
  isLast_BT1: tf.Tensor3D,
): tf.Tensor3D {
  return tf.tidy(() => {
    const others = tf.mul(event_BTD, tf.sub(1, isLast_BT1));
    return tf.add(others, tf.mul(tf.expandDims(answer_BD, 1), isLast_BT1));
  });
}
