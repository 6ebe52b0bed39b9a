import { InputError } from '../base/errors';

/** Where a training stood when a step failed. */
export interface FailedStep {
  readonly batchSize: number; // sequences in a step
  readonly epoch: number; // from 1
  readonly step: number; // of this epoch, from 1
}

/**
 * Turn the error of a training step into one that says what to do.
 *
 * An error that tells of too little memory (TensorFlow's on a CPU or a GPU, JavaScript's, WebAssembly's) becomes an
 * InputError that names epoch, step and the batch size to try, half of the present one; the original is its `cause`.
 * Every other error comes back as it is. Pure.
 *
 * When JavaScript's own heap is full, or the system ends the process, nothing is thrown and nothing can be explained.
 */
export function explainStepFailure(error: unknown, { batchSize, epoch, step }: FailedStep): Error {
  const original = error instanceof Error ? error : new Error(String(error));
  if (!isOutOfMemory(original)) return original;
  const remedy =
    batchSize > 1
      ? `Start a new training with a batch size of ${Math.floor(batchSize / 2)}, or with shorter sequences.`
      : 'Start a new training with shorter sequences or a smaller width; the batch size is 1 already.';
  const explained = new InputError(
    `training: not enough memory at epoch ${epoch}, step ${step}, with a batch size of ${batchSize} (${lastLine(original)}).`,
    remedy,
  );
  explained.cause = original;
  return explained;
}

/** The texts, as they were seen: the native library's status 8 is RESOURCE_EXHAUSTED. */
const signs = [
  /\bOOM when allocating\b/,
  /\bRESOURCE_?EXHAUSTED\b|\bResource ?exhausted\b/i,
  /Invalid TF_Status: 8\b/,
  /CUDA_ERROR_OUT_OF_MEMORY|\bout of memory\b/i,
  /\bstd::bad_alloc\b/,
  /Cannot allocate memory|\bENOMEM\b/,
  /^Array buffer allocation failed$/,
  /^Invalid typed array length: \d{9,}$/, // shorter ones are mistakes of arithmetic
  /WebAssembly\.Memory\.grow\(\)|Cannot enlarge memory|memory access out of bounds/,
  /^Aborted\((OOM|)\)/,
];

const isOutOfMemory = ({ message }: Error): boolean => signs.some((sign) => sign.test(message));

/** TensorFlow puts its reason behind a line that only gives a number. */
const lastLine = ({ message }: Error): string =>
  message
    .trim()
    .split('\n')
    .at(-1)!
    .replace(/^Message: /, '')
    .replace(/\.$/, '');
