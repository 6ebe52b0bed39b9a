import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { generateShopLog } from '../../lib/data/shop/log';
import { churnTask } from '../../lib/experiments/churn';
import { toyLog } from '../preprocessing/toy-log';

const day = 86_400_000;
const question = { cutMs: 30 * day, horizonDays: 10, activeDays: 7 };

describe('the question who will stay away', () => {
  it('is asked of active users, and answered by what came after', () => {
    const { before, labels } = churnTask(
      toyLog([
        ['stays', 'x', 2 * day],
        ['leaves', 'x', 23 * day],
        ['asleep', 'x', 23 * day - 1],
        ['stays', 'y', 30 * day - 1],
        ['leaves', 'y', 40 * day],
        ['asleep', 'y', 31 * day],
        ['stays', 'z', 30 * day],
        ['new', 'z', 33 * day],
        ['leaves', 'z', null],
      ]),
      question,
    );
    expect([...labels.ofUser]).toEqual([
      ['leaves', '1'],
      ['stays', '0'],
    ]);
    expect(before.events.map(({ userId, itemId }) => `${userId} ${itemId}`)).toEqual([
      'stays x',
      'leaves x',
      'stays y',
    ]);
  });

  it('reads nothing from the moment on, whatever comes then', () => {
    const event = fc.tuple(
      fc.constantFrom('a', 'b'),
      fc.constantFrom('x', 'y'),
      fc.integer({ min: 30 * day, max: 40 * day }),
    );
    const past = [
      ['a', 'x', 25 * day],
      ['b', 'y', 29 * day],
      ['z', 'y', 45 * day],
    ] as const;
    const of = (rows: readonly (readonly [string, string, number])[]) =>
      churnTask(toyLog([...past, ...rows]), question);
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), (future) => {
        const strip = (own: ReturnType<typeof of>) =>
          own.before.events.map((event) => ({ ...event, row: 0 }));
        expect(strip(of(future))).toEqual(strip(of([])));
      }),
    );
  });

  it('agrees with what was planted: who left before the moment does not come back, and others leave later', () => {
    const { log, truth } = generateShopLog(
      { users: 200, days: 112, churn: { per: 'session', hazard: 0.05, concentration: 10 } },
      createRng(3),
    );
    const cutDay = 84;
    const { labels } = churnTask(log, {
      cutMs: truth.options.startMs + cutDay * day,
      horizonDays: 27,
      activeDays: 27,
    });
    // Machines are no customers, and rows with a wrong clock may stand anywhere.
    const gone = [...labels.ofUser].filter(([id]) => (truth.customers.get(id)?.leftDay ?? Infinity) < cutDay);
    expect(gone.length).toBeGreaterThan(10);
    expect(gone.filter(([, left]) => left === '1').length / gone.length).toBeGreaterThan(0.9);
    const staying = [...labels.ofUser].filter(
      ([id]) => truth.customers.has(id) && truth.customers.get(id)!.leftDay === null,
    );
    expect(staying.filter(([, left]) => left === '0').length / staying.length).toBeGreaterThan(0.9);
  });

  it('refuses a log that ends too early, and a moment at which nobody is active', () => {
    const log = toyLog([
      ['a', 'x', 29 * day],
      ['b', 'y', 38 * day],
    ]);
    expect(() => churnTask(log, question)).toThrow('the log ends before the horizon does');
    expect(() => churnTask(log, { ...question, cutMs: 20 * day })).toThrow(
      'no user is active in the 7 days before',
    );
  });
});
