import { readFileSync } from 'node:fs';
import { InputError } from '../base/errors';
import { replaceFile } from '../base/replace-file';

/** Numbers with a shape, as they stand in a file. */
export interface SavedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a safetensors file holds. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  /** Text by name, the format's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/**
 * Write tensors so that every tool that knows safetensors can read them.
 *
 * Written beside the file, flushed to disk and renamed: a reader sees the old file or the new one, never half of one.
 *
 * @throws InputError when the disk is full or the folder cannot be written; then the old file stands untouched
 * @source Hugging Face, "Safetensors format": 8 bytes of header length, JSON header, little-endian numbers.
 */
export function writeTensors(file: string, { tensors, metadata }: TensorFile): void {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  // The format asks for numbers aligned to 8 bytes: the header is filled up with blanks.
  const text = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const numbers = [...tensors.values()].map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  replaceFile(file, [length, text, ...numbers]);
}

/** What a reader of weights may leave out, and what it tells a user whose file is damaged. */
export interface ReadTensorsOptions {
  /** Tensors that are not wanted; they may be of any type. Default: none. */
  readonly ignore?: (name: string) => boolean;
  /** Default: what to do about a model that was trained here. */
  readonly remedy?: string;
}

/**
 * Read a safetensors file of 32-bit numbers; 16-bit ones (F16, BF16) become 32-bit ones without loss.
 *
 * @throws InputError when the file is missing, cut off or no safetensors file, or a tensor is of another type
 */
export function readTensors(
  file: string,
  { ignore = () => false, remedy }: ReadTensorsOptions = {},
): TensorFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new InputError(
      `the weights cannot be read (${(error as Error).message}).`,
      remedy ?? 'Check the path, or train the model again.',
      { file },
    );
  }
  const damaged = (what: string): InputError =>
    new InputError(
      `${what}; the file is damaged or was cut off.`,
      remedy ?? 'Use an older checkpoint, or train the model again.',
      {
        file,
      },
    );
  if (bytes.length < 8) throw damaged(`${bytes.length} bytes are no safetensors file`);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  if (headerLength > bytes.length - 8) throw damaged('the header is incomplete');
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength));
  } catch {
    throw damaged('the header is not JSON');
  }
  if (!isObject(header)) throw damaged('the header is no table of tensors');
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata) || !Object.values(metadata).every((text) => typeof text === 'string')) {
    throw damaged('the metadata are not texts');
  }
  const data = bytes.subarray(8 + headerLength);
  const tensors = new Map<string, SavedTensor>();
  let end = 0;
  // The format asks for tensors without gap or overlap; a reader may meet them in any order of names.
  const byPlace = Object.entries(entries).sort(([, a], [, b]) => startOf(a) - startOf(b));
  for (const [name, entry] of byPlace) {
    if (!isHeaderEntry(entry)) throw damaged(`${name} has no type, shape or place`);
    const { dtype, shape, data_offsets: range } = entry;
    if (range[0] !== end) throw damaged(`${name} does not follow the tensor before it`);
    if (range[1] > data.length || range[1] < range[0]) throw damaged(`${name} is incomplete`);
    end = range[1];
    if (ignore(name)) continue;
    const widen = numbersOf[dtype];
    if (widen === undefined) {
      throw new InputError(`${name} is ${dtype}, not F32.`, 'Convert the weights to 32-bit numbers.', {
        file,
      });
    }
    const size = shape.reduce((product, side) => product * side, 1);
    if (end - range[0] !== size * (dtype === 'F32' ? 4 : 2)) throw damaged(`${name} is incomplete`);
    // Copied, because a view must start at a multiple of 4 bytes and the file's buffer need not.
    const copy = new Uint8Array(data.subarray(range[0], end));
    tensors.set(name, { shape, values: widen(copy.buffer) });
  }
  if (end !== data.length) throw damaged(`${data.length - end} bytes too many`);
  return { tensors, metadata: metadata as Record<string, string> };
}

/** 32-bit numbers from the bytes of each type. */
const numbersOf: Readonly<Record<string, (bytes: ArrayBuffer) => Float32Array>> = {
  F32: (bytes) => new Float32Array(bytes),
  // The upper half of a 32-bit number.
  BF16: (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(bytes), (bits) => bits << 16).buffer),
  F16: (bytes) => Float32Array.from(new Uint16Array(bytes), ofHalf),
};

/** A number of 1 sign, 5 exponent and 10 fraction bits. */
function ofHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

function isHeaderEntry(value: unknown): value is HeaderEntry {
  if (!isObject(value)) return false;
  const { dtype, shape, data_offsets: place } = value;
  return typeof dtype === 'string' && isSizes(shape) && isSizes(place) && place.length === 2;
}

const startOf = (entry: unknown): number => (isHeaderEntry(entry) ? entry.data_offsets[0] : 0);
