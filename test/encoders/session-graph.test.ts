import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  answerAtLast,
  averageOfNeighbours,
  lastEvents,
  sessionGraph,
  type Neighbours,
} from '../../lib/encoders/session-graph';
import { startBackend } from '../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

const graphOf = (...rows: number[][]) => sessionGraph(tf.tensor2d(rows, undefined, 'int32'));

describe('the graph of a sequence', () => {
  it('has one node an item, and counts what follows what: the figure of the paper', () => {
    // v1 v2 v3 v2 v4: the second v2 is the node at place 1, so nothing is at place 3.
    const { nodeOf_BTN, edges_BNM } = graphOf([1, 2, 3, 2, 4]);
    expect(nodeOf_BTN.arraySync()[0]).toEqual([
      [1, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 1, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 0, 0, 1],
    ]);
    const rows = (neighbours: Neighbours): number[][] =>
      averageOfNeighbours(edges_BNM, neighbours, false).arraySync()[0]!;
    expect(rows('outgoing')).toEqual([
      [0, 1, 0, 0, 0],
      [0, 0, 0.5, 0, 0.5],
      [0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ]);
    expect(rows('incoming')).toEqual([
      [0, 0, 0, 0, 0],
      [0.5, 0, 0.5, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
    ]);
  });

  it('weighs an edge by how often it occurs, a repeat in a row included', () => {
    const { edges_BNM } = graphOf([5, 6, 5, 6, 6]);
    expect(edges_BNM.arraySync()[0]!.map((row) => row.slice(0, 2))).toEqual([
      [0, 2],
      [1, 1],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    const [five, six] = averageOfNeighbours(edges_BNM, 'outgoing', true).arraySync()[0]!;
    expect(five!.slice(0, 2).map((share) => share.toFixed(4))).toEqual(['0.3333', '0.6667']);
    expect(six!.slice(0, 2).map((share) => share.toFixed(4))).toEqual(['0.3333', '0.6667']);
  });

  it('is that of plain loops, whatever the sequence and the padding', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }),
        fc.integer({ min: 0, max: 3 }),
        (items, padding) => {
          fc.pre(items.length + padding > 0);
          const T = items.length + padding;
          const nodeOf = Array.from({ length: T }, () => Array<number>(T).fill(0));
          const edges = Array.from({ length: T }, () => Array<number>(T).fill(0));
          for (const [t, item] of items.entries()) {
            nodeOf[t]![items.indexOf(item)] = 1;
            const next = items[t + 1];
            if (next !== undefined) edges[items.indexOf(item)]![items.indexOf(next)]! += 1;
          }
          const graph = graphOf([...items, ...Array<number>(padding).fill(0)]);
          expect(graph.nodeOf_BTN.arraySync()[0]).toEqual(nodeOf);
          expect(graph.edges_BNM.arraySync()[0]).toEqual(edges);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the same forward and back where edges have no direction', () => {
    const [there, back] = [graphOf([3, 7, 2, 9]), graphOf([9, 2, 7, 3])].map(
      ({ edges_BNM }) => averageOfNeighbours(edges_BNM, 'both', true).arraySync()[0]!,
    );
    // The nodes of the reverse are numbered from the other end.
    expect(back).toEqual(there!.map((row) => row.slice().reverse()).reverse());
    const directed = averageOfNeighbours(graphOf([3, 7, 2, 9]).edges_BNM, 'incoming', true).arraySync()[0]!;
    expect(directed).not.toEqual(directed.map((row) => row.slice().reverse()).reverse());
  });
});

describe('the last event', () => {
  it('is before the padding, and there is none in a row without events', () => {
    const items = tf.tensor2d(
      [
        [4, 4, 0],
        [1, 2, 3],
        [0, 0, 0],
      ],
      undefined,
      'int32',
    );
    expect(lastEvents(items).arraySync()).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ]);
  });

  it('is where the answer stands', () => {
    const isLast = tf.tensor3d([[[0], [1], [0]]]);
    const hidden = answerAtLast(
      tf.tensor3d([
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ]),
      tf.tensor2d([[8, 9]]),
      isLast,
    );
    expect(hidden.arraySync()).toEqual([
      [
        [1, 2],
        [8, 9],
        [5, 6],
      ],
    ]);
  });
});
