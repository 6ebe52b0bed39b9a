import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../base/errors';
import { registerUnsortedSegmentSum } from './wasm-unsorted-segment-sum';

/**
 * Threads behind every committed number: notebooks, `npm run seeds` and the tests use as many on every machine, because
 * sums in another order differ in their last bits. scripts/kernel/tslab-kernel.cjs says the same number.
 */
export const publishedThreads = 2;

/** What the numbers are computed with. */
export interface BackendInfo {
  readonly name: 'tensorflow' | 'wasm';
  /** Version of the native library, null on wasm. */
  readonly tensorflowVersion: string | null;
  readonly device: 'cpu' | 'gpu';
  /** Why the device is what it is, in one sentence. */
  readonly gpuReason: string;
  /** Threads within one operation. The last bits of a result depend on it. */
  readonly threads: number | null;
  /** Whether the library's oneDNN kernels are in use. The last bits of a result depend on it. */
  readonly oneDnn: 'on' | 'off';
}

export interface BackendOptions {
  /**
   * Threads within one operation. Default: `TF_NUM_INTRAOP_THREADS`, or one for each core this
   * process may use.
   */
  readonly threads?: number;
}

const requireHere = createRequire(__filename);
const projectFolder = path.resolve(__dirname, '..', '..');
let starting: Promise<BackendInfo> | null = null;

/**
 * Load TensorFlow and make it the backend of every tensor.
 *
 * The native library is taken when it is there. Otherwise, or with `BEHAVIOR_LAB_BACKEND=wasm`, WebAssembly does the
 * work, many times slower, and a warning says so. A second call returns the first call's answer.
 *
 * @throws InputError when `threads` or `TF_NUM_INTRAOP_THREADS` is no whole number from 1 up, or `threads` differs from
 *   that of an earlier call
 */
export async function startBackend(options: BackendOptions = {}): Promise<BackendInfo> {
  if (options.threads !== undefined && !(Number.isInteger(options.threads) && options.threads >= 1)) {
    throw new InputError(`${options.threads} threads are not possible.`, 'Give a whole number from 1 up.');
  }
  starting ??= start(options).catch((error: unknown) => {
    starting = null; // the next call may find the mistake mended
    throw error;
  });
  const info = await starting;
  if (info.name === 'tensorflow' && options.threads !== undefined && options.threads !== info.threads) {
    throw new InputError(
      `TensorFlow already runs with ${info.threads} threads, not ${options.threads}.`,
      'The number is fixed when the library is loaded: start a new process (or kernel) to change it.',
    );
  }
  return info;
}

/** Whether a backend was started in this process: what it computes with can then no longer be chosen. */
export const isBackendStarted = (): boolean => starting !== null;

async function start(options: BackendOptions): Promise<BackendInfo> {
  const asked = process.env['BEHAVIOR_LAB_BACKEND'] ?? 'tensorflow';
  if (asked !== 'tensorflow' && asked !== 'wasm') {
    throw new InputError(
      `BEHAVIOR_LAB_BACKEND is '${asked}'.`,
      "Set it to 'tensorflow' or 'wasm', or leave it out.",
    );
  }
  if (asked === 'wasm') return startWasm('BEHAVIOR_LAB_BACKEND=wasm asks for it.');
  const threads = options.threads ?? threadsFromEnvironment() ?? os.availableParallelism();
  try {
    return startNative(threads);
  } catch (error) {
    return startWasm(whyNotNative(error));
  }
}

function startNative(threads: number): BackendInfo {
  restoreRemovedUtilFunctions();
  // All of these are read when the library is loaded, and have no effect afterwards.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // TensorFlow multiplies matrices on a GPU in TF32 (10 bits of mantissa) unless told otherwise; float32 is float32 here.
  process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
  // Costs two lines on stderr at every start, which no log level hides. A step of SASRec takes 126 ms with it, 218 without,
  // one of BERT4Rec 67 and 90 (2 threads), one of an LSTM 25 and 28 (1 thread).
  process.env['TF_ENABLE_ONEDNN_OPTS'] ||= '1';
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  // How many operations run side by side changes no sum, so it need not be part of a result: all cores.
  process.env['TF_NUM_INTEROP_THREADS'] ||= String(os.availableParallelism());

  requireHere('@tensorflow/tfjs-node-gpu');
  const backend = tf.backend() as unknown as {
    readonly binding: { readonly TF_Version: string };
    readonly isUsingGpuDevice: boolean;
  };
  return {
    name: 'tensorflow',
    tensorflowVersion: backend.binding.TF_Version,
    device: backend.isUsingGpuDevice ? 'gpu' : 'cpu',
    gpuReason: gpuReason(backend.isUsingGpuDevice),
    threads,
    oneDnn: oneDnnFromEnvironment(),
  };
}

