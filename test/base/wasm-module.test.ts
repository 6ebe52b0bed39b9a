import { describe, expect, it } from 'vitest';
import { randomWordsWasm } from '../../lib/base/random-words-wasm';
import { startWasm } from '../../lib/base/wasm-module';

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
    expect(one!.float32(large, 1e6).every((value) => value === 0)).toBe(true);
    expect(other!.place(8)).toBe(0);
    expect(other!.int32(0, 1)[0]).toBe(0);
  });

  it('says when something does not fit, and goes on with what does', () => {
    const { place } = startWasm('als', randomWordsWasm);
    expect(() => place(5e9)).toThrow(
      'als: needs 5.0 GB at once, more than the 4.3 that there can be; take less',
    );
    expect(place(64)).toBe(0);
  });
});
