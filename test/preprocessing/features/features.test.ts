import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/base/errors';
import { behaviors, type Behavior } from '../../../lib/data/event';
import { behaviorCounts } from '../../../lib/preprocessing/features/behavior-counts';
import { calendarFeatures } from '../../../lib/preprocessing/features/calendar-features';
import { cyclic } from '../../../lib/preprocessing/features/cyclic';
import { dwellToNext, previousDwell } from '../../../lib/preprocessing/features/dwell';
import type { Feature } from '../../../lib/preprocessing/features/feature';
import { gapSinceLast, logSeconds } from '../../../lib/preprocessing/features/gap';
import { fitPriceLevels, priceLevel } from '../../../lib/preprocessing/features/price-level';
import { recencyFrequency, spentSoFar } from '../../../lib/preprocessing/features/recency-frequency';
import { cutSessions } from '../../../lib/preprocessing/slicing/sessions';
import { columnsOf, type ColumnEvent, type TimedColumns } from '../any-columns';
import { expectCausal } from './causal';

const minute = 60_000;
const did = (timeMs: number, behavior: Behavior, price = NaN): ColumnEvent => ({
  timeMs,
  behavior: behaviors.indexOf(behavior),
  price,
});
const plain = ({ values }: Feature): number[] => [...values];
const feature = (values: readonly number[]): Feature => ({
  name: 'f',
  unit: 'hour',
  isCausal: true,
  values: Float32Array.from(values),
});

describe('hour and weekday', () => {
  it('are those of the clock in the zone', () => {
    // 2024-03-01 was a Friday.
    const columns = columnsOf([Date.parse('2024-03-01T15:59Z'), Date.parse('2024-03-01T16:00Z')]);
    const shanghai = calendarFeatures(columns, { timeZone: 'Asia/Shanghai' });
    expect([plain(shanghai.hour), plain(shanghai.weekday)]).toEqual([
      [23, 0],
      [5, 6],
    ]);
    expect(plain(calendarFeatures(columns, { timeZone: 'UTC' }).hour)).toEqual([15, 16]);
    expect(shanghai.hour.unit).toContain('Asia/Shanghai');
  });

  it('need a zone that exists, and times', () => {
    expect(() => calendarFeatures(columnsOf([1]), { timeZone: 'Mars/Olympus' })).toThrow(InputError);
    expect(() => calendarFeatures({ ...columnsOf([1]), timesMs: null }, { timeZone: 'UTC' })).toThrow(
      RangeError,
    );
  });

  it('are causal', () => {
    expectCausal((columns) => Object.values(calendarFeatures(columns, { timeZone: 'America/Chicago' })));
  });
});

describe('the circle', () => {
  it("has four quarters, and midnight beside 23 o'clock", () => {
    const { sin, cos } = cyclic(feature([0, 6, 12, 18, 24, 23]), 24);
    for (const [place, [x, y]] of [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
      [1, 0],
    ].entries()) {
      expect(cos.values[place]).toBeCloseTo(x!, 6);
      expect(sin.values[place]).toBeCloseTo(y!, 6);
    }
    const distance = Math.hypot(cos.values[5]! - cos.values[0]!, sin.values[5]! - sin.values[0]!);
    expect(distance).toBeCloseTo(2 * Math.sin(Math.PI / 24), 6); // the chord of 15 degrees
    expect([sin.name, cos.name]).toEqual(['f-sin', 'f-cos']);
  });

  it('leaves missing values missing, and needs a period', () => {
    expect(plain(cyclic(feature([NaN]), 7).sin)).toEqual([NaN]);
    expect(() => cyclic(feature([1]), 0)).toThrow(RangeError);
  });
});

describe('the gap since the last event', () => {
  const columns = columnsOf([5, 5, 1005], [], [7], [1, 2]);

  it('is missing for a first event', () => {
    expect(plain(gapSinceLast(columns))).toEqual([NaN, 0, 1000, NaN, NaN, 1]);
  });

  it('on a logarithmic scale is ln(1 + seconds)', () => {
    const log = logSeconds(gapSinceLast(columns));
    expect(log.values[1]).toBe(0);
    expect(log.values[2]).toBeCloseTo(Math.LN2, 7);
    expect([log.name, log.unit]).toEqual(['gap-log', 'ln(1 + s)']);
    expect(() => logSeconds(log)).toThrow('gap-log is in ln(1 + s), not in ms');
  });

  it('is causal', () => {
    expectCausal((of) => [gapSinceLast(of), logSeconds(gapSinceLast(of))]);
  });
});

describe('recency, frequency, monetary value', () => {
  const columns = columnsOf(
    [
      did(0, 'click'),
      did(10, 'purchase', 5),
      did(30, 'click'),
      did(60, 'purchase'),
      did(100, 'purchase', 2.5),
    ],
    [did(7, 'purchase', 9), did(8, 'click', 4), did(9, 'click')],
  );

  it('are of the events before, of the behaviours asked for', () => {
    const { recency, frequency, age } = recencyFrequency(columns, { of: ['purchase'] });
    expect(plain(recency)).toEqual([NaN, NaN, 20, 50, 40, NaN, 1, 2]);
    expect(plain(frequency)).toEqual([0, 0, 1, 1, 2, 0, 1, 1]);
    expect(plain(age)).toEqual([0, 10, 30, 60, 100, 0, 1, 2]);
    expect([recency.name, frequency.unit]).toEqual(['recency-purchase', 'events']);
  });

  it('are, for every behaviour, the gap and the number of events before', () => {
    const { recency, frequency } = recencyFrequency(columns);
    expect(plain(recency)).toEqual(plain(gapSinceLast(columns)));
    expect(plain(frequency)).toEqual([0, 1, 2, 3, 4, 0, 1, 2]);
  });

  it('sum the known prices of purchases alone', () => {
    expect(plain(spentSoFar(columns))).toEqual([0, 0, 5, 5, 5, 0, 9, 9]);
  });

  it('are causal', () => {
    expectCausal((of) => [
      ...Object.values(recencyFrequency(of, { of: ['click', 'purchase'] })),
      ...Object.values(recencyFrequency(of)),
      spentSoFar(of),
    ]);
  });
});

