import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { flowOf, type Flow } from '../../lib/nn/graph/flow';
import { record, type RecordedNode, type Recording, type Source } from '../../lib/nn/graph/recording';
import { typeAttribute } from '../../lib/nn/native/execute';
import { updateVariables } from '../../lib/nn/native/update-variables';

const node = (op: string, ...sources: Source[]): RecordedNode => ({ op, attributes: [], sources });
const input: Source = { kind: 'input', name: 'x' };
const weight: Source = { kind: 'variable', index: 0 };
const from = (index: number): Source => ({ kind: 'node', node: index, output: 0 });
const numbers = (shape: number[], ...values: number[]): Source => ({
  kind: 'constant',
  value: { dtype: 1, shape, bytes: new Uint8Array(Float32Array.from(values).buffer) },
});
const axes = (...values: number[]): Source => ({
  kind: 'constant',
  value: { dtype: 3, shape: [values.length], bytes: new Uint8Array(Int32Array.from(values).buffer) },
});
const recording = (nodes: RecordedNode[], output: Source, updates: Recording['updates'] = []): Recording => ({
  nodes,
  updates,
  outputs: new Map([['y', { source: output, dtype: 'float32' }]]),
});
/** Arrows by name: 'x > Mul'. */
const arrowsOf = ({ nodes, arrows }: Flow): string[] =>
  arrows.map((arrow) => `${nodes[arrow.from]!.name} > ${nodes[arrow.to]!.name}`);
const namesOf = ({ nodes }: Flow, group: string): string[] =>
  nodes.filter((each) => each.group === group).map(({ name }) => name);

describe('a recording as boxes and arrows', () => {
  it('goes from what is fed, through the ops, to what is given out', () => {
    const flow = flowOf(recording([node('Mul', input, weight), node('Tanh', from(0))], from(1)), ['w']);
    expect(arrowsOf(flow)).toEqual(['x > Mul', 'w > Mul', 'Mul > Tanh', 'Tanh > y']);
    expect(flow.nodes.map(({ group }) => group)).toEqual([
      'input',
      'variable',
      'forward',
      'forward',
      'output',
    ]);
  });

  it('leaves out what nothing needs', () => {
    const flow = flowOf(recording([node('Exp', input), node('Tanh', input)], from(1)));
    expect(flow.nodes.map(({ name }) => name)).toEqual(['x', 'Tanh', 'y']);
  });

  it('tells the ops of the outputs from those that only an update needs; a guard is needed by its update', () => {
    const update = { op: 'Apply', attributes: [], variables: [0], sources: [from(1)], guard: from(2) };
    const nodes = [node('Square', input), node('Neg', from(0)), node('IsFinite', from(0))];
    const flow = flowOf(recording(nodes, from(0), [update]));
    expect(namesOf(flow, 'forward')).toEqual(['Square']);
    expect(namesOf(flow, 'backward')).toEqual(['Neg', 'IsFinite']);
    expect(arrowsOf(flow).filter((arrow) => arrow.endsWith('Apply'))).toEqual([
      'variable 0 > Apply',
      'Neg > Apply',
      'IsFinite > Apply',
    ]);
  });

  it('shows constants that are numbers, once for each use, and not those that are axes or shapes', () => {
    const nodes = [
      node('Sum', input, axes(0)),
      node('Mul', from(0), numbers([], 2)),
      node('Add', from(1), numbers([2], 1, 1)),
    ];
    const flow = flowOf(recording([...nodes, node('Sub', from(2), numbers([2], 1, 3))], from(3)));
    expect(namesOf(flow, 'constant')).toEqual(['2', '1 [2]', 'numbers [2]']);
  });

  it('draws one arrow where an op reads the same twice', () => {
    expect(arrowsOf(flowOf(recording([node('Mul', input, input)], from(0))))).toEqual(['x > Mul', 'Mul > y']);
  });
});

describe('a recorded training step', () => {
  beforeAll(async () => {
    await startBackend();
  });

  it('shows the gradient, and reaches every output and update', () => {
    const w = tf.variable(tf.tensor1d([1, 2]));
    const feed = { x: tf.tensor1d([1, 2]), rate: tf.scalar(0.1) };
    const flow = flowOf(
      record(feed, [w], ({ x, rate }) => {
        const { value, grads } = tf.variableGrads(() => tf.sum(tf.tanh(tf.mul(x!, w))), [w]);
        updateVariables('ResourceApplyGradientDescent', [typeAttribute('T')], [w], [rate!, grads[w.name]!]);
        return { loss: value };
      }),
      ['w'],
    );
    expect(namesOf(flow, 'forward')).toEqual(['Mul', 'Tanh', 'Sum']);
    expect(namesOf(flow, 'backward').length).toBeGreaterThan(2);
    const read = new Set(flow.arrows.map(({ to }) => flow.nodes[to]!.name));
    for (const name of ['loss', 'ResourceApplyGradientDescent']) expect(read).toContain(name);
  });
});
