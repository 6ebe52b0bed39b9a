import * as tf from '@tensorflow/tfjs';
import { isMakingConstant } from '../constant';
import type { OpAttribute } from '../native/execute';
import { withUpdateSink } from '../native/update-variables';
import type { AttributeKinds, ConstantTensor, DataTypeNumber } from './graph-def';

/** Tensors by name: the inputs of a recorded function, and its outputs. */
export type TensorRecord = Readonly<Record<string, tf.Tensor>>;

/** Where the value at an input of a node comes from. */
export type Source =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'variable'; readonly index: number }
  | { readonly kind: 'node'; readonly node: number; readonly output: number }
  | { readonly kind: 'constant'; readonly value: ConstantTensor };

/** One native op, as it was called. */
export interface RecordedNode {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly sources: readonly Source[];
}

/** One change of variables by a native op, carried out at the end of a run if its guard holds. */
export interface RecordedUpdate {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  /** Positions in the recorded variables. */
  readonly variables: readonly number[];
  readonly sources: readonly Source[];
  readonly guard: Source | null;
}

/** Everything a function did on the device, in order. */
export interface Recording {
  readonly nodes: readonly RecordedNode[];
  readonly updates: readonly RecordedUpdate[];
  readonly outputs: ReadonlyMap<string, { readonly source: Source; readonly dtype: tf.DataType }>;
}

interface TensorData {
  readonly shape: number[];
  readonly dtype: DataTypeNumber;
  readonly id: number;
  readonly values: tf.BackendValues | null;
}
interface Binding extends AttributeKinds {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_BOOL: number;
  executeOp(name: string, attributes: OpAttribute[], ids: number[], numOutputs: number): OutputMeta[];
  createTensor(shape: number[], dtype: number, values: ArrayBufferView): number;
}
interface OutputMeta {
  readonly id: number;
  readonly dtype: DataTypeNumber;
}
/** The methods of tfjs-node's backend through which every op, upload and read-back goes. */
export interface RecordableBackend {
  binding: Binding;
  readonly tensorMap: { get(dataId: object): TensorData };
  getInputTensorIds(tensors: { readonly dataId: object }[]): number[];
  readSync(dataId: object): tf.BackendValues;
  read(dataId: object): Promise<tf.BackendValues>;
  write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object;
}
interface RecordableEngine {
  runKernelFunc(kernel: { readonly kernelName?: string }): unknown;
}

/** A function cannot be recorded into a graph; the message says which line and what to do instead. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/**
 * Run a function once and write down every native op it calls, gradients included.
 *
 * What a graph could not repeat is refused at the line that does it: reading a tensor back into JavaScript, uploading
 * different JavaScript numbers (other than what `constant` declares), and using a tensor that is
 * neither an input nor a variable nor made by the function.
 *
 * @param inputs    what is fed at every run
 * @param variables what the graph reads at the start of a run and may update at its end; unchanged by the recording
 * @throws RecordingError for all of the above
 */
