import { join } from 'node:path';
import type { ProgramSpec } from './program';
import type { Device, Peer } from './work';

/** A side's programs: how many threads they have, and how one is started. */
export interface Side {
  readonly name: 'ours' | Peer;
  readonly threads: readonly number[];
  readonly device: Device;
  readonly start: (threads: number) => ProgramSpec;
}

const nodeProgram: ProgramSpec = {
  command: process.execPath,
  args: ['-r', 'ts-node/register/transpile-only', join(__dirname, 'ours', 'serve.ts')],
  // Threads are an argument of startBackend.
  env: without(process.env, /^TF_NUM_/),
};

/** The processor is used with 1 and with 2 threads. Beside a GPU it only feeds it: once, with 2. */
const threadsFor = (device: Device): readonly number[] => (device === 'gpu' ? [2] : [1, 2]);

/** Our side: the number of threads is fixed when a library is loaded, so each is a process of its own. */
export const ourSide = (device: Device): Side => ({
  name: 'ours',
  threads: threadsFor(device),
  device,
  start: () => nodeProgram,
});

/**
 * A peer's side.
 *
 * @param python interpreter of the peers' environment; null when no peer in Python is asked for
 * @param caches folder where PyTorch keeps what it compiled
 */
export function peerSide(peer: Peer, python: string | null, caches: string, device: Device): Side {
  // ml-kmeans is plain JavaScript, with one thread.
  if (peer === 'ml-kmeans') return { name: peer, threads: [1], device, start: () => nodeProgram };
  if (peer === 'tf.layers') return { name: peer, threads: [1, 2], device, start: () => nodeProgram };
  if (python === null) throw new Error(`${peer} needs the peers' Python environment`);
  return {
    name: peer,
    threads: threadsFor(device),
    device,
    start: (threads) => ({
      command: python,
      args: ['-u', join(__dirname, 'peers', 'serve.py')],
      env: {
        // Settings of the shell that would slow a peer down (or speed it up) unseen.
        ...without(process.env, /^(OMP|GOMP|KMP|MKL|OPENBLAS|PYTHON|TORCH|BLIS|POLARS|_RJEM)/),
        OMP_NUM_THREADS: String(threads),
        OPENBLAS_NUM_THREADS: String(threads),
        MKL_NUM_THREADS: String(threads),
        // While it waits for its turn it must not burn the cores that the other side runs on.
        OMP_WAIT_POLICY: 'passive',
        GOMP_SPINCOUNT: '0',
        KMP_BLOCKTIME: '0',
        TORCHINDUCTOR_CACHE_DIR: caches,
        POLARS_MAX_THREADS: String(threads),
        // Ours multiplies in float32 unless this says otherwise.
        NVIDIA_TF32_OVERRIDE: process.env['NVIDIA_TF32_OVERRIDE'] ?? '0',
        ...(device === 'cpu' && { CUDA_VISIBLE_DEVICES: '' }),
        PYTHONDONTWRITEBYTECODE: '1',
      },
    }),
  };
}

/** Whether a peer runs in the Python environment. */
export const isPython = (peer: Peer): boolean => peer !== 'ml-kmeans' && peer !== 'tf.layers';

function without(env: NodeJS.ProcessEnv, names: RegExp): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.test(name)));
}
