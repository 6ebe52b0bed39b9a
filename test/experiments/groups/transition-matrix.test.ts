import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import {
  distinctiveTransitions,
  endState,
  groupTransitions,
  startState,
  transitionMatrix,
} from '../../../lib/experiments/groups/transition-matrix';

const plain = (rows: readonly Float64Array[]): number[][] => rows.map((row) => [...row]);

describe('the transition matrix', () => {
  it('counts what comes right after what, within rows only', () => {
    const { states, counts, left, probabilities } = transitionMatrix([
      ['a', 'b', 'b', 'a'],
      ['b', 'c'],
      ['a'],
      [],
    ]);
    expect(states).toEqual(['a', 'b', 'c']);
    expect(plain(counts)).toEqual([
      [0, 1, 0],
      [1, 1, 1],
      [0, 0, 0],
    ]);
    expect([...left]).toEqual([1, 3, 0]);
    expect(plain(probabilities)).toEqual([
      [0, 1, 0],
      [1 / 3, 1 / 3, 1 / 3],
      [NaN, NaN, NaN],
    ]);
  });

  it('counts beginnings and ends where they are asked for, of rows that have a step', () => {
    const { states, counts } = transitionMatrix([['b', 'a'], ['a'], []], { withEnds: true });
    expect(states).toEqual([startState, 'a', 'b', endState]);
    expect(plain(counts)).toEqual([
      [0, 1, 1, 0],
      [0, 0, 0, 2],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('finds the chain that steps were drawn from', () => {
    const chain = [
      [0.7, 0.2, 0.1],
      [0.1, 0.1, 0.8],
      [0.3, 0.3, 0.4],
    ];
    const rng = createRng(1);
    const rows = Array.from({ length: 400 }, () => {
      let state = rng.integer(3);
      return Array.from({ length: 100 }, () => {
        const drawn = rng.next();
        const [first, second] = chain[state]!;
        state = drawn < first! ? 0 : drawn < first! + second! ? 1 : 2;
        return 'xyz'[state]!;
      });
    });
    const { probabilities, left } = transitionMatrix(rows);
    for (const [from, row] of chain.entries()) {
      for (const [to, truth] of row.entries()) {
        // Four standard errors: once in 16,000.
        const error = 4 * Math.sqrt((truth * (1 - truth)) / left[from]!);
        expect(Math.abs(probabilities[from]![to]! - truth)).toBeLessThan(error);
      }
    }
  });

  it('has a transition for each step but the last of a row, and the groups add up to all', () => {
    const row = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(row, fc.integer({ min: -1, max: 2 })), { minLength: 1 }), (drawn) => {
        const rows = drawn.map(([steps]) => steps);
        fc.pre(rows.some((steps) => steps.length > 0));
        const labels = drawn.map(([, label]) => label);
        const { all, groups } = groupTransitions(rows, labels, 3);
        expect(all.left.reduce((a, b) => a + b, 0)).toBe(
          rows.reduce((sum, { length }) => sum + Math.max(0, length - 1), 0),
        );
        const without = rows.filter((_, place) => labels[place] === -1);
        const rest = transitionMatrix(without, { states: all.states });
        for (const [from, counts] of all.counts.entries()) {
          for (const [to, count] of counts.entries()) {
            const parts = [...groups, rest].reduce((sum, own) => sum + own.counts[from]![to]!, 0);
            expect(parts).toBe(count);
          }
        }
      }),
    );
  });

  it('lists the planted difference first, with an interval, and leaves rare states out', () => {
    const rng = createRng(3);
    const labels = Array.from({ length: 200 }, (_, row) => row % 2);
    const rows = labels.map((label) =>
      Array.from({ length: 20 }, (_, at): string =>
        at % 2 === 0 ? 'see' : rng.next() < (label === 1 ? 0.6 : 0.2) ? 'buy' : 'go',
      ),
    );
    rows[0]!.push('rare', 'see');
    const [first, second] = distinctiveTransitions(groupTransitions(rows, labels, 2), 1);
    expect([first, second].map((one) => one!.to).sort()).toEqual(['buy', 'go']);
    const buy = [first!, second!].find(({ to }) => to === 'buy')!;
    expect(buy.from).toBe('see');
    expect(buy.probability).toBe(buy.count / buy.left);
    expect(buy.left).toBe(1000);
    expect(buy.interval.low).toBeLessThan(0.6);
    expect(buy.interval.high).toBeGreaterThan(0.6);
    expect(Math.abs(buy.probabilityOfOthers - 0.2)).toBeLessThan(0.05);
    const named = distinctiveTransitions(groupTransitions(rows, labels, 2), 0).map(({ from }) => from);
    expect(named).not.toContain('rare');
  });

  it('refuses unknown and repeated states, wrong labels, and nothing at all', () => {
    expect(() => transitionMatrix([['a', 'x']], { states: ['a'] })).toThrow("row 0 has the step 'x'");
    expect(() => transitionMatrix([['a']], { states: ['a', 'a'] })).toThrow('states repeat');
    expect(() => transitionMatrix([[]])).toThrow('no steps');
    expect(() => groupTransitions([['a']], [0, 1], 2)).toThrow('1 rows and 2 labels');
    expect(() => groupTransitions([['a']], [2], 2)).toThrow('row 0 has the label 2');
  });
});
