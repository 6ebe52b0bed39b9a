import { describe, expect, it } from 'vitest';
import { withPauses } from '../../lib/preprocessing/pauses';
import { sequenceOf, toSequences } from '../../lib/preprocessing/sequences';
import { toyLog } from './toy-log';

const day = 86_400_000;
const sequences = toSequences(
  toyLog([
    ['a', 'x', 0],
    ['a', 'y', day - 1],
    ['a', 'x', 2 * day - 1],
    ['a', 'x', 9 * day],
    ['b', 'y', 3 * day],
  ]),
);
const told = (options: Parameters<typeof withPauses>[1]): string[][] => {
  const own = withPauses(sequences, options);
  return own.userIds.map((_, user) =>
    Array.from(sequenceOf(own, user), (item) => own.vocabulary.itemIds[item]!),
  );
};

describe('pauses as events', () => {
  it('stand between events, by the last edge that they reach, and behind the last one up to the moment', () => {
    expect(told({ edgesDays: [1, 7] })).toEqual([
      ['x', 'y', 'pause of 1 to 7 days', 'x', 'pause of 7 days and more', 'x'],
      ['y'],
    ]);
    expect(told({ edgesDays: [2], untilMs: 10 * day })).toEqual([
      ['x', 'y', 'x', 'pause of 2 days and more', 'x'],
      ['y', 'pause of 2 days and more'],
    ]);
  });

  it('keep items and times as they are, and the old indices', () => {
    const own = withPauses(sequences, { edgesDays: [1, 7] });
    expect(own.vocabulary.itemIds.slice(0, 3)).toEqual(sequences.vocabulary.itemIds);
    expect(own.timesMs!.length).toBe(own.items.length);
    expect([...own.items.filter((item) => item < 3)]).toEqual([...sequences.items]);
    expect([...own.timesMs!.filter((_, row) => own.items[row]! < 3)]).toEqual([...sequences.timesMs!]);
  });

  it('refuse a moment before an event, edges that do not ascend, a log without times', () => {
    expect(() => told({ edgesDays: [1], untilMs: 8 * day })).toThrow("user 'a' has an event after untilMs");
    for (const edgesDays of [[], [0], [2, 1]])
      expect(() => told({ edgesDays })).toThrow('edgesDays must ascend');
    expect(() => withPauses({ ...sequences, timesMs: null }, { edgesDays: [1] })).toThrow('no times');
  });
});
