import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import { relu } from '../nn/relu';
import type { Encoded, EncoderBatch, EncoderConfig, EncoderParams } from './encoder';
import { initItemTable } from './item-table';
import { answerAtLast, averageOfNeighbours, lastEvents, sessionGraph } from './session-graph';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** What a graph convolution encoder is made of. Dropout stands before each layer. */
export interface GraphConvolutionConfig extends EncoderConfig {
  /** Layers: a node knows of those that are so many edges away. */
  readonly numLayers: number;
  /** `directed`: a node hears what came right before it; `undirected`: also what came right after, as if it were the same. */
  readonly edges: 'directed' | 'undirected';
  /** `last-mean`: the last event's node beside the mean over events; `mean`: that mean alone. */
  readonly readout: 'last-mean' | 'mean';
}

/** Two layers as in the paper; directed, so that order is not lost; not tuned. */
export const graphConvolutionDefaults = Object.freeze({
  width: 64,
  numLayers: 2,
  edges: 'directed',
  readout: 'last-mean',
  dropoutRate: 0.3,
});

/** What each setting of a graph convolution encoder may be. */
export const graphConvolutionSettings: SettingsOf<GraphConvolutionConfig> = {
  ...commonSettings,
  numLayers: { option: 'layers', kind: 'whole number', from: 1, meaning: 'layers, one above the other' },
  edges: {
    option: 'edges',
    kind: 'word',
    words: ['directed', 'undirected'],
    meaning: 'whether an edge of the graph has a direction',
  },
  readout: {
    option: 'readout',
    kind: 'word',
    words: ['last-mean', 'mean'],
    meaning: 'what of the nodes becomes the vector',
  },
};

/** Weights of a graph convolution encoder. D = `width`. */
export interface GraphConvolutionParams extends EncoderParams {
  readonly layers: readonly LinearParams[]; // W_G of each layer: kernel [D, D], bias [D]
  readonly output: LinearParams; // kernel [2D, D] or, of the mean alone, [D, D], bias [D]
}

/**
 * Draw the weights of a graph convolution encoder.
 *
 * @throws RangeError when a setting is out of range
 */
export function initGraphConvolution(config: GraphConvolutionConfig, rng: Rng): GraphConvolutionParams {
  checkConfig('initGraphConvolution', config, graphConvolutionSettings);
  const { numItems, width, numLayers, readout } = config;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    layers: Array.from({ length: numLayers }, (_, layer) =>
      initLinear(width, width, rng.child('layer', layer)),
    ),
    output: initLinear(readout === 'mean' ? width : 2 * width, width, rng.child('output')),
  };
}

/**
 * Encode a whole sequence by convolution over the graph of its items: layer for layer, each node becomes a weighted sum of the mean
 * of itself and its neighbours, X(t) = A X(t-1) W + b, with a ReLU between layers.
 *
 * A is normalised and [N, N], X is [N, D], W is [D, D] and of the layer, so it does not depend on how long a sequence is. Articles on
 * user behaviour print X(t) = sigma(W_G A X(t-1)) with W_G from the left, whose shapes do not fit: W_G must have as many columns as
 * there are nodes, and then ties the weights to the sequence's length.
 *
 * NOT causal, and it answers once: the vector at a row's last event scores the next item; at the places before stand the states of
 * the events' nodes, which know later events where edges are undirected or an item comes back. With undirected edges a sequence and its reverse are the same graph, so that by the mean they get one vector:
 * order is lost. Padding on the right changes nothing.
 *
 * @returns `hidden_BTD`: the answer at the last event, node states before it, zeros behind it
 * @source Kipf & Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR 2017, eq. 2,
 *   with the last layer linear as in eq. 9.
 * @differs Many small graphs, each made of a sequence, instead of a large one; directed edges; normalised by the degree
 *   (`averageOfNeighbours`); a bias; one vector is read out of all nodes, through a linear layer.
 */
export function graphConvolution(
  params: GraphConvolutionParams,
  batch: EncoderBatch,
  config: GraphConvolutionConfig,
  mode: Mode,
): Encoded {
  const { items_BT } = batch;
  const { edges, readout, dropoutRate } = config;
  const hidden_BTD = tf.tidy(() => {
    const { nodeOf_BTN, edges_BNM } = sessionGraph(items_BT);
    const average_BNN = averageOfNeighbours(edges_BNM, edges === 'directed' ? 'incoming' : 'both', true);
    const x_BND = embedding(params.itemEmbedding, items_BT) as tf.Tensor3D;
    const node_BND = params.layers.reduce((before_BND, layer, index) => {
      const given_BND = dropout(index === 0 ? before_BND : relu(before_BND), dropoutRate, mode, index);
      return linear<tf.Tensor3D>(layer, tf.matMul(average_BNN, given_BND));
    }, x_BND);
    const event_BTD: tf.Tensor3D = tf.matMul(nodeOf_BTN, node_BND);

    const isLast_BT1: tf.Tensor3D = tf.expandDims(lastEvents(items_BT), 2);
    const events_B1 = tf.sum(tf.cast(tf.notEqual(items_BT, 0), 'float32'), 1, true);
    const mean_BD: tf.Tensor2D = tf.div(tf.sum(event_BTD, 1), tf.maximum(events_B1, 1));
    const read_BE: tf.Tensor2D =
      readout === 'mean'
        ? mean_BD
        : tf.concat([tf.sum<tf.Tensor2D>(tf.mul(event_BTD, isLast_BT1), 1), mean_BD], 1);
    return answerAtLast(event_BTD, linear(params.output, read_BE), isLast_BT1);
  });
  return { hidden_BTD };
}
