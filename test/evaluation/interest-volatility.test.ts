import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../lib/base/random';
import {
  shuffledVolatility,
  stepVolatility,
  sumOfWindows,
  volatilityMeasures,
  windowDistances,
  type VolatilityMeasure,
} from '../../lib/evaluation/interest-volatility';

const kinds = 5;
const names = Object.keys(volatilityMeasures) as (keyof typeof volatilityMeasures)[];
const distances = Object.keys(windowDistances) as (keyof typeof windowDistances)[];

/** Visits of so many events, each about one kind; of the later half about others if interests move. */
function visitsOf(rng: Rng, visits: number, events: number, moves: boolean): number[][] {
  const weights = [[4, 3, 1, 1, 1], moves ? [1, 1, 1, 3, 4] : [4, 3, 1, 1, 1]];
  return Array.from({ length: visits }, (_, visit) => {
    let drawn = 10 * rng.next();
    const kind = weights[visit < visits / 2 ? 0 : 1]!.findIndex((weight) => (drawn -= weight) < 0);
    return Array.from({ length: kinds }, (_unused, own) => (own === kind ? events : 0));
  });
}
/** Four windows of unequal size. */
const windowsOf = (visits: number): number[] =>
  Array.from({ length: visits }, (_, visit) => Math.floor(4 * (visit / visits) ** 1.3));

