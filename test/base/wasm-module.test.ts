import { describe, expect, it } from 'vitest';
import { randomWordsWasm } from '../../lib/base/random-words-wasm';
import { startWasm } from '../../lib/base/wasm-module';
import { alsSolverWasm } from '../../lib/recommendation/als-solver-wasm';

interface AlsExports {
  addGram(table: number, numRows: number, width: number, gram: number): void;
}

describe('a WebAssembly module', () => {
  it('has a memory of its own that grows, and keeps what lies in it', () => {
    const [one, other] = [1, 2].map(() => startWasm('test', randomWordsWasm));
    const small = one!.place(5);
    one!.int32(small, 1)[0] = 7;
    const large = one!.place(1e7);
    expect(large % 64).toBe(0);
    expect(large).toBeGreaterThanOrEqual(small + 5);
    expect(one!.int32(small, 1)[0]).toBe(7);
    expect(one!.float64(large, 1e6).length).toBe(1e6);
    expect(other!.place(8)).toBe(0);
    expect(other!.int32(0, 1)[0]).toBe(0);
  });

  it('says when something does not fit, and goes on with what does', () => {
    const { place } = startWasm('als', randomWordsWasm);
    expect(() => place(5e9)).toThrow('als: no room for 5.00 GB beside 0.00 GB; there is 4.29 GB at most');
    for (const bytes of [NaN, -64, 2.5, Infinity])
      expect(() => place(bytes)).toThrow(`als: ${bytes} is no number of bytes`);
    expect(place(64)).toBe(0);
  });

  it('gives out again what was given back', () => {
    const { place, release } = startWasm('test', randomWordsWasm);
    place(100);
    const second = place(100);
    place(100);
    release(second);
    expect(place(5)).toBe(second);
    release(1e6); // behind all that is set aside: nothing
    expect(place(5)).toBe(second + 64);
  });

  it('works beyond the first 2 GB and at the end of its memory', () => {
    const { exports, place, float32 } = startWasm<AlsExports>('als', alsSolverWasm);
    const gram = place(256);
    for (const before of [2 ** 31, 2 ** 31 - 2 * 65_536 - 512]) {
      place(before); // memory that nobody touches costs nothing
      const table = place(192);
      float32(table, 48).fill(1);
      exports.addGram(table, 6, 32, gram);
      expect([...float32(gram, 64)]).toEqual(new Array(64).fill(6));
    }
    expect(() => place(65_536)).toThrow('no room');
  });
});
