import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { constant } from '../../lib/nn/constant';
import { dropout } from '../../lib/nn/dropout';
import { compileGraph, type CompiledGraph } from '../../lib/nn/graph/compile-graph';
import type { TensorRecord } from '../../lib/nn/graph/recording';
import { typeAttribute } from '../../lib/nn/native/execute';
import { updateOnlyIf, updateVariables } from '../../lib/nn/native/update-variables';

beforeAll(async () => {
  await startBackend();
});

const open: CompiledGraph[] = [];
afterEach(() => {
  for (const graph of open.splice(0)) graph.dispose();
});

function compile(
  run: (inputs: TensorRecord) => TensorRecord,
  examples: readonly TensorRecord[],
  variables: tf.Variable[] = [],
): CompiledGraph {
  const graph = compileGraph({ run, examples, variables });
  open.push(graph);
  return graph;
}

const numbersOf = (record: Record<string, tf.Tensor>, name: string): number[] => {
  const values = [...record[name]!.dataSync()];
  tf.dispose(Object.values(record));
  return values;
};
const vectors = (...rows: number[][]): TensorRecord[] => rows.map((row) => ({ x: tf.tensor1d(row) }));

/** Gradient descent on the squared distance to x: `w <- w - rate * 2 (w - x)`. */
function descent(w: tf.Variable): (inputs: TensorRecord) => TensorRecord {
  return ({ x, rate }) => {
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(tf.sub(w, x!))), [w]);
    updateOnlyIf(tf.isFinite(value), () =>
      updateVariables('ResourceApplyGradientDescent', [typeAttribute('T')], [w], [rate!, grads[w.name]!]),
    );
    return { loss: value };
  };
}

