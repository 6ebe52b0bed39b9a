import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../base/errors';

interface SessionBackend {
  readonly binding: {
    loadSavedModel(folder: string, tags: string): number;
    deleteSavedModel(id: number): void;
    runSavedModel(id: number, inputIds: number[], inputNames: string, outputNames: string): OutputMeta[];
  };
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  createOutputTensor(meta: OutputMeta): tf.Tensor;
}
interface OutputMeta {
  readonly id: number;
}

/** A graph loaded into TensorFlow, with variables of its own. */
export interface GraphSession {
  /**
   * Feed tensors by node name and fetch others.
   *
   * @returns one tensor a name of `fetch`; the caller disposes them
   * @throws Error with TensorFlow's message
   */
  run(feed: ReadonlyMap<string, tf.Tensor>, fetch: readonly string[]): tf.Tensor[];
  /** Free the graph, its variables and its compiled kernels. */
  dispose(): void;
}

/**
 * Load a graph from the bytes of a saved model.
 *
 * @throws InputError when the folder for temporary files cannot be written
 */
export function openSession(savedModel: Uint8Array): GraphSession {
  const backend = tf.backend() as unknown as SessionBackend;
  let folder: string | undefined;
  let id: number;
  try {
    folder = mkdtempSync(join(tmpdir(), 'behavior-lab-graph-'));
    writeFileSync(join(folder, 'saved_model.pb'), savedModel);
    id = backend.binding.loadSavedModel(folder, 'serve');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new InputError(
      `a compiled graph cannot be handed to TensorFlow (${(error as Error).message}).`,
      'Free some space, or set TMPDIR to a folder with space.',
      { file: folder ?? tmpdir() },
    );
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
  let isOpen = true;
  return {
    run: (feed, fetch) => {
      if (!isOpen) throw new Error('this graph was disposed');
      return backend.binding
        .runSavedModel(
          id,
          backend.getInputTensorIds([...feed.values()]),
          [...feed.keys()].map((name) => `${name}:0`).join(','),
          fetch.map((name) => (name.includes(':') ? name : `${name}:0`)).join(','),
        )
        .map((meta) => backend.createOutputTensor(meta));
    },
    dispose: () => {
      if (isOpen) backend.binding.deleteSavedModel(id);
      isOpen = false;
    },
  };
}
