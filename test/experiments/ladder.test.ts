import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import type { RankedModel } from '../../lib/evaluation/difference/compare-ranks';
import { bestByValidation, climb, ladderTable, type ClimbedRung } from '../../lib/experiments/ladder';
import { rungs, start } from '../../scripts/ladder/rungs';
import { protocol } from '../evaluation/protocol-example';

const run = (ranks: readonly number[], seed: number | null = 1): RankedModel => ({
  name: 'run',
  ranks,
  users: ranks.map((_, user) => user),
  targets: ranks.map((_, user) => user + 1),
  protocol: { ...protocol, seed },
});
const rung = (name: string, ...runs: RankedModel[]): ClimbedRung => ({ name, change: `to ${name}`, runs });
const ladder = [
  rung('start', run([1, 11, 20, 3], 1), run([11, 11, 20, 3], 2)),
  rung('tuned', run([1, 1, 20, 3], 1), run([1, 11, 20, 3], 2)),
  rung('vote', run([1, 1, 20, 7], null)),
];

describe('a ladder of improvements', () => {
  it('gives each rung the change to the one below and to the first, each user the mean over runs', () => {
    const [first, tuned, vote] = climb(ladder, createRng(1));
    // HR@10 of the users: start (1 + 0) / 2, 0, 0, 1; tuned 1, 1 / 2, 0, 1; vote 1, 1, 0, 1.
    expect(first!.hr10).toBeCloseTo((0.5 + 1) / 4, 12);
    expect(tuned!.hr10).toBeCloseTo(2.5 / 4, 12);
    expect(vote!.hr10).toBeCloseTo(3 / 4, 12);
    const [third, seventh] = [1 / Math.log2(4), 1 / Math.log2(8)];
    expect(first!.ndcg10).toBeCloseTo((0.5 + third) / 4, 12);
    expect(tuned!.step![1]!.difference).toBeCloseTo((0.5 + 0.5) / 4, 12);
    expect(vote!.step![1]!.difference).toBeCloseTo((0.5 + seventh - third) / 4, 12);
    expect(vote!.sinceStart![1]!.difference).toBeCloseTo(vote!.ndcg10 - first!.ndcg10, 12);
    expect([first!.step, first!.sinceStart]).toEqual([null, null]);
    expect([first!.runs, tuned!.runs, vote!.runs]).toEqual([2, 2, 1]);
    for (const { step } of [tuned!, vote!]) for (const { users } of step!) expect(users).toBe(4);
  });

  it('corrects p for the number of rungs, and finds nothing where nothing changed', () => {
    const rng = createRng(3);
    const ranks = (good: number): number[] => Array.from({ length: 60 }, () => (rng.next() < good ? 1 : 50));
    const better = [rung('a', run(ranks(0.1))), rung('b', run(ranks(0.6)))];
    const alone = climb(better, createRng(1))[1]!.step![0]!;
    expect(alone.p).toBeLessThan(0.01);
    const same = [...better, { ...better[1]!, name: 'c' }];
    const [, b, c] = climb(same, createRng(1));
    expect(b!.step![0]!.p).toBeCloseTo(2 * alone.p, 12);
    expect(c!.step![0]).toMatchObject({ difference: 0, p: 1 });
  });

  it('refuses what is no ladder, and runs that were not asked the same', () => {
    expect(() => climb(ladder.slice(0, 1), createRng(1))).toThrow('two rungs at least, got 1');
    expect(() => climb([ladder[0]!, rung('bare')], createRng(1))).toThrow("the rung 'bare' has no runs");
    const uneven = [
      rung('a', run([1, 1], 1), run([1, 1], 2)),
      rung('b', run([1, 1]), run([1, 1]), run([1, 1])),
    ];
    expect(() => climb(uneven, createRng(1))).toThrow("'a' has 2 runs beside 3");
    const sampled = { ...run([1, 2, 3, 4]), protocol: { ...protocol, candidates: 'uniform-100' } };
    expect(() => climb([ladder[0]!, rung('sampled', sampled)], createRng(1))).toThrow('candidates');
    const others = { ...run([1, 2, 3, 4]), targets: [9, 9, 9, 9] };
    expect(() => climb([ladder[0]!, rung('others', others)], createRng(1))).toThrow('targets');
    const { users: _, ...nameless } = run([1, 2, 3, 4]);
    expect(() => climb([ladder[0]!, rung('nameless', nameless)], createRng(1))).toThrow(
      'does not say its users',
    );
  });

  it('is a table with the baselines first, signed changes and the protocol', () => {
    const text = ladderTable([rung('popularity', run([1, 20, 20, 20]))], climb(ladder, createRng(1)));
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    expect(rows.map((row) => row.split(' | ')[0])).toEqual([
      '| rung',
      '| ---',
      '| popularity',
      '| start',
      '| tuned',
      '| vote',
    ]);
    expect(rows[2]).toContain('| .2500 | - | - | .2500 |');
    expect(rows[4]).toContain('| .6250 | +.2500 (');
    expect(text).toContain('toy, 4 users, 9 items, 30 events; leave-one-out, test, full ranking');
  });
});

describe('the validation', () => {
  const trained = (...values: number[]): { training: never } =>
    ({
      training: {
        history: values.map((validation, at) => ({ epoch: at + 1, validation })),
        bestEpoch: 1 + values.indexOf(Math.max(...values)),
      },
    }) as unknown as { training: never };

  it('prefers the best epoch of all runs, the first of equals', () => {
    expect(bestByValidation([trained(0.1, 0.3, 0.2), trained(0.25), trained(0.3)])).toBe(0);
    expect(bestByValidation([trained(0.1), trained(0.4, 0.1)])).toBe(1);
    expect(() => bestByValidation([])).toThrow('there are no runs');
    expect(() => bestByValidation([{ training: null }])).toThrow('run 0 has no best epoch');
  });
});

describe('the pages of the ladder', () => {
  it('have at most twelve settings to tune, and each rung changes the settings below it', () => {
    expect(rungs[0]!.candidates.length).toBeLessThanOrEqual(12);
    for (const { candidates } of rungs) {
      const made = candidates.map(({ settings }) => JSON.stringify(settings(start)));
      expect(new Set([...made, JSON.stringify(start)]).size).toBe(candidates.length + 1);
      expect(new Set(candidates.map(({ name }) => name)).size).toBe(candidates.length);
    }
  });
});
