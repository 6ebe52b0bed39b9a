import { writeTensors, type SavedTensor } from 'behavior-lab/training/safetensors';

/** Numbers that both sides start from, by name; those of `integers` are indices. */
export interface SharedArrays {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  readonly integers: readonly string[];
  /** Paths of files, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** One way to do a work in this process. */
export interface OurWork {
  readonly way: string;
  /** Do it once and read the result. */
  readonly sample: () => unknown;
  /** Where a sample is not timed: it gives a figure itself, or promises one. Default false. */
  readonly givesFigure?: boolean;
  /** What a fresh work computes first, to be compared with the peers' values. */
  readonly values: () => number[] | Promise<number[]>;
  /** What the peers need. Called before the first sample. */
  readonly shared: () => SharedArrays | Promise<SharedArrays>;
}

/** Write what the peers read: 32-bit floats, exact for indices below 2 ** 24. */
export function writeShared(file: string, { tensors, integers, files = {} }: SharedArrays): void {
  const metadata = { integers: JSON.stringify(integers), files: JSON.stringify(files) };
  writeTensors(file, { tensors, metadata });
}

/** Indices as the file holds them. */
export const asFloats = (indices: Int32Array, shape: readonly number[]): SavedTensor => ({
  shape,
  values: Float32Array.from(indices),
});
