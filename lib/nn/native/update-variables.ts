import * as tf from '@tensorflow/tfjs';
import { executeNative, shapeAttribute, textAttribute, typeAttribute, type OpAttribute } from './execute';

/** Who takes updates instead of carrying them out: a recording, which writes them into its graph. */
export interface UpdateSink {
  update(
    op: string,
    attributes: OpAttribute[],
    variables: readonly tf.Variable[],
    inputs: readonly tf.Tensor[],
  ): void;
  guard(isAllowed: tf.Tensor, update: () => void): void;
}

let sink: UpdateSink | null = null;

/** Send the updates made within `run` to a sink. */
export function withUpdateSink<T>(taker: UpdateSink, run: () => T): T {
  if (sink !== null) throw new Error('withUpdateSink: a recording within a recording');
  sink = taker;
  try {
    return run();
  } finally {
    sink = null;
  }
}

/**
 * Change variables by one of TensorFlow's own update ops (ResourceApplyAdam and its kind).
 *
 * Called eagerly, the variables have their new values afterwards. Called while a graph is recorded, nothing changes
 * now: the graph does it at every run.
 *
 * @param op        an op whose first inputs are the handles of `variables`, and whose others are `inputs`
 * @param variables float32
 */
export function updateVariables(
  op: string,
  attributes: OpAttribute[],
  variables: readonly tf.Variable[],
  inputs: readonly tf.Tensor[],
): void {
  if (sink !== null) {
    sink.update(op, attributes, variables, inputs);
    return;
  }
  tf.tidy(() => {
    const dtype = typeAttribute('dtype');
    const handles = variables.map((variable) => {
      const handle = executeNative(
        'VarHandleOp',
        [
          dtype,
          shapeAttribute('shape', variable.shape),
          textAttribute('container', ''),
          textAttribute('shared_name', anonymous),
        ],
        [],
        1,
      )[0]!;
      executeNative('AssignVariableOp', [dtype], [handle, variable], 0);
      return handle;
    });
    executeNative(op, attributes, [...handles, ...inputs], 0);
    for (const [index, variable] of variables.entries()) {
      variable.assign(executeNative('ReadVariableOp', [dtype], [handles[index]!], 1)[0]!);
    }
  });
}

/**
 * Carry out updates only if a condition holds that is known on the device: a step whose loss is not finite must leave
 * the weights alone.
 *
 * @param isAllowed bool scalar
 * @param update    calls `updateVariables`
 */
export function updateOnlyIf(isAllowed: tf.Tensor, update: () => void): void {
  if (sink !== null) sink.guard(isAllowed, update);
  else if (isAllowed.dataSync()[0] === 1) update();
}

/** TensorFlow's name for a variable without a name: it is freed together with its handle (ResourceHandle::ANONYMOUS_NAME). */
const anonymous = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';
