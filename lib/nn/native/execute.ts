import * as tf from '@tensorflow/tfjs';

/** One attribute of a TensorFlow op, made by `typeAttribute` and its siblings. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string | readonly number[];
}

/** The part of tfjs-node's backend that this project uses. */
interface NativeBackend {
  readonly binding: Readonly<Record<string, number>>;
  executeMultipleOutputs(
    op: string,
    attributes: OpAttribute[],
    inputs: tf.Tensor[],
    numOutputs: number,
  ): tf.Tensor[];
}

/** Whether native TensorFlow ops can run: true once `startBackend` has put native TensorFlow in place, false on wasm. */
export function hasNativeOps(): boolean {
  return tf.getBackend() === 'tensorflow';
}

function native(): NativeBackend {
  if (!hasNativeOps()) {
    throw new Error(`this op needs the backend "tensorflow"; the current one is "${tf.getBackend()}"`);
  }
  return tf.backend() as unknown as NativeBackend;
}

/** Run any TensorFlow op eagerly, also those that tfjs has no function for. */
export function executeNative(
  op: string,
  attributes: OpAttribute[],
  inputs: tf.Tensor[],
  numOutputs: number,
): tf.Tensor[] {
  return native().executeMultipleOutputs(op, attributes, inputs, numOutputs);
}

/** An attribute that names an element type. */
export function typeAttribute(name: string, dtype: 'float32' | 'int32' = 'float32'): OpAttribute {
  const { binding } = native();
  return {
    name,
    type: binding['TF_ATTR_TYPE']!,
    value: binding[dtype === 'float32' ? 'TF_FLOAT' : 'TF_INT32']!,
  };
}

/** An attribute that holds a real number. */
export function floatAttribute(name: string, value: number): OpAttribute {
  return { name, type: native().binding['TF_ATTR_FLOAT']!, value };
}

/** An attribute that holds a whole number. */
export function intAttribute(name: string, value: number): OpAttribute {
  return { name, type: native().binding['TF_ATTR_INT']!, value };
}

/** An attribute that holds yes or no. */
export function boolAttribute(name: string, value: boolean): OpAttribute {
  return { name, type: native().binding['TF_ATTR_BOOL']!, value };
}

/** An attribute that holds text. */
export function textAttribute(name: string, value: string): OpAttribute {
  return { name, type: native().binding['TF_ATTR_STRING']!, value };
}

/** An attribute that holds a shape. */
export function shapeAttribute(name: string, value: readonly number[]): OpAttribute {
  return { name, type: native().binding['TF_ATTR_SHAPE']!, value };
}