describe('volatility of interests', () => {
  it('is the mean divergence of neighbouring windows, by hand', () => {
    const windows = [
      [4, 0],
      [0, 0],
      [2, 2],
      [0, 3],
    ].map((counts) => Float64Array.from(counts));
    // scipy.spatial.distance.jensenshannon([4, 0], [2, 2], base=2) ** 2 = .31127812445913283, and so for [2, 2] and [0, 3]
    expect(volatilityMeasures['steps, Jensen-Shannon'](windows)).toBeCloseTo(0.31127812445913283, 12);
    expect(volatilityMeasures['steps, cosine'](windows)).toBeCloseTo(1 - Math.SQRT1_2, 12);
    // Mutual information of window and kind: H(6/11) less 4/11 bit of the mixed window.
    const entropy = -(6 / 11) * Math.log2(6 / 11) - (5 / 11) * Math.log2(5 / 11);
    expect(volatilityMeasures['all, Jensen-Shannon'](windows)).toBeCloseTo(entropy - 4 / 11, 12);
  });

  it.each(names)(
    '%s: constant interests exceed chance by nothing, and pass the test as often as they should',
    (name) => {
      const rng = createRng(11);
      const users = 300;
      let [excess, squares, alarms] = [0, 0, 0];
      for (let user = 0; user < users; user++) {
        const visits = visitsOf(rng, 24, 1 + (user % 4), false);
        const found = shuffledVolatility(visits, windowsOf(24), volatilityMeasures[name], {
          shuffles: 99,
          rng,
        });
        excess += found.excess / users;
        squares += found.excess ** 2 / users;
        if (found.p <= 0.1) alarms += 1;
        expect(found.value - found.shuffled).toBeCloseTo(found.excess, 12);
      }
      expect(Math.abs(excess)).toBeLessThan(3.3 * Math.sqrt(squares / users));
      // 10 % ± 3.3 standard errors of a share among 300.
      expect(alarms / users).toBeGreaterThan(0.043);
      expect(alarms / users).toBeLessThan(0.157);
    },
  );

  it.each(names)('%s: interests that move are found', (name) => {
    const rng = createRng(12);
    let alarms = 0;
    for (let user = 0; user < 100; user++) {
      const visits = visitsOf(rng, 120, 2, true);
      const found = shuffledVolatility(visits, windowsOf(120), volatilityMeasures[name], {
        shuffles: 99,
        rng,
      });
      if (found.p <= 0.1) alarms += 1;
    }
    expect(alarms).toBeGreaterThan(name.startsWith('all') ? 90 : 20); // a single move is one step of three; chance: 10
  });

  it.each(distances)('steps by %s: constant interests exceed shuffled pairs by nothing', (name) => {
    const rng = createRng(15);
    const users = 300;
    let [excess, squares, alarms] = [0, 0, 0];
    for (let user = 0; user < users; user++) {
      const visits = visitsOf(rng, 24, 1 + (user % 4), false);
      const found = stepVolatility(visits, windowsOf(24), windowDistances[name], { shuffles: 99, rng });
      const raw = volatilityMeasures[`steps, ${name}`](sumOfWindows(visits, windowsOf(24)));
      expect(found.value).toBeCloseTo(raw, 12);
      excess += found.excess / users;
      squares += found.excess ** 2 / users;
      if (found.p <= 0.1) alarms += 1;
    }
    expect(Math.abs(excess)).toBeLessThan(3.3 * Math.sqrt(squares / users));
    expect(alarms / users).toBeGreaterThan(0.043);
    expect(alarms / users).toBeLessThan(0.157);
  });

  it('finds one move by steps beside shuffled pairs, where a shuffled history makes it look steady', () => {
    const rng = createRng(16);
    const users = 100;
    let [byPairs, byHistory] = [0, 0];
    for (let user = 0; user < users; user++) {
      // Eight windows of six visits; one kind before, another one after.
      const visits = Array.from({ length: 48 }, (_, visit) => {
        const about = (visit < 24 ? 0 : 2) + rng.integer(2);
        return Array.from({ length: 4 }, (_unused, kind) => Number(kind === about));
      });
      const windows = visits.map((_, visit) => Math.floor(visit / 6));
      const { 'Jensen-Shannon': distance } = windowDistances;
      byPairs += stepVolatility(visits, windows, distance, { shuffles: 49, rng }).excess / users;
      const measure = volatilityMeasures['steps, Jensen-Shannon'];
      byHistory += shuffledVolatility(visits, windows, measure, { shuffles: 49, rng }).excess / users;
    }
    expect(byPairs).toBeGreaterThan(0.08); // one step of seven is a whole bit, less what six visits make of chance
    expect(byHistory).toBeLessThan(0);
  });

  it('is biased upwards as said without the shuffles, and takes that away with them', () => {
    const rng = createRng(13);
    const [n, users] = [40, 500];
    let mean = 0;
    for (let user = 0; user < users; user++) {
      const visits = visitsOf(rng, 2 * n, 1, false);
      const sums = sumOfWindows(
        visits,
        Int32Array.from({ length: 2 * n }, (_, visit) => Number(visit >= n)),
      );
      mean += volatilityMeasures['steps, Jensen-Shannon'](sums) / users;
    }
    const expected = ((kinds - 1) * (2 / n)) / (8 * Math.LN2);
    expect(mean / expected).toBeGreaterThan(0.9);
    expect(mean / expected).toBeLessThan(1.15);
  });

  it('must not be shuffled event by event: those of one visit are about one thing', () => {
    const rng = createRng(14);
    let alarms = 0;
    for (let user = 0; user < 100; user++) {
      const visits = visitsOf(rng, 24, 6, false);
      const single = visits.flatMap((visit) =>
        visit.flatMap((count, kind) =>
          Array.from({ length: count }, () => visit.map((_, own) => Number(own === kind))),
        ),
      );
      const windows = windowsOf(24).flatMap((window) => Array<number>(6).fill(window));
      const found = shuffledVolatility(single, windows, volatilityMeasures['all, Jensen-Shannon'], {
        shuffles: 99,
        rng,
      });
      if (found.p <= 0.1) alarms += 1;
    }
    expect(alarms).toBeGreaterThan(90); // of 100 users without any change
  });

  it('says nothing with fewer than two windows, and shuffles the same for the same seed', () => {
    const measure: VolatilityMeasure = volatilityMeasures['steps, cosine'];
    const of = (windows: number[], seed = 1) =>
      shuffledVolatility(
        [
          [1, 0],
          [0, 1],
          [1, 1],
        ].slice(0, windows.length),
        windows,
        measure,
        {
          shuffles: 9,
          rng: createRng(seed),
        },
      );
    expect(of([2, 2, 2]).p).toBeNaN();
    expect(of([]).value).toBeNaN();
    expect(of([0, 1, 1])).toEqual(of([0, 1, 1]));
    expect(() => of([0, -1, 1])).toThrow('in window -1');
    expect(() => shuffledVolatility([[1]], [0, 1], measure, { shuffles: 9, rng: createRng(1) })).toThrow(
      '1 visits in 2 windows',
    );
    expect(() => shuffledVolatility([], [], measure, { shuffles: 0, rng: createRng(1) })).toThrow(
      'from 1, got 0',
    );
  });
});
