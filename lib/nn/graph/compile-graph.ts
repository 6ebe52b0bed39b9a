import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../base/errors';
import { hasNativeOps } from '../native/execute';
import {
  buildGraph,
  dataTypeNumber,
  inputNode,
  outputNode,
  pushedNode,
  pushInputNode,
  readNode,
  type GraphFunction,
  type GraphNumbers,
  type TensorSpec,
} from './build-graph';
import { record, RecordingError, type RecordableBackend, type TensorRecord } from './recording';
import { openSession, type GraphSession } from './session';

/** A function to be compiled: pure in its inputs and the variables' values. */
export interface GraphProgram {
  /** Read at the start of a run; changed at its end by `updateVariables`. Float32. */
  readonly variables: readonly tf.Variable[];
  /** The function. Runs inside a tidy. */
  readonly run: (inputs: TensorRecord) => TensorRecord;
  /**
   * Inputs to try the graph on before it is handed out: at least two different ones, so that a value frozen by
   * mistake shows. One graph serves all the shapes that occur among them.
   */
  readonly examples: readonly TensorRecord[];
  /**
   * Outputs that must be those of the eager run on the examples. Default: all. Left out is what jumps where another
   * output moves by rounding, as a rank does with a score.
   */
  readonly compared?: readonly string[];
}

/** What was compiled, for those who want to look. */
export interface GraphReport {
  /** How often each native op occurs, most frequent first. */
  readonly operations: ReadonlyMap<string, number>;
  readonly numNodes: number;
  readonly bytes: number;
  readonly shapes: number;
  readonly seconds: number;
  /** Largest difference from the eager run among the compared outputs on the examples, relative to 1 or the value, whichever is larger. */
  readonly largestDifference: number;
}

/** A function as one native graph. The graph owns its variables between `push` and `pull`. */
export interface CompiledGraph {
  /**
   * Run once.
   *
   * @returns outputs by name; the caller disposes them
   * @throws RangeError for inputs of a shape that was not among the examples
   */
  run(inputs: TensorRecord): Record<string, tf.Tensor>;
  /** Copy the graph's variables into the program's. */
  pull(): void;
  /** Copy the program's variables into the graph's: needed after they were changed elsewhere. */
  push(): void;
  /** Free the graph. The program's variables stay. */
  dispose(): void;
  readonly report: GraphReport;
}

/** The graph computes something else than the eager function: the function depends on something frozen. */
export class GraphMismatchError extends Error {
  override readonly name = 'GraphMismatchError';
}

/**
 * Larger than rounding in another order of summation (1e-6 to 1e-5 seen), smaller than what a
 * frozen mask or batch does (1e-2 seen).
 */
const tolerance = 2e-4;

/** The shapes of inputs as text: inputs with the same text run through the same compiled function. */
const shapeKey = (inputs: TensorRecord): string =>
  Object.entries(inputs)
    .map(([name, { shape, dtype }]) => `${name}:${dtype}[${shape.join(',')}]`)
    .sort()
    .join(' ');

/**
 * Compile a function into one native graph: every op it calls in one eager run is recorded, then TensorFlow runs all
 * of them at once, without JavaScript in between.
 *
 * Before the graph is returned it is run beside the eager function through all examples, one step after the other, updates included; the
 * variables are afterwards as before. Shapes are static: one recording for each shape among the examples.
 *
 * @throws RecordingError when the function does something that a graph would freeze
 * @throws GraphMismatchError when the graph and the eager function differ on the examples
 * @throws Error without the native backend
 * @source Abadi et al., "TensorFlow: A System for Large-Scale Machine Learning", OSDI 2016, section 3 (dataflow graphs
 *   with mutable state); the recording by running once: Frostig, Johnson & Leary, "Compiling Machine Learning Programs
 *   via High-Level Tracing", SysML 2018, section 2.
 */
