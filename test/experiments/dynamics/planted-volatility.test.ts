import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { generateShopLog } from '../../../lib/data/shop/log';
import {
  changeHits,
  changesByPenalty,
  changesByTest,
} from '../../../lib/experiments/dynamics/interest-changes';
import { scoreAuroc } from '../../../lib/experiments/dynamics/score-auroc';
import { overlappingGroups, shopInterests } from '../../../lib/experiments/dynamics/shop-interests';
import { cutOfVisits } from '../../../lib/experiments/dynamics/visit-cut';
import type { InterestVisit } from '../../../lib/experiments/dynamics/visit-interests';
import { volatilityBaselines, volatilityScores } from '../../../lib/experiments/dynamics/volatility-scores';

const made = shopInterests(generateShopLog({ users: 150, days: 112 }, createRng(5)));
const isPlanted = made.movedMs.map((atMs) => atMs !== null);
const settings = { startMs: made.startMs, windowDays: 28, weigh: 'visits' as const, shuffles: 29 };
const scores = made.visits.map((visits, user) =>
  volatilityScores(visits, { ...settings, rng: createRng(5).child(user) }),
);
const areaOf = (name: string) =>
  scoreAuroc(
    scores.map((own) => own[name]!),
    isPlanted,
    { rng: createRng(1), resamples: 200 },
  );

describe('scores of volatility on a shop with planted moves', () => {
  it('has customers only, with the times at which they move', () => {
    expect(made.userIds).toHaveLength(147);
    expect(isPlanted.filter(Boolean)).toHaveLength(29);
    for (const [user, visits] of made.visits.entries()) {
      expect(visits.every(({ startMs }) => startMs >= made.startMs && startMs < made.endMs)).toBe(true);
      expect(made.userIds[user]).toMatch(/^u\d+$/);
    }
  });

  it('ranks planted users above others by what is left of all windows, and by the best cut', () => {
    for (const name of ['all, Jensen-Shannon, less shuffled history', 'cut, standardised']) {
      const area = areaOf(name);
      expect(area.value, name).toBeGreaterThan(0.9);
      expect(area.low, name).toBeGreaterThan(0.8);
      expect(area.shuffled, name).toBeGreaterThan(0.44);
      expect(area.shuffled, name).toBeLessThan(0.56);
    }
  });

  it('knows nothing of it by numbers of events and visits', () => {
    for (const name of volatilityBaselines.slice(0, 2)) {
      const { value, standardError } = areaOf(name);
      expect(Math.abs(value - 0.5), name).toBeLessThan(3.3 * standardError);
    }
  });

  it('is the wrong way round for short steps beside a shuffled history, and right beside shuffled pairs', () => {
    const short = made.visits.map((visits, user) =>
      volatilityScores(visits, { ...settings, windowDays: 14, rng: createRng(5).child(user) }),
    );
    const of = (name: string) =>
      scoreAuroc(
        short.map((own) => own[`steps, Jensen-Shannon, ${name}`]!),
        isPlanted,
        { rng: createRng(1), resamples: 200 },
      );
    expect(of('less shuffled history').high).toBeLessThan(0.5);
    expect(of('less shuffled pairs').low).toBeGreaterThan(0.5);
  });

  it('takes vectors of items: unit vectors of categories give what counts give', () => {
    const visits = made.visits[0]!.map((visit) => ({ ...visit, itemIds: ['a'] }));
    const own = volatilityScores(visits, {
      ...settings,
      rng: createRng(1),
      vectorOf: new Map([['a', [1, 2]]]),
    });
    expect(own['steps, cosine of vectors, raw']).toBeCloseTo(0, 12);
    expect(() => volatilityScores(visits, { ...settings, rng: createRng(1), vectorOf: new Map() })).toThrow(
      "item 'a' has no vector",
    );
  });

  it('does not say what it cannot: one window, few planted users', () => {
    const [first] = made.visits[0]!;
    const own = volatilityScores([first!], { ...settings, rng: createRng(1) });
    expect(own['all, Jensen-Shannon, raw']).toBeNaN();
    expect(own['cut, raw']).toBeNaN();
    expect(own.visits).toBe(1);
    expect(() => scoreAuroc([1, 2, NaN], [true, false, true], { rng: createRng(1) })).toThrow(
      '1 planted users and 1 others',
    );
    expect(() => scoreAuroc([1], [], { rng: createRng(1) })).toThrow('1 scores for 0 users');
  });
});

describe('changes of interests found', () => {
  it('by a penalty: most of the planted ones, near their time, and few others', () => {
    const { planted, hit, constant, alarms } = changeHits(changesByPenalty(made.visits, 1), made.movedMs, 14);
    expect([planted, constant]).toEqual([29, 118]);
    expect(hit / planted).toBeGreaterThan(0.8);
    expect(alarms / constant).toBeLessThan(0.15);
    const strict = changeHits(changesByPenalty(made.visits, 3), made.movedMs, 14);
    expect(strict.alarms).toBeLessThanOrEqual(alarms);
    expect(strict.hit).toBeLessThan(hit);
  });

  it('by a corrected test: hardly any where nobody moves', () => {
    const test = { level: 0.05, correction: 'benjamini-hochberg' as const, shuffles: 99 };
    const still = shopInterests(
      generateShopLog({ users: 100, days: 56, driftShare: 0, groups: overlappingGroups(1) }, createRng(6)),
    );
    const found = changesByTest(still.visits, { ...test, rng: createRng(1) });
    expect(changeHits(found, still.movedMs, 14).alarms).toBeLessThanOrEqual(2);
    const some = changesByTest(made.visits.slice(0, 60), { ...test, rng: createRng(1) });
    const hits = changeHits(some, made.movedMs.slice(0, 60), 14);
    expect(hits.hit / hits.planted).toBeGreaterThan(0.6);
  });

  it('counts hits within the days asked, notices others, and false alarms', () => {
    const day = 86_400_000;
    const hits = changeHits(
      [[9 * day, 30 * day], [40 * day], [], [day], []],
      [10 * day, 0, day, null, null],
      2,
    );
    expect(hits).toEqual({ planted: 3, hit: 1, noticed: 2, constant: 2, alarms: 1, daysOff: [1, 40] });
    expect(() => changeHits([[]], [], 1)).toThrow('changes of 1 users, truth of 0');
  });

  it('dates a cut by the first visit behind it, and says nothing of few visits', () => {
    const visit = (kind: number, day: number): InterestVisit => ({
      startMs: day,
      counts: Float64Array.from([0, 1], (own) => Number(own === kind)),
      mainKind: kind,
      itemIds: [],
    });
    const visits = Array.from({ length: 20 }, (_, at) => visit(at < 12 ? 0 : 1, at));
    expect(changesByPenalty([visits], 1)).toEqual([[12]]);
    const rows = visits.map(({ counts }) => counts);
    const cut = cutOfVisits(rows, { shuffles: 99, rng: createRng(2) });
    expect(cut.at).toBe(12);
    expect(cut.p).toBe(0.01);
    // All of 12 and 8 draws in two kinds, and nothing of the pieces.
    expect(cut.gain).toBeCloseTo(-12 * Math.log(0.6) - 8 * Math.log(0.4), 5);
    expect(cutOfVisits(rows.slice(0, 5), { shuffles: 9, rng: createRng(2) }).p).toBeNaN();
    expect(changesByPenalty([visits.slice(0, 2), []], 1)).toEqual([[], []]);
    expect(() => changesByPenalty([], 0)).toThrow('above 0, got 0');
  });
});