async function startWasm(reason: string): Promise<BackendInfo> {
  const wasm = requireHere('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
  wasm.setWasmPaths(path.dirname(requireHere.resolve('@tensorflow/tfjs-backend-wasm')) + path.sep);
  registerUnsortedSegmentSum();
  if (!(await tf.setBackend('wasm')))
    throw new Error('the WebAssembly backend of TensorFlow.js does not start');
  await tf.ready();
  console.warn(
    [
      '*** WARNING: native TensorFlow is NOT in use; WebAssembly does the work. ***',
      `*** Training takes about ten to a hundred times as long. Why: ${reason}`,
      '*** `npm run doctor` says what to do.',
    ].join('\n'),
  );
  return {
    name: 'wasm',
    tensorflowVersion: null,
    device: 'cpu',
    gpuReason: 'WebAssembly computes on the CPU only.',
    threads: 1,
    oneDnn: 'off',
  };
}

/** Node 23 removed two functions that tfjs-node 4.22 calls. */
function restoreRemovedUtilFunctions(): void {
  const old = util as unknown as {
    isNullOrUndefined?: (value: unknown) => boolean;
    isArray?: (value: unknown) => boolean;
  };
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}

/**
 * The number of threads that `TF_NUM_INTRAOP_THREADS` asks for; null when it asks for none.
 *
 * @throws InputError when it is no whole number from 1 up
 */
export function threadsFromEnvironment(): number | null {
  const text = process.env['TF_NUM_INTRAOP_THREADS'];
  if (!text) return null;
  const threads = Number(text);
  if (Number.isInteger(threads) && threads >= 1) return threads;
  throw new InputError(
    `TF_NUM_INTRAOP_THREADS is '${text}'.`,
    'Set it to a whole number from 1 up, or leave it out.',
  );
}

/** Whether a library that is started now has its oneDNN kernels on: unless `TF_ENABLE_ONEDNN_OPTS` turns them off. */
export function oneDnnFromEnvironment(): 'on' | 'off' {
  const text = process.env['TF_ENABLE_ONEDNN_OPTS'] || '1';
  return ['0', 'false'].includes(text.toLowerCase()) ? 'off' : 'on'; // as TensorFlow reads it
}

/** What `npm run setup` wrote down about the native library. */
interface SetupRecord {
  readonly gpu: boolean;
  readonly package?: string;
  readonly reason: string | null;
}

function setupRecord(): SetupRecord | null {
  try {
    return JSON.parse(
      fs.readFileSync(path.join(projectFolder, '.lab', 'setup', 'native.json'), 'utf8'),
    ) as SetupRecord;
  } catch {
    return null;
  }
}

/** The TensorFlow that set-up installed, like `tensorflow-cpu 2.21.0`, without loading it; null where it could not. */
export function installedTensorFlow(): string | null {
  return setupRecord()?.package ?? null;
}

function whyNotNative(error: unknown): string {
  const firstLine = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
  return setupRecord()?.reason ?? firstLine;
}

function gpuReason(isInUse: boolean): string {
  if (isInUse) return 'TensorFlow found a GPU and uses it.';
  if (setupRecord()?.gpu !== true) {
    return 'The CPU build of TensorFlow is installed; `npm run setup -- --gpu` takes the CUDA build.';
  }
  return fs.existsSync('/dev/nvidiactl')
    ? 'The CUDA build is installed but cannot use the GPU; start with TF_CPP_MIN_LOG_LEVEL=0 to read why.'
    : 'The CUDA build is installed, but this machine has no NVIDIA driver (/dev/nvidiactl is absent).';
}
