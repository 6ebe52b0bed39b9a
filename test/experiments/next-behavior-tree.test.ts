import { describe, expect, it } from 'vitest';
import { rowOf } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import type { Behavior } from '../../lib/data/event';
import { nextBehaviorCases, nextBehaviorTree } from '../../lib/experiments/next-behavior-tree';
import { toSequences, type Sequences } from '../../lib/preprocessing/sequences';
import { toyLog } from '../preprocessing/toy-log';

const minute = 60e3;

type Step = readonly [behavior: Behavior, itemId: string, minutes: number];

function sequencesOf(users: readonly (readonly Step[])[]): Sequences {
  const log = toyLog(
    users.flatMap((steps, user) =>
      steps.map(
        ([behavior, itemId, minutes]) => [`u${user}`, itemId, minutes * minute, { behavior }] as const,
      ),
    ),
  );
  return toSequences(log, { columns: ['behavior'] });
}

describe('cases of a next behaviour', () => {
  it('say what was known after each event, and what came next', () => {
    const { features, names, next, last, timesMs, users, behaviors } = nextBehaviorCases(
      sequencesOf([
        [['click', 'a', 0], ['click', 'a', 2], ['cart', 'a', 4], ['click', 'b', 50], ['cart', 'b', 51]],
        [['cart', 'c', 1]],
        [['cart', 'c', 1], ['click', 'c', 9]],
      ]), // prettier-ignore
    );
    expect(behaviors).toEqual(['cart', 'click']);
    expect([...users]).toEqual([0, 0, 0, 0, 2]); // the user with one event has none
    expect([...last]).toEqual([1, 1, 0, 1, 0]);
    expect([...next]).toEqual([1, 0, 1, 0, 1]);
    expect([...timesMs]).toEqual([2, 4, 50, 51, 9].map((at) => at * minute));
    const ofFourth = Object.fromEntries(names.map((name, place) => [name, rowOf(features, 3)[place]]));
    expect(ofFourth).toEqual({
      'last is cart': 0,
      'last is click': 1,
      'before it cart': 1,
      'before it click': 0,
      'cart in last 10': 1,
      'click in last 10': 3,
      'minutes since event before': 46,
      'events of this visit': 1,
      'same item as before': 0,
      'this item in last 10': 1,
    });
    const place = names.indexOf('this item in last 10');
    expect([0, 1, 2].map((row) => rowOf(features, row)[place])).toEqual([1, 2, 3]);
    const visits = names.indexOf('events of this visit');
    expect([0, 1, 2, 3].map((row) => rowOf(features, row)[visits])).toEqual([1, 2, 3, 1]);
    const before = names.indexOf('before it click');
    expect(rowOf(features, 0)[before]).toBe(0); // nothing was before
  });

  it('look back on ten events, and never ahead', () => {
    const rng = createRng(1);
    const steps = (from: number, to: number): Step[] =>
      Array.from({ length: to - from }, (_, place): Step => [
        rng.integer(2) === 0 ? 'click' : 'cart',
        `i${rng.integer(3)}`,
        from + place,
      ]);
    const long = steps(0, 40);
    const whole = nextBehaviorCases(sequencesOf([long]));
    const other = nextBehaviorCases(sequencesOf([[...long.slice(0, 25), ...steps(25, 40)]]));
    const column = whole.names.indexOf('click in last 10');
    for (let row = 0; row < 25; row++) expect(rowOf(other.features, row)).toEqual(rowOf(whole.features, row));
    const counted = long.slice(21, 31).filter(([behavior]) => behavior === 'click').length;
    expect(rowOf(whole.features, 30)[column]).toBe(counted);
  });

  it('need times and behaviours', () => {
    const sequences = sequencesOf([[['click', 'a', 0], ['cart', 'a', 1]]]); // prettier-ignore
    expect(() => nextBehaviorCases({ ...sequences, timesMs: null })).toThrow('no times');
    expect(() => nextBehaviorCases({ ...sequences, columns: [] })).toThrow("columns: ['behavior']");
  });
});

describe('a tree of the next behaviour', () => {
  /** Buys after a click exactly where two of the last events were carts: a chain cannot know it. */
  function planted(seed: number): Sequences {
    const rng = createRng(seed);
    return sequencesOf(
      Array.from({ length: 60 }, () => {
        const steps: Step[] = [];
        for (let at = 0; at < 30; at++) {
          const carts = steps.slice(-10).filter(([behavior]) => behavior === 'cart').length;
          const isClick = steps.at(-1)?.[0] === 'click';
          const behavior: Behavior = isClick && carts >= 2 ? 'purchase' : rng.next() < 0.2 ? 'cart' : 'click';
          steps.push([behavior, `i${rng.integer(50)}`, at * 5 + rng.integer(4)]);
        }
        return steps;
      }),
    );
  }

  it('finds what a chain cannot know, and says by how much for a user', () => {
    const { accuracy, gain, rules, behaviors, fitted, asked } = nextBehaviorTree(
      nextBehaviorCases(planted(1)),
      100 * minute,
    );
    expect(fitted + asked).toBe(60 * 29);
    expect(accuracy.tree).toBeGreaterThan(accuracy.markov + 0.15);
    expect(accuracy.markov).toBeGreaterThanOrEqual(accuracy.majority);
    expect(gain.low).toBeGreaterThan(0.1);
    expect(gain.mean).toBeCloseTo(accuracy.tree - accuracy.markov, 1);
    const buys = rules.find((rule) => behaviors[rule.class] === 'purchase')!;
    expect(buys.share).toBe(1);
    expect(buys.conditions.join(', ')).toContain('cart in last 10 > 1.5');
  });

  it('learns nothing of what came after the cut', () => {
    const cases = nextBehaviorCases(planted(2));
    const late = cases.timesMs.map((time) => Number(time >= 100 * minute));
    const spoilt = { ...cases, next: cases.next.map((own, row) => (late[row] ? (own + 1) % 3 : own)) };
    const [one, other] = [cases, spoilt].map((own) => nextBehaviorTree(own, 100 * minute));
    expect(other!.tree).toEqual(one!.tree);
    expect(other!.accuracy.tree).toBeLessThan(0.4);
  });

  it('adds nothing where behaviours follow a chain', () => {
    const rng = createRng(3);
    const chain = sequencesOf(
      Array.from({ length: 60 }, () => {
        const steps: Step[] = [];
        for (let at = 0; at < 40; at++) {
          const after = steps.at(-1)?.[0] === 'cart' ? 0.8 : 0.2;
          steps.push([rng.next() < after ? 'cart' : 'click', 'a', at]);
        }
        return steps;
      }),
    );
    const { gain, accuracy } = nextBehaviorTree(nextBehaviorCases(chain), 25 * minute, { maxDepth: 2 });
    expect(accuracy.markov).toBeGreaterThan(0.75);
    expect(gain.low).toBeLessThanOrEqual(0);
    expect(gain.mean).toBeGreaterThan(-0.03);
  });

  it('refuses a cut that leaves nothing on one side', () => {
    const cases = nextBehaviorCases(planted(4));
    expect(() => nextBehaviorTree(cases, 0)).toThrow('0 cases before the cut');
    expect(() => nextBehaviorTree(cases, 1e9)).toThrow('0 users from it on');
  });
});
