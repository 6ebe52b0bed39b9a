import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import type { Encoded, EncoderBatch, EncoderConfig, EncoderParams } from './encoder';
import { initItemTable } from './item-table';
import { answerAtLast, averageOfNeighbours, lastEvents, sessionGraph } from './session-graph';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** What an SR-GNN encoder is made of. Dropout follows the embedding and the answer. */
export interface SrGnnConfig extends EncoderConfig {
  /** Times that the nodes hear their neighbours, by the same weights. */
  readonly numSteps: number;
}

/** One step as in the authors' code, the width of the other attention encoders; dropout by a trial on validation. */
export const srGnnDefaults = Object.freeze({ width: 64, numSteps: 1, dropoutRate: 0.3 });

/** What each setting of an SR-GNN encoder may be. */
export const srGnnSettings: SettingsOf<SrGnnConfig> = {
  ...commonSettings,
  numSteps: {
    option: 'steps',
    kind: 'whole number',
    from: 1,
    meaning: 'times that nodes hear their neighbours',
  },
};

/** Weights of an SR-GNN encoder. D = `width`. */
export interface SrGnnParams extends EncoderParams {
  readonly incoming: LinearParams; // H of edges that come in: kernel [D, D], bias [D]
  readonly outgoing: LinearParams; // H of edges that go out: kernel [D, D], bias [D]
  readonly gates: LinearParams; // W and U of update z and reset r: kernel [3D, 2D], bias [2D]
  readonly candidate: LinearParams; // W_o and U_o: kernel [3D, D], bias [D]
  readonly attention: {
    readonly last: LinearParams; // W_1 and c: kernel [D, D], bias [D]
    readonly event: tf.Variable<tf.Rank.R2>; // W_2: [D, D]
    readonly query: tf.Variable<tf.Rank.R2>; // q: [D, 1]
  };
  readonly output: LinearParams; // W_3: kernel [2D, D], bias [D]
}

/**
 * Draw the weights of an SR-GNN encoder.
 *
 * @throws RangeError when a setting is out of range
 */
export function initSrGnn(config: SrGnnConfig, rng: Rng): SrGnnParams {
  checkConfig('initSrGnn', config, srGnnSettings);
  const { numItems, width } = config;
  const kernel = (outputs: number, name: string): tf.Variable<tf.Rank.R2> => {
    const draw = rng.child(name);
    const limit = Math.sqrt(6 / (width + outputs));
    const numbers = Float32Array.from({ length: width * outputs }, () => (2 * draw.next() - 1) * limit);
    return weight<tf.Rank.R2>(numbers, [width, outputs]);
  };
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    incoming: initLinear(width, width, rng.child('incoming')),
    outgoing: initLinear(width, width, rng.child('outgoing')),
    gates: initLinear(3 * width, 2 * width, rng.child('gates')),
    candidate: initLinear(3 * width, width, rng.child('candidate')),
    attention: {
      last: initLinear(width, width, rng.child('attention-last')),
      event: kernel(width, 'attention-event'),
      query: kernel(1, 'attention-query'),
    },
    output: initLinear(2 * width, width, rng.child('output')),
  };
}

/**
 * Encode a whole sequence as a graph of its items: nodes hear what came right before and right after them, then the last event asks
 * all events what matters.
 *
 * NOT causal, and it answers once: the vector at a row's last event scores the next item; at the places before stand the states of
 * the events' nodes, which know later events. Order is known by the direction of edges and by which event is the last; two sequences
 * with the same edges and last event are the same to it. Padding on the right changes nothing.
 *
 * @returns `hidden_BTD`: the answer at the last event, node states before it, zeros behind it
 * @source Wu, Tang, Zhu, Wang, Xie & Tan, "Session-Based Recommendation with Graph Neural Networks", AAAI 2019, eq. 1 to 7.
 * @differs The attention goes over events, so that a repeated item counts as often as it occurs, as in the authors' code; edges count
 *   how often they occur, as in the paper, where the code takes each once; dropout; weights start by Glorot's rule.
 */
export function srGnn(params: SrGnnParams, batch: EncoderBatch, config: SrGnnConfig, mode: Mode): Encoded {
  const { items_BT } = batch;
  const { width: D, numSteps, dropoutRate } = config;
  const hidden_BTD = tf.tidy(() => {
    const { nodeOf_BTN, edges_BNM } = sessionGraph(items_BT);
    const before_BNN = averageOfNeighbours(edges_BNM, 'incoming', false);
    const after_BNN = averageOfNeighbours(edges_BNM, 'outgoing', false);
    let node_BND = dropout(embedding(params.itemEmbedding, items_BT) as tf.Tensor3D, dropoutRate, mode, 0);
    for (let step = 0; step < numSteps; step++) {
      const heard: tf.Tensor3D = tf.concat(
        [
          linear<tf.Tensor3D>(params.incoming, tf.matMul(before_BNN, node_BND)),
          linear<tf.Tensor3D>(params.outgoing, tf.matMul(after_BNN, node_BND)),
        ],
        2,
      );
      node_BND = gatedUpdate(params, heard, node_BND);
    }
    const event_BTD: tf.Tensor3D = tf.matMul(nodeOf_BTN, node_BND);

    const isLast_BT1: tf.Tensor3D = tf.expandDims(lastEvents(items_BT), 2);
    const local_BD: tf.Tensor2D = tf.sum(tf.mul(event_BTD, isLast_BT1), 1);
    const { last, event, query } = params.attention;
    const [B, T] = items_BT.shape;
    const rows: tf.Tensor2D = tf.reshape(event_BTD, [B * T, D]);
    const asked_B1D = tf.expandDims(linear(last, local_BD), 1);
    const match_BTD = tf.sigmoid(tf.add(asked_B1D, tf.reshape(tf.matMul(rows, event), [B, T, D])));
    const weight_BT1 = tf.reshape(tf.matMul(tf.reshape(match_BTD, [B * T, D]), query), [B, T, 1]);
    // States of padding are zeros: it weighs nothing.
    const global_BD = tf.sum(tf.mul(weight_BT1, event_BTD), 1);
    const answer_BD = linear(params.output, tf.concat([local_BD, global_BD as tf.Tensor2D], 1));
    return answerAtLast(event_BTD, dropout(answer_BD, dropoutRate, mode, 1), isLast_BT1);
  });
  return { hidden_BTD };
}

/** Each node decides how much of what it heard to take over: a GRU's step. */
function gatedUpdate(
  { gates, candidate }: SrGnnParams,
  heard_BNE: tf.Tensor3D,
  node_BND: tf.Tensor3D,
): tf.Tensor3D {
  const both_BNF = tf.sigmoid(linear(gates, tf.concat<tf.Tensor3D>([heard_BNE, node_BND], 2)));
  const [update, reset] = tf.split<tf.Tensor3D>(both_BNF, 2, 2) as [tf.Tensor3D, tf.Tensor3D];
  const kept: tf.Tensor3D = tf.concat([heard_BNE, tf.mul<tf.Tensor3D>(reset, node_BND)], 2);
  const fresh = tf.tanh(linear(candidate, kept));
  return tf.add<tf.Tensor3D>(node_BND, tf.mul(update, tf.sub(fresh, node_BND)));
}
