import { describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../../lib/base/matrix';
import { createRng } from '../../../lib/base/random';
import { explainGroups } from '../../../lib/experiments/groups/explain-groups';

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const names = ['comedy', 'evening', 'noise'];

/** 300 users: those who like comedy are group 1, of the others those of the evening group 2. */
function planted() {
  const rng = createRng(3);
  const rows = Array.from({ length: 300 }, () => [rng.next(), rng.next(), rng.next()]);
  const labels = rows.map(([comedy, evening]) => (comedy! > 0.7 ? 1 : evening! > 0.5 ? 2 : 0));
  return { features: matrixFromRows(rows), labels };
}

describe('an explanation of groups', () => {
  it('finds what makes them, and holds for users it has not seen', () => {
    const { features, labels } = planted();
    const { rules, fidelity, majority, fitted } = explainGroups(features, names, labels, {
      seed: 1,
      maxDepth: 2,
    });
    expect(fidelity.length).toBe(5);
    expect(mean(fidelity)).toBeGreaterThan(0.95);
    expect(fitted).toBe(1);
    expect(majority).toBe(
      Math.max(...[0, 1, 2].map((group) => labels.filter((own) => own === group).length)) / 300,
    );
    const conditionsOf = (group: number): string =>
      rules
        .find((rule) => rule.class === group)!
        .conditions.map((each) => each.split(' ').slice(0, 2).join(' '))
        .join(', ');
    expect(conditionsOf(1)).toBe('comedy >');
    expect(conditionsOf(2)).toBe('comedy <=, evening >');
  });

  it('is no better than the majority where the features say nothing, though it fits the users that it saw', () => {
    const { features } = planted();
    const rng = createRng(9);
    const labels = Array.from({ length: 300 }, () => rng.integer(3));
    const { fidelity, majority, fitted } = explainGroups(features, names, labels, { seed: 1, maxDepth: 4 });
    expect(mean(fidelity)).toBeLessThan(majority + 0.05);
    expect(fitted).toBeGreaterThan(majority + 0.05);
  });

  it('leaves out users without a group, is the same for the same seed, and refuses what does not fit', () => {
    const { features, labels } = planted();
    const some = labels.map((label, user) => (user < 100 ? -1 : label));
    const { tree } = explainGroups(features, names, some, { seed: 1 });
    expect(tree.counts.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(explainGroups(features, names, labels, { seed: 2 })).toEqual(
      explainGroups(features, names, labels, { seed: 2 }),
    );
    expect(() => explainGroups(features, names, [0], { seed: 1 })).toThrow('300 x 3, there are 1 labels');
    expect(() => explainGroups(features, ['a'], labels, { seed: 1 })).toThrow('1 names');
  });
});
