import * as tf from '@tensorflow/tfjs';
import { InputError } from '../base/errors';
import { oneDnnFromEnvironment, threadsFromEnvironment } from '../nn/backend';
import { hasNativeOps } from '../nn/native/execute';

/** What the last bits of a result depend on beside the program and its settings; on WebAssembly the first two are null. */
export interface Numerics {
  /** Threads within one operation: they decide the order in which numbers are summed. */
  readonly threads: number | null;
  readonly tensorflowVersion: string | null;
  /** TensorFlow's other set of CPU kernels. */
  readonly oneDnn: 'on' | 'off';
  readonly device: 'cpu' | 'gpu';
}

/** What numbers are computed with in this process. Call it after `startBackend`. */
export function currentNumerics(): Numerics {
  if (!hasNativeOps()) return { threads: null, tensorflowVersion: null, oneDnn: 'off', device: 'cpu' };
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as {
    readonly binding: { readonly TF_Version: string };
    readonly isUsingGpuDevice: boolean;
  };
  return {
    // The environment says what was used: `startBackend` writes both there before the library reads them.
    threads: threadsFromEnvironment(),
    tensorflowVersion: binding.TF_Version,
    oneDnn: oneDnnFromEnvironment(),
    device: isUsingGpuDevice ? 'gpu' : 'cpu',
  };
}

/**
 * Refuse to go on with numbers that were computed otherwise, since the result would be that of neither training.
 *
 * @param file what the numbers were saved in, for the message
 * @throws InputError naming the first difference and how to get back to what it was
 */
export function requireSameNumerics(file: string, saved: Numerics, now: Numerics = currentNumerics()): void {
  const refuse = (was: string, is: string, remedy: string): never => {
    throw new InputError(`trained with ${was}, now ${is}.`, remedy, { file });
  };
  const library = ({ tensorflowVersion: version }: Numerics): string =>
    version === null ? 'WebAssembly' : `TensorFlow ${version}`;
  if (saved.tensorflowVersion !== now.tensorflowVersion) {
    const remedy =
      saved.tensorflowVersion === null
        ? 'Start with BEHAVIOR_LAB_BACKEND=wasm'
        : `Install TensorFlow ${saved.tensorflowVersion} again (npm run doctor shows what is there)`;
    refuse(library(saved), library(now), `${remedy}, or train from the start.`);
  }
  if (saved.device !== now.device) {
    const remedy = saved.device === 'cpu' ? 'Start with CUDA_VISIBLE_DEVICES=-1' : 'Use a machine with a GPU';
    refuse(`the ${saved.device}`, `the ${now.device}`, `${remedy}, or train from the start.`);
  }
  if (saved.threads !== now.threads) {
    refuse(
      `${saved.threads} threads`,
      String(now.threads),
      `Start with TF_NUM_INTRAOP_THREADS=${saved.threads}.`,
    );
  }
  if (saved.oneDnn !== now.oneDnn) {
    const value = saved.oneDnn === 'on' ? 1 : 0;
    refuse(`oneDNN ${saved.oneDnn}`, now.oneDnn, `Start with TF_ENABLE_ONEDNN_OPTS=${value}.`);
  }
}
