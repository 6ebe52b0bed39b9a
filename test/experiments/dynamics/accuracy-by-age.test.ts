import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { ndcg } from '../../../lib/evaluation/ndcg';
import {
  accuracyByAge,
  type AccuracyAtAge,
  type AgeQuestion,
} from '../../../lib/experiments/dynamics/accuracy-by-age';
import { evaluateRanking } from '../../../lib/experiments/evaluate-ranking';
import { startBackend } from '../../../lib/nn/backend';
import { toSequences, type Sequences } from '../../../lib/preprocessing/sequences';
import { withSequences } from '../../../lib/preprocessing/splits/split-sequences';
import { splitByTime } from '../../../lib/preprocessing/splits/time-split';
import { countItems, popularity } from '../../../lib/recommendation/popularity';

beforeAll(async () => {
  await startBackend();
});

const dayMs = 86_400_000;
const days = 60;

/** Forty items; users take one in three days near a favourite of all, which goes on by `pace` items a day. */
function fashions(pace: number): Sequences {
  const rng = createRng(41);
  const events = Array.from({ length: 80 }, (_, user) =>
    Array.from({ length: days }, (_unused, day) => ({
      userId: `u${user}`,
      behavior: 'browse' as const,
      itemId: `i${(40 + Math.floor(pace * day + (pace > 0 ? 8 : 40) * rng.next() * rng.next())) % 40}`,
      query: null,
      timeMs: day * dayMs + user,
      rating: null,
      row: 0,
    })).filter(() => rng.next() < 0.3),
  ).flat();
  const source = { name: 'toy', file: null, sha256: 'abc', rowsRead: events.length, rejected: [] };
  return toSequences({ events, hasTimes: true, source, items: new Map(), users: new Map() });
}

const ask = (sequences: Sequences, more: Partial<AgeQuestion> = {}) =>
  accuracyByAge({
    sequences,
    fit: (split) => popularity(countItems(split)),
    fromMs: 45 * dayMs,
    toMs: 50 * dayMs,
    agesDays: [0, 15, 30],
    trainingDays: 7,
    k: 5,
    rng: createRng(1),
    resamples: 200,
    ...more,
  });

describe('accuracy by the age of the model', () => {
  it('falls where fashions go on, with lists that are less and less alike', async () => {
    const { ages, users } = await ask(fashions(0.5));
    const [fresh, older, oldest] = ages as [AccuracyAtAge, AccuracyAtAge, AccuracyAtAge];
    expect(users).toBeGreaterThan(50);
    expect(fresh.ndcg.value).toBeGreaterThan(older.ndcg.value + 0.05);
    expect(older.ndcgLost.high).toBeLessThan(0);
    expect(oldest.ndcgLost.high).toBeLessThan(0);
    expect([fresh.jaccard.value, fresh.rankBiasedOverlap.value, fresh.ndcgLost.value]).toEqual([1, 1, 0]);
    expect(older.jaccard.value).toBeLessThan(0.5);
    expect(oldest.rankBiasedOverlap.value).toBeLessThan(0.2);
  });

  it('does not where nothing changes', async () => {
    const { ages } = await ask(fashions(0));
    for (const { ndcgLost, jaccard } of ages.slice(1)) {
      expect(Math.abs(ndcgLost.value)).toBeLessThan(3.3 * ndcgLost.standardError);
      expect(jaccard.value).toBeGreaterThan(0.2); // lists of chance: .08
    }
  });

  it('is that of the usual evaluation for the freshest model, with one asked event a user', async () => {
    const sequences = fashions(0.5);
    const cuts = { validationFromMs: 59 * dayMs, testFromMs: days * dayMs };
    const split = withSequences(splitByTime(sequences, cuts), sequences);
    const expected = evaluateRanking(popularity(countItems(split)), split, 'validation', { events: 'all' });
    const { ages, events } = await ask(sequences, {
      fromMs: cuts.validationFromMs,
      toMs: cuts.testFromMs,
      trainingDays: Infinity,
      agesDays: [0],
    });
    expect(new Set(expected.users).size).toBe(expected.users.length);
    expect(events).toBe(expected.users.length);
    expect(ages[0]!.ndcg.value).toBeCloseTo(ndcg(expected.ranks, 5), 12);
    expect(ages[0]!.fittedOn).toBe(
      split.trainEnds.reduce((sum, end, user) => sum + end - split.trainStarts[user]!, 0),
    );
  });

  it('hides all that came after the end of training from the model', async () => {
    const sequences = fashions(0.5);
    const seen: number[] = [];
    await ask(sequences, {
      fit: (split) => {
        let latest = 0;
        for (const [user, end] of split.trainEnds.entries())
          if (end > split.trainStarts[user]!) latest = Math.max(latest, sequences.timesMs![end - 1]!);
        seen.push(latest);
        return popularity(countItems(split));
      },
    });
    expect(seen.map((latest) => latest < 45 * dayMs)).toEqual([true, true, true]);
    expect(seen[1]).toBeLessThan(30 * dayMs);
    expect(seen[2]).toBeLessThan(15 * dayMs);
  });

  it('refuses ages and windows that hold nothing', async () => {
    const sequences = fashions(0);
    await expect(ask(sequences, { agesDays: [] })).rejects.toThrow("days from 0, got ''");
    await expect(ask(sequences, { agesDays: [-1] })).rejects.toThrow("got '-1'");
    await expect(ask(sequences, { toMs: 0 })).rejects.toThrow('must end after they begin');
    await expect(ask(sequences, { trainingDays: 1e-9 })).rejects.toThrow('have no event');
  });
});
