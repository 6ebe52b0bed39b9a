/** A WebAssembly module at work, with a memory of its own of up to 4 GB that grows as it is asked for. */
export interface WasmModule<Exports> {
  readonly exports: Exports;
  /**
   * Set room aside, for as long as the module lives.
   *
   * @returns its address, a multiple of 64
   * @throws RangeError when it does not fit
   */
  readonly place: (bytes: number) => number;
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
const mostBytes = 2 ** 32;
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
  return {
    exports,
    place: (bytes) => {
      const address = Math.ceil(end / 64) * 64;
      const after = address + bytes;
      if (after > mostBytes) {
        throw new RangeError(
          `${caller}: needs ${(after / 1e9).toFixed(1)} GB at once, more than the 4.3 that there can be; take less`,
        );
      }
      const missing = after - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
      end = after;
      return address;
    },
    int32: (address, count) => new Int32Array(memory.buffer, address, count),
    float32: (address, count) => new Float32Array(memory.buffer, address, count),
    float64: (address, count) => new Float64Array(memory.buffer, address, count),
  };
}