describe('a compiled graph', () => {
  it('computes what was recorded, on inputs it never saw', () => {
    const graph = compile(({ x }) => ({ y: tf.add(tf.mul(x!, 2), tf.sum(x!)) }), vectors([1, 2], [3, 5]));
    expect(numbersOf(graph.run({ x: tf.tensor1d([10, 20]) }), 'y')).toEqual([50, 70]);
    expect([...graph.report.operations.keys()].sort()).toEqual(['Add', 'Mul', 'Sum']);
    expect(graph.report.largestDifference).toBe(0);
  });

  it('carries ops whose types tfjs leaves to TensorFlow', () => {
    const graph = compile(
      ({ x }) => ({ y: tf.sum(tf.expandDims(tf.expandDims(x!, 1), 0), 1) }),
      vectors([1, 2], [3, 4]),
    );
    expect(numbersOf(graph.run({ x: tf.tensor1d([2, 5]) }), 'y')).toEqual([7]);
  });

  it('returns whole numbers and booleans as such', () => {
    const graph = compile(
      ({ x }) => ({ isLarge: tf.greater(x!, 2), rounded: tf.cast(x!, 'int32') }),
      vectors([1.5, 2.5], [3, 0]),
    );
    const out = graph.run({ x: tf.tensor1d([2.75, 1]) });
    expect([out['isLarge']!.dtype, out['rounded']!.dtype]).toEqual(['bool', 'int32']);
    expect([...out['isLarge']!.dataSync(), ...out['rounded']!.dataSync()]).toEqual([1, 0, 2, 1]);
  });

  it('trains variables of its own, which the leaves read after pull and replace after push', () => {
    const w = tf.variable(tf.tensor1d([0, 0]));
    const feed = (x: number[], rate: number): TensorRecord => ({ x: tf.tensor1d(x), rate: tf.scalar(rate) });
    const graph = compile(descent(w), [feed([1, 2], 0.1), feed([2, 1], 0.1)], [w]);
    expect([...w.dataSync()]).toEqual([0, 0]); // the trial runs left no trace

    expect(numbersOf(graph.run(feed([4, 8], 0.25)), 'loss')).toEqual([80]);
    expect([...w.dataSync()]).toEqual([0, 0]);
    graph.pull();
    expect([...w.dataSync()]).toEqual([2, 4]);
    expect(numbersOf(graph.run(feed([4, 8], 0.25)), 'loss')).toEqual([20]);
    graph.pull();
    expect([...w.dataSync()]).toEqual([3, 6]);

    w.assign(tf.tensor1d([4, 7]));
    graph.push();
    expect(numbersOf(graph.run(feed([4, 8], 0.25)), 'loss')).toEqual([1]);
  });

  it('leaves the variables alone when the guard does not hold, and goes on afterwards', () => {
    const w = tf.variable(tf.tensor1d([0, 0]));
    const feed = (x: number[]): TensorRecord => ({ x: tf.tensor1d(x), rate: tf.scalar(0.25) });
    const graph = compile(descent(w), [feed([1, 2]), feed([2, 1])], [w]);
    expect(numbersOf(graph.run(feed([Infinity, 1])), 'loss')).toEqual([Infinity]);
    expect(numbersOf(graph.run(feed([NaN, 1])), 'loss')).toEqual([NaN]);
    graph.pull();
    expect([...w.dataSync()]).toEqual([0, 0]);
    graph.run(feed([4, 8]));
    graph.pull();
    expect([...w.dataSync()]).toEqual([2, 4]);
  });

  it('shares its variables among shapes, and names the shapes it knows', () => {
    const w = tf.variable(tf.scalar(0));
    const run = ({ x }: TensorRecord): TensorRecord => {
      updateVariables('AssignAddVariableOp', [typeAttribute('dtype')], [w], [tf.sum(x!)]);
      return { total: tf.sum(x!) };
    };
    const graph = compile(run, vectors([1], [2], [3, 4], [5, 6]), [w]);
    expect(graph.report.shapes).toBe(2);
    tf.dispose(Object.values(graph.run({ x: tf.tensor1d([10]) })));
    tf.dispose(Object.values(graph.run({ x: tf.tensor1d([100, 1000]) })));
    graph.pull();
    expect(w.dataSync()[0]).toBe(1110);
    expect(() => graph.run({ x: tf.zeros([3]) })).toThrow(
      /a graph for x:float32\[1\] or x:float32\[2\] got x:float32\[3\]/,
    );
  });

  it('draws fresh dropout at every step by the key it is fed, as the eager run does', () => {
    const run = ({ x, key }: TensorRecord): TensorRecord => ({
      y: dropout(x!, 0.5, { training: true, key: key as tf.Tensor1D }, 3),
    });
    const feed = (step: number): TensorRecord => ({
      x: tf.ones([200]),
      key: tf.tensor1d([7, step], 'int32'),
    });
    const graph = compile(run, [feed(0), feed(1)]);
    const masks = [2, 3, 2].map((step) => numbersOf(graph.run(feed(step)), 'y').join());
    expect(masks[0]).not.toBe(masks[1]);
    expect(masks[0]).toBe(masks[2]);
    expect(masks[0]).toBe(run(feed(2))['y']!.dataSync().join());
  });

  it('follows thirty steps of eager training', () => {
    const draw = (step: number, shape: [number, number]): tf.Tensor2D =>
      tf.tensor2d(
        Float32Array.from({ length: shape[0] * shape[1] }, (_, place) => Math.sin(step * 31 + place * 1.7)),
        shape,
      );
    const make = (): tf.Variable[] => [tf.variable(draw(1, [6, 8])), tf.variable(draw(2, [8, 1]))];
    const step =
      (weights: tf.Variable[]) =>
      ({ x, y }: TensorRecord): TensorRecord => {
        const { value, grads } = tf.variableGrads(
          () =>
            tf.mean<tf.Scalar>(
              tf.square(tf.sub(tf.matMul(tf.tanh(tf.matMul(x!, weights[0]!)), weights[1]!), y!)),
            ),
          weights,
        );
        for (const weight of weights) {
          updateVariables(
            'ResourceApplyGradientDescent',
            [typeAttribute('T')],
            [weight],
            [tf.scalar(0.1), grads[weight.name]!],
          );
        }
        return { loss: value };
      };
    const feed = (index: number): TensorRecord => ({
      x: draw(index + 3, [16, 6]),
      y: draw(index + 50, [16, 1]),
    });
    const [eager, compiled] = [make(), make()];
    const graph = compile(step(compiled), [feed(0), feed(1)], compiled);
    for (let index = 0; index < 30; index++) {
      const [expected] = numbersOf(step(eager)(feed(index)), 'loss');
      expect(numbersOf(graph.run(feed(index)), 'loss')[0]).toBeCloseTo(expected!, 5);
    }
  });

  it('keeps no tensors and gives its memory back: twenty cells run again', () => {
    const cell = (): void => {
      const w = tf.tidy(() => tf.variable(tf.zeros([64, 64])));
      const feed = (): TensorRecord => ({ x: tf.ones([64, 64]), rate: tf.scalar(0.1) });
      const examples = [feed(), feed()];
      const graph = compileGraph({ run: descent(w), examples, variables: [w] });
      for (let step = 0; step < 20; step++) tf.dispose(Object.values(graph.run(examples[0]!)));
      graph.pull();
      graph.dispose();
      tf.dispose(examples.map((each) => Object.values(each)));
      w.dispose();
    };
    for (let warm = 0; warm < 20; warm++) cell();
    const [tensors, rss] = [tf.memory().numTensors, process.memoryUsage.rss()];
    for (let round = 0; round < 20; round++) cell();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(process.memoryUsage.rss() / rss).toBeLessThan(1.05);
  });
});

