import { inspect, isDeepStrictEqual } from 'node:util';
import { roundTo } from '../figures/round';
import { isSmoke } from './params';

/** A cell's check did not hold. The text says what was expected, what came, and where to look. */
export class ExpectationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpectationError';
  }
}

/** How a check is printed, and when it counts. */
export interface ExpectOptions {
  /** What is checked, in a few words: 'users', 'NDCG@10 of the LSTM'. */
  readonly what: string;
  /** The number is the quality of a trained model: not checked with SMOKE=1, and that is printed. */
  readonly trained?: boolean;
  /** One sentence for the reader of a failure: what it would mean, where to look first. */
  readonly hint?: string;
}

const print = (value: unknown): string =>
  typeof value === 'number'
    ? String(roundTo(value))
    : inspect(value, { breakLength: 100, maxArrayLength: 20 });

/** What holds needs no second look: of a long row its length and its beginning. */
const brief = (value: unknown): string => {
  const isRow = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  if (!isRow) return print(value);
  const row = Array.from(value as ArrayLike<unknown>);
  return row.length <= 6
    ? print(value)
    : `${row.length} values, the first ${row.slice(0, 3).map(print).join(', ')}`;
};

function check(
  holds: boolean,
  said: string,
  came: string,
  { what, trained = false, hint }: ExpectOptions,
): void {
  if (trained && isSmoke()) {
    console.log(`--  ${what}: not checked in SMOKE (should be ${said})`);
    return;
  }
  if (holds) {
    console.log(`ok  ${what}: ${came}`);
    return;
  }
  const advice =
    hint ?? 'If you changed a parameter or the code, this is what the change did; if not, tell us.';
  throw new ExpectationError(`${what}: expected ${said}, got ${came}. ${advice}`);
}

/** Exactly the same: counts, shapes, lists, records. Typed arrays compare by their values and their type. */
export function expectEqual<T>(actual: T, expected: T, options: ExpectOptions): void {
  const isEqual = isDeepStrictEqual(actual, expected);
  check(isEqual, print(expected), isEqual ? brief(actual) : print(actual), options);
}

/** A statement that is true or false. */
export function expectTrue(holds: boolean, options: ExpectOptions): void {
  check(holds, 'true', String(holds), options);
}

/**
 * Two numbers, or two rows of numbers, that differ by at most `tolerance` anywhere.
 *
 * A row prints its largest difference. A value that is not finite is never close.
 */
export function expectClose(
  actual: number | ArrayLike<number>,
  expected: number | ArrayLike<number>,
  tolerance: number,
  options: ExpectOptions,
): void {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const holds = Math.abs(actual - expected) <= tolerance;
    return check(holds, `${print(expected)} to within ${tolerance}`, print(actual), options);
  }
  const a = typeof actual === 'number' ? [actual] : Array.from(actual);
  const b = typeof expected === 'number' ? [expected] : Array.from(expected);
  const said = `${b.length} numbers to within ${tolerance}`;
  if (a.length !== b.length) return check(false, said, `${a.length} numbers`, options);
  const gaps = a.map((value, i) => (Number.isFinite(value) ? Math.abs(value - b[i]!) : Infinity));
  const worst = gaps.reduce((at, gap, i) => (gap > gaps[at]! || Number.isNaN(gap) ? i : at), 0);
  const largest = gaps.length === 0 ? 0 : gaps[worst]!;
  const came =
    largest <= tolerance
      ? `${a.length} numbers, largest difference ${print(roundTo(largest, 2))}`
      : `${print(a[worst])} instead of ${print(b[worst])} at position ${worst}`;
  check(largest <= tolerance, said, came, options);
}

/** Inside a band, ends included. Say in the text of the notebook where the band comes from. */
export function expectBetween(value: number, low: number, high: number, options: ExpectOptions): void {
  check(value >= low && value <= high, `${print(low)} to ${print(high)}`, print(value), options);
}

/** Better than something to compare with: a baseline, an untrained model. Strictly. */
export function expectAbove(value: number, baseline: number, options: ExpectOptions): void {
  check(
    value > baseline,
    `more than ${print(baseline)}`,
    `${print(value)} (against ${print(baseline)})`,
    options,
  );
}

/** Less than something to compare with. Strictly. */
export function expectBelow(value: number, limit: number, options: ExpectOptions): void {
  check(value < limit, `less than ${print(limit)}`, `${print(value)} (against ${print(limit)})`, options);
}

/** Every value is a number: no NaN, no infinity. */
export function expectFinite(values: number | ArrayLike<number>, options: ExpectOptions): void {
  const all = typeof values === 'number' ? [values] : Array.from(values);
  const bad = all.findIndex((value) => !Number.isFinite(value));
  const came = bad === -1 ? `${all.length} finite numbers` : `${all[bad]} at position ${bad}`;
  check(bad === -1 && all.length > 0, 'finite numbers', came, options);
}

/** A curve that is finite and ends lower than it began: the loss of a training. Needs two values. */
export function expectFalling(values: ArrayLike<number>, options: ExpectOptions): void {
  const all = Array.from(values);
  const falls = all.length >= 2 && all.every((value) => Number.isFinite(value)) && all.at(-1)! < all[0]!;
  const came =
    all.length === 0 ? 'no values' : `${print(all[0])} -> ${print(all.at(-1))} over ${all.length} values`;
  check(falls, 'finite values that end lower than they began', came, options);
}