describe('behaviour counts', () => {
  const columns = columnsOf(
    [did(1, 'click'), did(2, 'cart'), did(3, 'click'), did(4, 'rate')],
    [did(1, 'click')],
  );

  it('are of the events before, one feature a behaviour', () => {
    const [click, cart] = behaviorCounts(columns, ['click', 'cart']);
    expect([click!.name, plain(click!)]).toEqual(['count-click', [0, 1, 1, 2, 0]]);
    expect([cart!.name, plain(cart!)]).toEqual(['count-cart', [0, 0, 1, 1, 0]]);
  });

  it('together are the events before', () => {
    const all = behaviorCounts(columns);
    expect(all.map(({ name }) => name)).toEqual(behaviors.map((behavior) => `count-${behavior}`));
    const sums = columns.items.map((_, event) => all.reduce((sum, { values }) => sum + values[event]!, 0));
    expect([...sums]).toEqual([0, 1, 2, 3, 0]);
  });

  it('are causal', () => {
    expectCausal((of) => behaviorCounts(of));
  });
});

describe('dwell', () => {
  const columns = columnsOf([0, minute, 3 * minute, 60 * minute], [0, minute]);
  const sessions = cutSessions(columns);

  it('is the time to the next event of the session, known only then', () => {
    const dwell = dwellToNext(columns, sessions);
    expect(plain(dwell)).toEqual([minute, 2 * minute, NaN, NaN, minute, NaN]);
    expect(dwell.isCausal).toBe(false);
  });

  it('of the event before is the same, one event later', () => {
    const dwell = previousDwell(columns, sessions);
    expect(plain(dwell)).toEqual([NaN, minute, 2 * minute, NaN, NaN, minute]);
    expect(dwell.isCausal).toBe(true);
  });

  it('of the event before is causal; to the next event it is not, which the check sees', () => {
    expectCausal((of) => [previousDwell(of, cutSessions(of))]);
    expect(() => expectCausal((of) => [dwellToNext(of, cutSessions(of))])).toThrow();
  });

  it('needs sessions of the same events', () => {
    expect(() => dwellToNext(columns, cutSessions(columnsOf([1])))).toThrow(
      'sessions of 1 events for 6 events',
    );
  });
});

describe('price levels', () => {
  const at = (price: number, category = 0): ColumnEvent => ({ timeMs: 0, price, category });
  const all = ({ items }: TimedColumns): Int32Array => Int32Array.from(items.keys());

  it('are the buckets of pandas', () => {
    // pandas 3.1.1: pd.qcut([3, 1, 4, 1.5, 5.5, 9, 2, 6, 5, 3.5], 4, labels=False), and with 3
    const columns = columnsOf([3, 1, 4, 1.5, 5.5, 9, 2, 6, 5, 3.5].map((price) => at(price)));
    for (const [levels, expected] of [
      [4, [1, 0, 2, 0, 3, 3, 0, 3, 2, 1]],
      [3, [0, 0, 1, 0, 2, 2, 0, 2, 1, 1]],
    ] as const) {
      const fitted = fitPriceLevels(columns, { levels, rows: all(columns) });
      expect(plain(priceLevel(fitted, columns))).toEqual(expected.map((bucket) => bucket + 1));
    }
  });

  it('are of each category, and of all where a category has too few prices', () => {
    const columns = columnsOf([at(1, 7), at(3, 7), at(100, 8), at(300, 8), at(2, 9), at(NaN, 9), at(2, 5)]);
    const fitted = fitPriceLevels(columns, { levels: 2, rows: Int32Array.of(0, 1, 2, 3, 4, 5) });
    expect(fitted).toEqual({ byCategory: { 7: [2], 8: [200] }, overall: [3] });
    expect(plain(priceLevel(fitted, columns))).toEqual([1, 2, 1, 2, 1, NaN, 1]);
    expect(JSON.parse(JSON.stringify(fitted))).toEqual(fitted);
  });

  it('learn from the rows that they are given alone', () => {
    const columns = columnsOf([at(1), at(2), at(1000), at(2000)]);
    const fitted = fitPriceLevels(columns, { levels: 2, rows: Int32Array.of(0, 1) });
    expect(fitted.overall).toEqual([1.5]);
    expect(plain(priceLevel(fitted, columns))).toEqual([1, 2, 2, 2]);
  });

  it('refuse one level, and rows without a price', () => {
    const columns = columnsOf([at(NaN), at(1)]);
    expect(() => fitPriceLevels(columns, { levels: 1, rows: all(columns) })).toThrow(RangeError);
    expect(() => fitPriceLevels(columns, { levels: 2, rows: Int32Array.of(0) })).toThrow(
      'no training row has a price',
    );
  });

  it('are causal once they are fitted', () => {
    const fitted = { byCategory: { 1: [10, 20] }, overall: [5, 25] };
    expectCausal((of) => [priceLevel(fitted, of)]);
  });
});