describe('what a graph would freeze is refused', () => {
  const two = vectors([1, 2], [3, 4]);
  it.each<[string, RegExp, (inputs: TensorRecord) => TensorRecord]>([
    ['reading back', /read back into JavaScript/, ({ x }) => ({ y: tf.mul(x!, Math.max(...x!.dataSync())) })],
    [
      'reading back by tf.gather',
      /takeRows or embedding/,
      ({ x }) => ({ y: tf.gather(x!, tf.range(0, 1, 1, 'int32')) }),
    ],
    [
      'JavaScript numbers',
      /made from JavaScript numbers.*constant/,
      ({ x }) => ({ y: tf.add(x!, tf.tensor1d([0.25, 0.75])) }),
    ],
    ['a tensor from outside', /from outside the recorded function/, ({ x }) => ({ y: tf.add(x!, outside) })],
  ])('%s', (_name, message, run) => {
    const before = tf.memory().numTensors;
    expect(() => compile(run, two)).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
    // The backend works as before.
    expect([...tf.gather(tf.tensor1d([5, 6]), [1]).dataSync()]).toEqual([6]);
  });

  let outside: tf.Tensor1D;
  beforeAll(() => {
    outside = tf.tensor1d([1, 2]);
  });

  it('assigning a variable, and updating one that was not given', () => {
    const [w, other] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
    const assign = ({ x }: TensorRecord): TensorRecord => {
      w.assign(tf.sum(x!));
      return { y: w };
    };
    expect(() => compile(assign, two, [w])).toThrow(/a variable was assigned/);
    const update = ({ x }: TensorRecord): TensorRecord => {
      updateVariables('AssignAddVariableOp', [typeAttribute('dtype')], [other], [tf.sum(x!)]);
      return { y: x! };
    };
    expect(() => compile(update, two, [w])).toThrow(/updated that is not among those given/);
  });

  it('a number that changes from step to step: the graph and the eager run differ', () => {
    let calls = 0;
    expect(() => compile(({ x }) => ({ y: tf.mul(x!, ++calls) }), two)).toThrow(
      /gives another "y" than the eager run/,
    );
  });

  it('a number that is NaN in the graph alone, beside one that differs by rounding', () => {
    let calls = 0;
    const run = ({ x }: TensorRecord): TensorRecord => {
      calls += 1; // sqrt(-1) when it is recorded, sqrt(0) and sqrt(1) in the eager runs
      return { y: tf.concat([tf.sqrt(tf.mul(tf.abs(x!), calls - 2)), tf.mul(x!, 1 + 1e-6 * calls)]) };
    };
    expect(() => compile(run, vectors([1], [2]))).toThrow(
      /gives another "y" than the eager run, by NaN at step 1/,
    );
  });

  it('but a declared constant is taken', () => {
    const graph = compile(
      ({ x }) => ({
        y: tf.mul(
          x!,
          constant(() => tf.tensor1d([1, 10])),
        ),
      }),
      two,
    );
    expect(numbersOf(graph.run(two[1]!), 'y')).toEqual([3, 40]);
  });
});

it('needs two examples, and a folder for temporary files', () => {
  const run = ({ x }: TensorRecord): TensorRecord => ({ y: x! });
  expect(() => compile(run, vectors([1]))).toThrow(/at least two examples/);
  const file = join(mkdtempSync(join(tmpdir(), 'graph-')), 'no-folder');
  writeFileSync(file, '');
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = file;
  try {
    expect(() => compile(run, vectors([1], [2]))).toThrow(/cannot be handed to TensorFlow.*TMPDIR/s);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});