export function record(
  inputs: TensorRecord,
  variables: readonly tf.Variable[],
  run: (inputs: TensorRecord) => TensorRecord,
): Recording {
  const backend = tf.backend() as unknown as RecordableBackend;
  const engine = tf.engine() as unknown as RecordableEngine;
  const { binding } = backend;
  const nodes: RecordedNode[] = [];
  const updates: RecordedUpdate[] = [];
  const sources = new Map<number, Source>();
  const uploads = new WeakSet<object>();
  let kernelDepth = 0;
  let guard: Source | null = null;

  const idOf = (tensor: tf.Tensor): number => backend.getInputTensorIds([tensor])[0]!;
  for (const [name, tensor] of Object.entries(inputs)) sources.set(idOf(tensor), { kind: 'input', name });
  const ids = variables.map(idOf);
  for (const [index, id] of ids.entries()) sources.set(id, { kind: 'variable', index });

  const sourceOf = (tensor: tf.Tensor): Source => {
    const source = sources.get(idOf(tensor));
    if (!source) throw new RecordingError(foreignTensor);
    return source;
  };

  const original = {
    getInputTensorIds: backend.getInputTensorIds.bind(backend),
    write: backend.write.bind(backend),
    runKernelFunc: engine.runKernelFunc.bind(engine),
  };
  const recordingBinding = Object.create(binding, {
    executeOp: {
      value: (
        op: string,
        attributes: OpAttribute[],
        inputIds: number[],
        numOutputs: number,
      ): OutputMeta[] => {
        const outputs = binding.executeOp(op, attributes, inputIds, numOutputs);
        const node = nodes.length;
        // Eager TensorFlow infers what tfjs leaves out; a graph has to say it. ExpandDims is the one kernel that leaves out
        // its types (tfjs-node 4.22).
        const inferred =
          op === 'ExpandDims' ? [{ name: 'T', type: binding.TF_ATTR_TYPE, value: outputs[0]!.dtype }] : [];
        nodes.push({
          op,
          attributes: [
            ...attributes.filter(({ value }) => value !== undefined && value !== null),
            ...inferred,
          ],
          sources: inputIds.map((id) => sources.get(id)!),
        });
        for (const [output, { id }] of outputs.entries()) sources.set(id, { kind: 'node', node, output });
        return outputs;
      },
    },
    createTensor: {
      value: (shape: number[], dtype: DataTypeNumber, values: ArrayBufferView): number => {
        const id = binding.createTensor(shape, dtype, values);
        const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
        sources.set(id, { kind: 'constant', value: { dtype: numberOf(dtype), shape: [...shape], bytes } });
        return id;
      },
    },
  }) as Binding;
  const numberOf = (dtype: DataTypeNumber | string): DataTypeNumber => {
    if (typeof dtype === 'number') return dtype;
    const known: Record<string, number> = {
      float32: binding.TF_FLOAT,
      int32: binding.TF_INT32,
      bool: binding.TF_BOOL,
    };
    const number = known[dtype];
    if (number === undefined) throw new RecordingError(`a constant of type ${dtype} cannot be recorded`);
    return number;
  };
  const refuseReading = (): never => {
    throw new RecordingError(
      'a tensor is read back into JavaScript (dataSync, data, arraySync, print, or tf.gather, which checks its ' +
        'indices there): in a graph the value of this one step would be frozen. Keep the computation on tensors; ' +
        'for tf.gather take takeRows or embedding.',
    );
  };
  const overrides = {
    binding: recordingBinding,
    getInputTensorIds: (tensors: { readonly dataId?: object }[]): number[] =>
      tensors.flatMap((tensor) => {
        // 64-bit scalars, which tfjs-node makes for itself, have no dataId.
        if (tensor.dataId === undefined) return original.getInputTensorIds([tensor as { dataId: object }]);
        const { id, values } = backend.tensorMap.get(tensor.dataId);
        if (values === null ? !sources.has(id) : !uploads.has(tensor.dataId)) {
          throw new RecordingError(foreignTensor);
        }
        return original.getInputTensorIds([tensor as { dataId: object }]);
      }),
    readSync: refuseReading,
    read: refuseReading,
    write: (values: tf.BackendValues, shape: number[], dtype: tf.DataType): object => {
      if (kernelDepth === 0 && !isMakingConstant() && !isUniform(values)) {
        throw new RecordingError(
          `a tensor of shape [${shape.join(', ')}] is made from JavaScript numbers: in a graph the numbers of this one ` +
            'step would be frozen. Feed it as an input, or write constant(() => ...) around it if it is the same at every step.',
        );
      }
      const dataId = original.write(values, shape, dtype);
      uploads.add(dataId);
      return dataId;
    },
  };
  const engineOverrides = {
    runKernelFunc: (kernel: { readonly kernelName?: string }): unknown => {
      // Kernels of tfjs-node upload axes and shapes of their own; a custom gradient's function is the user's code.
      const inKernel = Number(kernel.kernelName !== undefined);
      kernelDepth += inKernel;
      try {
        return original.runKernelFunc(kernel);
      } finally {
        kernelDepth -= inKernel;
      }
    },
  };

  let recording: Recording | undefined;
  tf.tidy(() => {
    const restore = [override(backend, overrides), override(engine, engineOverrides)];
    try {
      const outputs = withUpdateSink(
        {
          update: (op, attributes, changed, others) =>
            updates.push({
              op,
              attributes,
              variables: changed.map((variable) => {
                const index = variables.indexOf(variable);
                if (index < 0)
                  throw new RecordingError('a variable is updated that is not among those given');
                return index;
              }),
              sources: others.map(sourceOf),
              guard,
            }),
          guard: (isAllowed, update) => {
            guard = sourceOf(isAllowed);
            try {
              update();
            } finally {
              guard = null;
            }
          },
        },
        () => run(inputs),
      );
      for (const [index, variable] of variables.entries()) {
        if (idOf(variable) !== ids[index]) {
          throw new RecordingError(
            'a variable was assigned; a graph changes variables by updateVariables only',
          );
        }
      }
      recording = {
        nodes,
        updates,
        outputs: new Map(
          Object.entries(outputs).map(([name, tensor]) => [
            name,
            { source: sourceOf(tensor), dtype: tensor.dtype },
          ]),
        ),
      };
    } finally {
      for (const undo of restore) undo();
    }
  });
  return recording!;
}

const foreignTensor =
  'a tensor from outside the recorded function is used: in a graph its value would be frozen. Pass it as an input, ' +
  'or make it inside with constant(() => ...).';

/** One number, or one number everywhere: tfjs's own gradients make zeros and ones this way. */
const isUniform = (values: tf.BackendValues): boolean => {
  for (let index = 1; index < values.length; index++) if (values[index] !== values[0]) return false;
  return true;
};

/** Put own properties before those of an object's class; returns how to take them away again. */
function override<T extends object>(object: T, properties: Partial<T>): () => void {
  const before = new Map(
    Object.keys(properties).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)]),
  );
  for (const [key, value] of Object.entries(properties)) {
    Object.defineProperty(object, key, { value, configurable: true, writable: true, enumerable: true });
  }
  return () => {
    for (const [key, descriptor] of before) {
      if (descriptor) Object.defineProperty(object, key, descriptor);
      else Reflect.deleteProperty(object, key);
    }
  };
}
