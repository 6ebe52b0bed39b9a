import type { OpAttribute } from '../native/execute';
import { createGraphDef, type AttributeKinds, type DataTypeNumber } from './graph-def';
import type { RecordedUpdate, Recording, Source } from './recording';

/** Type and shape of a placeholder or variable. */
export interface TensorSpec {
  readonly dtype: DataTypeNumber;
  readonly shape: readonly number[];
}

/** One recorded function with the inputs it was recorded for. */
export interface GraphFunction {
  readonly recording: Recording;
  readonly inputs: ReadonlyMap<string, TensorSpec>;
}

/** The node that an input of a function is fed to. */
export const inputNode = (fn: number, name: string): string => `f${fn}_in_${name}`;
/** The node that holds an output of a function; fetching it carries out the function's updates. */
export const outputNode = (fn: number, name: string): string => `f${fn}_out_${name}`;
/** The node that holds a variable's value at the start of a run. */
export const readNode = (variable: number): string => `read${variable}`;
/** The node that a variable's new value is fed to. */
export const pushInputNode = (variable: number): string => `push${variable}_in`;
/** The node to fetch so that every variable takes the value fed to its `pushInputNode`. */
export const pushedNode = 'pushed';

/** The numbers that the binding gives to kinds of attributes and to types. */
export type GraphNumbers = AttributeKinds & {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
};

/** TensorFlow's number of one of tfjs's types. @throws Error for text and complex numbers, which graphs here do not carry */
export function dataTypeNumber(numbers: GraphNumbers, dtype: string): DataTypeNumber {
  const known: Readonly<Record<string, number>> = {
    float32: numbers.TF_FLOAT,
    int32: numbers.TF_INT32,
    bool: numbers.TF_BOOL,
  };
  const number = known[dtype];
  if (number === undefined) throw new Error(`a graph cannot carry a tensor of type ${dtype}`);
  return number;
}

/**
 * Write recorded functions into one graph in which they share their variables.
 *
 * A function's outputs come after its updates. An update whose guard does not hold is not carried out: its first input
 * goes through a Switch, and what hangs on the dead side never runs.
 *
 * @returns the bytes of `saved_model.pb`, and the number of nodes
 */
export function buildGraph(
  numbers: GraphNumbers,
  variables: readonly TensorSpec[],
  functions: readonly GraphFunction[],
): { savedModel: Uint8Array; numNodes: number } {
  const graph = createGraphDef(numbers);
  const type = (name: string, value: DataTypeNumber): OpAttribute => ({
    name,
    type: numbers.TF_ATTR_TYPE,
    value,
  });
  const shapeOf = (shape: readonly number[]): OpAttribute => ({
    name: 'shape',
    type: numbers.TF_ATTR_SHAPE,
    value: shape,
  });
  const text = (name: string, value: string): OpAttribute => ({
    name,
    type: numbers.TF_ATTR_STRING,
    value,
  });
  const constants = new Map<string, string>();
  const constantNode = ({ value }: Extract<Source, { kind: 'constant' }>): string => {
    const key = `${value.dtype}/${value.shape.join(',')}/${Buffer.from(value.bytes).toString('base64')}`;
    let name = constants.get(key);
    if (name === undefined) {
      name = `constant${constants.size}`;
      constants.set(key, name);
      graph.constant(name, value);
    }
    return name;
  };
  const placeholder = (name: string, { dtype, shape }: TensorSpec): void =>
    graph.node(name, 'Placeholder', [], [type('dtype', dtype), shapeOf(shape)]);

  for (const [index, spec] of variables.entries()) {
    const dtype = type('dtype', spec.dtype);
    graph.node(
      `variable${index}`,
      'VarHandleOp',
      [],
      [dtype, shapeOf(spec.shape), text('shared_name', `variable${index}`), text('container', '')],
    );
    graph.node(readNode(index), 'ReadVariableOp', [`variable${index}`], [dtype]);
    placeholder(pushInputNode(index), spec);
    graph.node(`push${index}`, 'AssignVariableOp', [`variable${index}`, pushInputNode(index)], [dtype]);
  }
  graph.constant('yes', { dtype: numbers.TF_BOOL, shape: [], bytes: Uint8Array.of(1) });
  graph.node(
    pushedNode,
    'Identity',
    ['yes', ...variables.map((_, index) => `^push${index}`)],
    [type('T', numbers.TF_BOOL)],
  );

  for (const [fn, { recording, inputs }] of functions.entries()) {
    for (const [name, spec] of inputs) placeholder(inputNode(fn, name), spec);
    const reference = (source: Source): string => {
      switch (source.kind) {
        case 'input':
          return inputNode(fn, source.name);
        case 'variable':
          return readNode(source.index);
        case 'constant':
          return constantNode(source);
        case 'node':
          return source.output === 0 ? `f${fn}_${source.node}` : `f${fn}_${source.node}:${source.output}`;
      }
    };
    for (const [index, { op, attributes, sources }] of recording.nodes.entries()) {
      graph.node(`f${fn}_${index}`, op, sources.map(reference), attributes);
    }
    const isDone = addUpdates(recording.updates, `f${fn}`, reference);
    for (const [name, { source, dtype }] of recording.outputs) {
      graph.node(
        outputNode(fn, name),
        'Identity',
        [reference(source), ...isDone.map((node) => `^${node}`)],
        [type('T', dataTypeNumber(numbers, dtype))],
      );
    }
  }
  return { savedModel: graph.savedModel(), numNodes: graph.numNodes };

  /** Returns the nodes that have run when all updates have been carried out or skipped. */
  function addUpdates(
    updates: readonly RecordedUpdate[],
    prefix: string,
    reference: (source: Source) => string,
  ): string[] {
    const done: string[] = [];
    const guarded = new Map<string, string[]>();
    const lastUpdateOf = new Map<number, string>();
    for (const [index, update] of updates.entries()) {
      const name = `${prefix}_update${index}`;
      const inputs = update.sources.map(reference);
      if (update.guard) {
        const guard = reference(update.guard);
        graph.node(`${name}_switch`, 'Switch', [inputs[0]!, guard], [type('T', numbers.TF_FLOAT)]);
        inputs[0] = `${name}_switch:1`;
        guarded.set(guard, [...(guarded.get(guard) ?? []), name]);
      } else done.push(name);
      const after = new Set(
        update.variables.flatMap((variable) => [
          `^${readNode(variable)}`,
          ...(lastUpdateOf.has(variable) ? [`^${lastUpdateOf.get(variable)}`] : []),
        ]),
      );
      graph.node(
        name,
        update.op,
        [...update.variables.map((variable) => `variable${variable}`), ...inputs, ...after],
        update.attributes,
      );
      for (const variable of update.variables) lastUpdateOf.set(variable, name);
    }
    for (const [guard, names] of guarded) {
      const node = `${prefix}_guard${done.length}`;
      const bool = type('T', numbers.TF_BOOL);
      graph.node(`${node}_switch`, 'Switch', [guard, guard], [bool]);
      graph.node(
        `${node}_updated`,
        'Identity',
        [`${node}_switch:1`, ...names.map((name) => `^${name}`)],
        [bool],
      );
      graph.node(
        node,
        'Merge',
        [`${node}_updated`, `${node}_switch`],
        [bool, { name: 'N', type: numbers.TF_ATTR_INT, value: 2 }],
      );
      done.push(node);
    }
    return done;
  }
}
