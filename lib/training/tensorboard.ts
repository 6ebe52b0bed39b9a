import * as tf from '@tensorflow/tfjs';
import { executeNative, hasNativeOps } from '../nn/native/execute';
import type { TrainingProgress } from './train';

/** A training as TensorBoard shows it. */
export interface TensorBoardLog {
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Write out what is left and close the file. */
  close(): void;
}

/**
 * The functions of tfjs-node's backend behind `tf.node.summaryFileWriter`. That one keeps a writer a path as long as the
 * process lives, also when the folder was deleted since; and it leaks the tensors of its settings.
 */
interface SummaryBackend {
  summaryWriter(name: string): tf.Tensor;
  createSummaryFileWriter(
    writer: tf.Tensor,
    folder: string,
    maxQueue: number,
    flushMs: number,
    suffix: string,
  ): void;
  writeScalarSummary(writer: tf.Tensor, step: number, name: string, value: number): void;
  flushSummaryWriter(writer: tf.Tensor): void;
}

/** Steps are written at most this often; epochs always. */
const stepEveryMs = 1000;
let writers = 0;

/**
 * Write the course of a training into an event file of TensorBoard.
 *
 * `epoch/loss`, `epoch/validation` and every other number of an epoch's record stand over the number of the epoch;
 * `step/loss`, the mean over the epoch so far, stands over the number of the step since the training began, at most once
 * a second. Each process that resumes a training adds a file of its own; TensorBoard shows them as one run.
 *
 * @param folder made if need be; `tensorboard --logdir` takes it or any folder above it
 * @returns null where WebAssembly does the work: only native TensorFlow writes these files
 */
export function writeTensorBoard(folder: string): TensorBoardLog | null {
  if (!hasNativeOps()) return null;
  const backend = tf.backend() as unknown as SummaryBackend;
  const writer = tf.tidy(() => {
    const made = backend.summaryWriter(`${folder} ${++writers}`);
    backend.createSummaryFileWriter(made, folder, 100, 5000, '.v2');
    return tf.keep(made);
  });
  let writtenMs = -Infinity;
  return {
    onProgress({ epoch, step, steps, loss, history }) {
      const record = history.at(-1);
      if (step === 0 && record) {
        for (const [name, value] of Object.entries(record)) {
          if (name !== 'epoch' && typeof value === 'number') {
            backend.writeScalarSummary(writer, epoch, `epoch/${name}`, value);
          }
        }
      } else if (performance.now() - writtenMs >= stepEveryMs) {
        backend.writeScalarSummary(writer, (epoch - 1) * steps + step, 'step/loss', loss);
      } else return;
      backend.flushSummaryWriter(writer);
      writtenMs = performance.now();
    },
    close() {
      executeNative('CloseSummaryWriter', [], [writer], 0);
      writer.dispose();
    },
  };
}