export function compileGraph(program: GraphProgram): CompiledGraph {
  if (!hasNativeOps()) throw new Error('compileGraph: graphs need native TensorFlow');
  const { variables, examples } = program;
  if (examples.length < 2) throw new RangeError('compileGraph: at least two examples are needed');
  const startedAt = performance.now();
  const backend = tf.backend() as unknown as RecordableBackend & { readonly binding: GraphNumbers };
  const specOf = (tensor: tf.Tensor): TensorSpec => ({
    dtype: dataTypeNumber(backend.binding, tensor.dtype),
    shape: tensor.shape,
  });

  const byShape = new Map<string, number>();
  const functions: GraphFunction[] = [];
  const outputNames: string[][] = [];
  for (const example of examples) {
    const key = shapeKey(example);
    if (byShape.has(key)) continue;
    byShape.set(key, functions.length);
    const recording = record(example, variables, program.run);
    functions.push({
      recording,
      inputs: new Map(Object.entries(example).map(([name, tensor]) => [name, specOf(tensor)])),
    });
    outputNames.push([...recording.outputs.keys()]);
  }
  const { savedModel, numNodes, session } = load(backend.binding, variables.map(specOf), functions);
  const operations = countOperations(functions);

  const run = (inputs: TensorRecord): Record<string, tf.Tensor> => {
    const fn = byShape.get(shapeKey(inputs));
    if (fn === undefined) {
      throw new RangeError(
        `a graph for ${[...byShape.keys()].join(' or ')} got ${shapeKey(inputs)}; ` +
          'give an example of every shape when compiling, or pad to one of these',
      );
    }
    const feed = new Map(Object.entries(inputs).map(([name, tensor]) => [inputNode(fn, name), tensor]));
    const names = outputNames[fn]!;
    const tensors = session.run(
      feed,
      names.map((name) => outputNode(fn, name)),
    );
    return Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
  };
  const pull = (): void => pullVariables(session, variables);
  const push = (): void => pushVariables(session, variables);

  let largestDifference: number;
  try {
    takenByTensorFlow(push);
    largestDifference = compareWithEager(program, { run, push });
  } catch (error) {
    session.dispose();
    throw error;
  }
  return {
    run,
    pull,
    push,
    dispose: () => session.dispose(),
    report: {
      operations,
      numNodes,
      bytes: savedModel.length,
      shapes: functions.length,
      seconds: (performance.now() - startedAt) / 1000,
      largestDifference,
    },
  };
}

function load(
  numbers: GraphNumbers,
  variables: readonly TensorSpec[],
  functions: readonly GraphFunction[],
): { savedModel: Uint8Array; numNodes: number; session: GraphSession } {
  const { savedModel, numNodes } = takenByTensorFlow(() => buildGraph(numbers, variables, functions));
  return { savedModel, numNodes, session: takenByTensorFlow(() => openSession(savedModel)) };
}

/** What TensorFlow refuses in a graph cannot be recorded, though every op ran; too little memory is another matter. */
function takenByTensorFlow<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { message } = error as Error;
    const isOther =
      error instanceof InputError || error instanceof TypeError || /memory|OOM|exhausted/i.test(message);
    if (isOther) throw error;
    throw new RecordingError(`TensorFlow does not take the recorded graph: ${message}`, { cause: error });
  }
}

function pushVariables(session: GraphSession, variables: readonly tf.Variable[]): void {
  const feed = new Map<string, tf.Tensor>(
    variables.map((variable, index) => [pushInputNode(index), variable]),
  );
  tf.dispose(session.run(feed, [pushedNode]));
}

function pullVariables(session: GraphSession, variables: readonly tf.Variable[]): void {
  if (variables.length === 0) return;
  const values = session.run(
    new Map(),
    variables.map((_, index) => readNode(index)),
  );
  for (const [index, variable] of variables.entries()) {
    variable.assign(values[index]!);
    values[index]!.dispose();
  }
}

/** Run eagerly and as a graph from the same start, and leave the variables as they were, on both sides. */
function compareWithEager(
  { variables, run, examples, compared }: GraphProgram,
  graph: Pick<CompiledGraph, 'run' | 'push'>,
): number {
  const before = variables.map((variable) => tf.clone(variable));
  let largest = 0;
  try {
    for (const [step, example] of examples.entries()) {
      tf.tidy(() => {
        const eager = run(example);
        for (const [name, ours] of Object.entries(takenByTensorFlow(() => graph.run(example)))) {
          if (compared && !compared.includes(name)) continue;
          const difference = relativeDifference(eager[name]!, ours);
          if (!(difference <= tolerance)) {
            throw new GraphMismatchError(
              `the compiled graph gives another "${name}" than the eager run, by ${difference.toExponential(1)} at ` +
                `step ${step + 1}: does the function depend on a JavaScript value that changes from step to step, or ` +
                'draw random numbers other than by its key?',
            );
          }
          largest = Math.max(largest, difference);
        }
      });
    }
    return largest;
  } finally {
    for (const [index, variable] of variables.entries()) {
      variable.assign(before[index]!);
      before[index]!.dispose();
    }
    graph.push();
  }
}

function relativeDifference(eager: tf.Tensor, graph: tf.Tensor): number {
  const [a, b] = [eager.dataSync(), graph.dataSync()];
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    if (Object.is(a[index], b[index])) continue; // also NaN on both sides: no difference
    const difference = Math.abs(a[index]! - b[index]!) / Math.max(1, Math.abs(a[index]!));
    largest = Math.max(largest, difference); // NaN once it was NaN
  }
  return largest;
}

function countOperations(functions: readonly GraphFunction[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { recording } of functions) {
    for (const { op } of [...recording.nodes, ...recording.updates])
      counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}
