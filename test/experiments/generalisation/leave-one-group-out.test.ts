import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateRanking } from '../../../lib/experiments/evaluate-ranking';
import {
  groupLosses,
  leaveOneGroupOut,
  type GroupPlace,
  type GroupPoint,
} from '../../../lib/experiments/generalisation/leave-one-group-out';
import type { Rival } from '../../../lib/experiments/rival';
import { startBackend } from '../../../lib/nn/backend';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import type { SplitSequences } from '../../../lib/preprocessing/splits/split-sequences';
import { toyLog } from '../../preprocessing/toy-log';
import { chain, cheat, popular } from './shared-log';

beforeAll(async () => {
  await startBackend();
});

/** Sixty users of three kinds: each kind goes round the same 40 items in steps of its own, so that nothing of one helps another. */
const steps = { plus: 1, seven: 7, eleven: 11 } as const;
const kinds = Object.keys(steps) as (keyof typeof steps)[];
const kindOf = (user: number) => kinds[user % 3]!;
const split = leaveOneOut(
  toSequences(
    toyLog(
      Array.from({ length: 60 }, (_, user) =>
        Array.from(
          { length: 12 },
          (_, at) => [`u${user}`, `i${(7 * user + at * steps[kindOf(user)]) % 40}`, at] as const,
        ),
      ).flat(),
    ),
  ),
);
const groups = split.sequences.userIds.map((_, user) => kindOf(user));
const settings = { seed: 1, smallest: 10 };

/** A rival that notes from whom it may learn. */
function watched(seen: { place: GroupPlace; users: number[] }[]): Rival<GroupPlace> {
  return {
    ...chain,
    learn: (known: SplitSequences, place) => {
      const { trainStarts, trainEnds } = known;
      const users = [...trainEnds.keys()].filter((user) => trainEnds[user]! > trainStarts[user]!);
      seen.push({ place, users });
      return chain.learn(known, place);
    },
  };
}

describe('leaving one group out', () => {
  it('learns from everybody, then without each group, then with half of it and as many others out', async () => {
    const seen: { place: GroupPlace; users: number[] }[] = [];
    await leaveOneGroupOut(split, groups, [watched(seen)], settings);
    expect(seen.map(({ place: { group, arm, half }, users }) => [group, arm, half, users.length])).toEqual([
      ['', 'known', null, 60],
      ...['eleven', 'plus', 'seven'].flatMap((group) => [
        [group, 'without', null, 40],
        [group, 'mates', 0, 40],
        [group, 'mates', 1, 40],
      ]),
    ]);
    for (const { place, users } of seen.slice(1)) {
      const own = users.filter((user) => groups[user] === place.group).length;
      expect(own).toBe(place.arm === 'without' ? 0 : 10);
    }
  });

  it('asks of a half known group the half that is not, and each user once', async () => {
    const seen: { place: GroupPlace; users: number[] }[] = [];
    const points = await leaveOneGroupOut(split, groups, [watched(seen)], settings);
    const halves = points.filter(({ group, arm }) => group === 'plus' && arm === 'mates');
    for (const { half, users } of halves) {
      const place = seen.find((own) => own.place.group === 'plus' && own.place.half === half)!;
      expect(users.filter((user) => place.users.includes(user))).toEqual([]);
    }
    expect(halves.flatMap(({ users }) => users).sort((a, b) => a - b)).toEqual(
      [...groups.keys()].filter((user) => groups[user] === 'plus'),
    );
  });

  it('asks each group the questions of the whole split', async () => {
    const points = await leaveOneGroupOut(split, groups, [chain], settings);
    const { scorer } = await chain.learn(split, null);
    const whole = evaluateRanking(scorer, split, 'test').ranks;
    for (const { arm, group, users, ranks } of points) {
      if (arm !== 'mates') expect(users).toEqual([...groups.keys()].filter((user) => groups[user] === group));
      if (arm === 'known') expect(ranks).toEqual(users.map((user) => whole[user]!));
    }
  });

  it('tells what a group misses of which nobody was learned from', async () => {
    const losses = groupLosses(await leaveOneGroupOut(split, groups, [chain], settings));
    expect(losses.map(({ group, users }) => [group, users])).toEqual([
      ['eleven', 20],
      ['plus', 20],
      ['seven', 20],
    ]);
    for (const { known, without, mates, missed } of losses) {
      expect(known).toBeGreaterThan(0.55);
      expect(without).toBeLessThan(0.3);
      expect(mates!).toBeGreaterThan(0.4); // the others had nothing to say
      expect(missed!.mean).toBeCloseTo(without - mates!, 12);
      expect(missed!.high).toBeLessThan(0);
    }
  });

  it('finds no difference where groups are none', async () => {
    const dealt = split.sequences.userIds.map((_, user) =>
      Math.floor(user / 3) % 2 === 0 ? 'left' : 'right',
    );
    const thirds = dealt.map((side, user) => (user < 18 ? `${side} of some` : null));
    const losses = groupLosses(
      await leaveOneGroupOut(split, thirds, [chain, popular], { seed: 1, smallest: 5 }),
    );
    expect(losses).toHaveLength(4);
    for (const { missed } of losses) {
      expect(missed!.low).toBeLessThanOrEqual(0);
      expect(missed!.high).toBeGreaterThanOrEqual(0);
    }
  });

  it('has no half known group where there are not as many others', async () => {
    const most = split.sequences.userIds.map((_, user) => (user < 45 ? 'most' : null));
    const points = await leaveOneGroupOut(split, most, [chain], settings);
    expect(points.map(({ arm }) => arm)).toEqual(['known', 'without']);
    expect(groupLosses(points)[0]).toMatchObject({ mates: null, missed: null });
  });

  it('shows nobody the answers', async () => {
    const points = await leaveOneGroupOut(split, groups, [cheat], settings);
    for (const { ranks } of points) expect(ranks.filter((rank) => rank === 1).length).toBeLessThan(5);
  });

  it('goes on where it was interrupted', async () => {
    const whole = await leaveOneGroupOut(split, groups, [chain, popular], settings);
    const stop = new AbortController();
    const some: GroupPoint[] = [];
    const onPoint = (point: GroupPoint) => {
      some.push(point);
      if (some.length === 7) stop.abort();
    };
    const first = await leaveOneGroupOut(split, groups, [chain, popular], settings, {
      onPoint,
      signal: stop.signal,
    });
    expect(first).toEqual(whole.slice(0, 7));
    const again: GroupPoint[] = [];
    const rest = { known: first, onPoint: (point: GroupPoint) => again.push(point) };
    expect(await leaveOneGroupOut(split, groups, [chain, popular], settings, rest)).toEqual(whole);
    expect(again).toEqual(whole.slice(7));
  });

  it('does not ask small groups, and refuses where all are', async () => {
    const few = split.sequences.userIds.map((_, user) => (user < 5 ? 'few' : user < 25 ? 'many' : null));
    const points = await leaveOneGroupOut(split, few, [chain], { seed: 1 });
    expect(new Set(points.map(({ group }) => group))).toEqual(new Set(['many']));
    await expect(leaveOneGroupOut(split, few, [chain], { seed: 1, smallest: 21 })).rejects.toThrow(
      'no group',
    );
    await expect(leaveOneGroupOut(split, few.slice(1), [chain], settings)).rejects.toThrow('59 groups');
  });

  it('does not compare what was not measured', async () => {
    const points = await leaveOneGroupOut(split, groups, [chain], settings);
    expect(() => groupLosses(points.filter(({ arm }) => arm !== 'known'))).toThrow(RangeError);
  });
});
