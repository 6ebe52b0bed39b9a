import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as checks from '../../lib/notebook/expect';

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.stubEnv('SMOKE', '');
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
const what = 'it';

describe('a check that holds prints one line', () => {
  it.each<[string, () => void, string]>([
    ['equal', () => checks.expectEqual([32, 50], [32, 50], { what }), 'ok  it: [ 32, 50 ]'],
    [
      'a long row',
      () =>
        checks.expectEqual(Float32Array.of(1, 2.5, 3, 4, 5, 6, 7), Float32Array.of(1, 2.5, 3, 4, 5, 6, 7), {
          what,
        }),
      'ok  it: 7 values, the first 1, 2.5, 3',
    ],
    ['true', () => checks.expectTrue(1 < 2, { what }), 'ok  it: true'],
    ['close', () => checks.expectClose(0.3, 0.1 + 0.2, 1e-9, { what }), 'ok  it: 0.3'],
    [
      'close rows',
      () => checks.expectClose(Float32Array.of(1, 2), [1, 2.5], 0.5, { what }),
      'ok  it: 2 numbers, largest difference 0.5',
    ],
    ['between, ends included', () => checks.expectBetween(2, 1, 2, { what }), 'ok  it: 2'],
    ['above', () => checks.expectAbove(0.2093, 0.0859, { what }), 'ok  it: 0.2093 (against 0.0859)'],
    ['below', () => checks.expectBelow(1, 2, { what }), 'ok  it: 1 (against 2)'],
    ['finite', () => checks.expectFinite([1, 2], { what }), 'ok  it: 2 finite numbers'],
    ['falling', () => checks.expectFalling([3, 4, 2], { what }), 'ok  it: 3 -> 2 over 3 values'],
  ])('%s', (_, run, line) => {
    run();
    expect(lines).toEqual([line]);
  });
});

describe('a check that does not hold throws what was expected and what came', () => {
  it.each<[string, () => void, RegExp]>([
    [
      'equal',
      () => checks.expectEqual({ a: 1 }, { a: 2 }, { what }),
      /^it: expected { a: 2 }, got { a: 1 }\. /,
    ],
    [
      'equal type',
      () => checks.expectEqual<unknown>(Int32Array.of(1), [1], { what }),
      /expected \[ 1 \], got Int32Array/,
    ],
    ['true', () => checks.expectTrue(false, { what }), /expected true, got false/],
    ['close', () => checks.expectClose(1, 2, 0.5, { what }), /expected 2 to within 0\.5, got 1/],
    ['close NaN', () => checks.expectClose(NaN, 2, 0.5, { what }), /got NaN/],
    [
      'close rows',
      () => checks.expectClose([1, 9], [1, 2], 0.5, { what }),
      /got 9 instead of 2 at position 1/,
    ],
    [
      'close NaN in a row',
      () => checks.expectClose([1, NaN, 3], [1, 2, 3], 0.5, { what }),
      /NaN instead of 2 at position 1/,
    ],
    [
      'close lengths',
      () => checks.expectClose([1], [1, 2], 0.5, { what }),
      /expected 2 numbers .*, got 1 numbers/,
    ],
    [
      'between',
      () => checks.expectBetween(0.093, 0.12, 0.16, { what }),
      /expected 0\.12 to 0\.16, got 0\.093/,
    ],
    ['between NaN', () => checks.expectBetween(NaN, 0, 1, { what }), /got NaN/],
    ['above, equal is not above', () => checks.expectAbove(1, 1, { what }), /expected more than 1/],
    ['below', () => checks.expectBelow(2, 2, { what }), /expected less than 2/],
    ['finite', () => checks.expectFinite([1, Infinity], { what }), /got Infinity at position 1/],
    ['finite, none', () => checks.expectFinite([], { what }), /expected finite numbers/],
    ['falling', () => checks.expectFalling([1, 0.5, 1], { what }), /end lower/],
    ['falling with NaN', () => checks.expectFalling([3, NaN, 1], { what }), /finite/],
    ['falling, one value', () => checks.expectFalling([1], { what }), /got 1 -> 1 over 1 values/],
  ])('%s', (_, run, text) => {
    expect(run).toThrow(checks.ExpectationError);
    expect(run).toThrow(text);
    expect(lines).toEqual([]);
  });

  it('with the advice of the notebook', () => {
    expect(() => checks.expectTrue(false, { what, hint: 'Look at the split.' })).toThrow(
      /got false\. Look at the split\.$/,
    );
  });
});

describe('with SMOKE=1', () => {
  it('the quality of a trained model is not judged, and that is printed', () => {
    vi.stubEnv('SMOKE', '1');
    checks.expectAbove(0.1, 0.2, { what: 'NDCG@10', trained: true });
    expect(lines).toEqual(['--  NDCG@10: not checked in SMOKE (should be more than 0.2)']);
  });

  it('everything else is', () => {
    vi.stubEnv('SMOKE', '1');
    expect(() => checks.expectAbove(0.1, 0.2, { what })).toThrow(checks.ExpectationError);
  });
});
