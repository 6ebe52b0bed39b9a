import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import {
  distinctiveFeatures,
  type DistinctiveFeature,
} from '../../../lib/experiments/groups/distinctive-features';
import { nameGroups } from '../../../lib/experiments/groups/group-names';

const feature = (
  group: number,
  name: string,
  low: number,
  more: Partial<DistinctiveFeature> = {},
): DistinctiveFeature => ({
  group,
  feature: name,
  users: 50,
  share: 0.5,
  shareOfOthers: 0.2,
  ratio: 2.5,
  low,
  high: 5,
  p: 1e-6,
  adjusted: 1e-4,
  ...more,
});
const namesOf = (...args: Parameters<typeof nameGroups>): string[] =>
  nameGroups(...args).map(({ name }) => name);

describe('names of groups', () => {
  it('are the three strongest features, by the lower end of the ratio', () => {
    const found = nameGroups(
      [feature(0, 'weak', 1.1), feature(0, 'c', 2), feature(0, 'a', 4), feature(0, 'b', 3)],
      1,
    );
    expect(found[0]!.name).toBe('a · b · c');
    expect(found[0]!.features.map(({ low }) => low)).toEqual([4, 3, 2]);
    expect(namesOf([feature(0, 'a', 4), feature(0, 'b', 3)], 1, { most: 1 })).toEqual(['a']);
    expect(namesOf([feature(0, 'genre: Horror', 4)], 1, { write: (text) => text.slice(7) })).toEqual([
      'Horror',
    ]);
  });

  it('say nothing of what is rarer in the group, or of few of its users; nothing significant is no name', () => {
    const rarer = feature(0, 'rarer', 0.2, { ratio: 0.5 });
    const ofFew = feature(1, 'of few', 9, { share: 0.1 });
    expect(namesOf([rarer, ofFew], 3)).toEqual(['no name (1)', 'no name (2)', 'no name (3)']);
    expect(namesOf([ofFew], 2, { minShare: 0 })).toEqual(['no name', 'of few']);
    expect(nameGroups([], 1)).toEqual([{ group: 0, name: 'no name', features: [] }]);
  });

  it('put what nobody else has first, and break ties by p, share and the alphabet', () => {
    const only = feature(0, 'only', 0, { ratio: Infinity, high: Infinity });
    const tied = [
      feature(0, 'z', 2, { p: 1e-9 }),
      feature(0, 'y', 2, { share: 0.9 }),
      feature(0, 'b', 2),
      feature(0, 'a', 2),
    ];
    expect(namesOf([...tied, only], 1, { most: 5 })).toEqual(['only · z · y · a · b']);
  });

  it('differ: groups of one name take further features, and numbers where there are none', () => {
    const shared = (group: number): DistinctiveFeature[] => [feature(group, 'a', 4), feature(group, 'b', 3)];
    const all = [...shared(0), feature(0, 'c', 2), ...shared(1), ...shared(2), feature(3, 'q', 2)];
    expect(namesOf(all, 4, { most: 2 })).toEqual(['a · b · c', 'a · b (1)', 'a · b (2)', 'q']);
  });

  it('do not depend on the order of the features, and are always different', () => {
    const drawn = fc.record({
      group: fc.integer({ min: 0, max: 3 }),
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      low: fc.integer({ min: 1, max: 3 }),
    });
    const one = fc.uniqueArray(drawn, { selector: ({ group, name }) => `${group} ${name}` });
    fc.assert(
      fc.property(one, fc.integer({ min: 1, max: 4 }), fc.integer(), (rows, most, seed) => {
        const features = rows.map(({ group, name, low }) => feature(group, name, low));
        const names = namesOf(features, 4, { most });
        expect(new Set(names).size).toBe(4);
        expect(namesOf(createRng(seed).shuffle([...features]), 4, { most })).toEqual(names);
      }),
    );
  });

  it('find what was planted, and nothing where groups are dealt at random', () => {
    const rng = createRng(4);
    const labels = Array.from({ length: 300 }, () => rng.integer(3));
    const draw = (chance: (group: number, name: string) => number): Set<string>[] =>
      labels.map((label) => new Set(['w', 'x', 'y', 'z'].filter((name) => rng.next() < chance(label, name))));
    const planted = draw((group, name) => (group === 1 && name === 'y' ? 0.8 : 0.3));
    expect(namesOf(distinctiveFeatures(planted, labels), 3)).toEqual(['no name (1)', 'y', 'no name (2)']);
    const random = draw(() => 0.3);
    expect(nameGroups(distinctiveFeatures(random, labels), 3).flatMap(({ features }) => features)).toEqual(
      [],
    );
  });

  it('refuse other options and groups', () => {
    expect(() => nameGroups([], 1, { most: 0 })).toThrow('from 1, got 0');
    expect(() => nameGroups([], 1, { minShare: 2 })).toThrow('from 0 to 1');
    expect(() => nameGroups([feature(1, 'a', 2)], 1)).toThrow("'a' is of group 1");
  });
});
