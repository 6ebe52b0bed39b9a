import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { assignLeaves, countParameters, leaves } from '../../lib/base/tree';
import { startBackend } from '../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

const tree = () => ({ table: tf.variable(tf.ones([2, 3])), blocks: [{ bias: tf.variable(tf.zeros([4])) }] });
const value = (shape: number[], fill: number) => ({
  shape,
  values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(fill),
});

it('names the leaves by their path, in order, and counts their numbers', () => {
  expect(leaves(tree()).map(([path]) => path)).toEqual(['table', 'blocks.0.bias']);
  expect(countParameters(tree())).toBe(10);
});

it('puts saved values in place', () => {
  const live = tree();
  assignLeaves(
    live,
    new Map([
      ['table', value([2, 3], 7)],
      ['blocks.0.bias', value([4], 8)],
    ]),
  );
  expect([...live.table.dataSync(), ...live.blocks[0]!.bias.dataSync()]).toEqual([
    7, 7, 7, 7, 7, 7, 8, 8, 8, 8,
  ]);
});

it('refuses what does not fit, naming every leaf, and changes none', () => {
  const live = tree();
  const wrong = new Map([
    ['table', value([3, 2], 7)],
    ['old', value([1], 0)],
  ]);
  expect(() => assignLeaves(live, wrong)).toThrow(
    /blocks.0.bias is missing; old is not part of this model; table is \[3, 2\] there and \[2, 3\] here/,
  );
  expect([...live.table.dataSync()]).toEqual([1, 1, 1, 1, 1, 1]);
});
