/** A WebAssembly module at work, with a memory of its own that grows as it is asked for. */
export interface WasmModule<Exports> {
  readonly exports: Exports;
  /**
   * Set room aside; what stands in it is not said.
   *
   * @returns its address in bytes, a multiple of 64
   * @throws RangeError when there is no such room: all of a module's is 4.29 GB at most
   */
  readonly place: (bytes: number) => number;
  /** Give back what was set aside from this address on. */
  readonly release: (address: number) => void;
  /** Views on the memory, good until room is set aside the next time: the memory may have moved then. */
  readonly int32: (address: number, count: number) => Int32Array;
  readonly float32: (address: number, count: number) => Float32Array;
  readonly float64: (address: number, count: number) => Float64Array;
}

/** What of WebAssembly is used; the types of Node.js 20 do not name it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): void;
}

const pageBytes = 65_536;
/** One page is left out, so that the address behind the last byte is a number of 32 bits as well. */
const mostBytes = 2 ** 32 - pageBytes;
/** Compiled once a process. */
const compiled = new Map<string, object>();

/**
 * Start one of the modules that `npm run wasm` has made, with a new memory.
 *
 * @param caller who is to blame when there is too little memory
 * @param base64 the module
 */
export function startWasm<Exports>(caller: string, base64: string): WasmModule<Exports> {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  let module = compiled.get(base64);
  if (module === undefined) {
    module = new Module(Buffer.from(base64, 'base64'));
    compiled.set(base64, module);
  }
  const exports = new Instance(module).exports as Exports & { readonly memory: Memory };
  const { memory } = exports;
  let end = 0;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
  const noRoom = (bytes: number, cause?: unknown): RangeError =>
    new RangeError(
      `${caller}: no room for ${gigabytes(bytes)} beside ${gigabytes(end)}; there is ${gigabytes(mostBytes)} at most, or what the machine has`,
      { cause },
    );
  return {
    exports,
    place: (bytes) => {
      if (!(Number.isInteger(bytes) && bytes >= 0))
        throw new RangeError(`${caller}: ${bytes} is no number of bytes`);
      const address = Math.ceil(end / 64) * 64;
      const after = address + bytes;
      if (after > mostBytes) throw noRoom(bytes);
      const missing = after - memory.buffer.byteLength;
      try {
        if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
      } catch (error) {
        throw noRoom(bytes, error);
      }
      end = after;
      return address;
    },
    release: (address) => {
      end = Math.min(end, address);
    },
    int32: (address, count) => new Int32Array(memory.buffer, address, count),
    float32: (address, count) => new Float32Array(memory.buffer, address, count),
    float64: (address, count) => new Float64Array(memory.buffer, address, count),
  };
}
