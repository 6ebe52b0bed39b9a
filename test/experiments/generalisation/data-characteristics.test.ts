import { describe, expect, it } from 'vitest';
import { dataCharacteristics } from '../../../lib/experiments/generalisation/data-characteristics';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { toyLog } from '../../preprocessing/toy-log';

describe('dataCharacteristics', () => {
  it('counts a log that can be counted on fingers', () => {
    const sequences = toSequences(
      toyLog([
        ['u1', 'a', 1],
        ['u1', 'b', 2],
        ['u1', 'a', 3],
        ['u1', 'a', 4],
        ['u2', 'a', 1],
        ['u3', 'c', 1],
      ]),
    );
    expect(dataCharacteristics(sequences)).toEqual({
      users: 3,
      items: 3,
      events: 6,
      medianEvents: 1,
      meanEvents: 2,
      longest: 4,
      density: 4 / 9,
      repeatShare: expect.closeTo(2 / 6, 12) as number,
      onceShare: 2 / 3,
      gini: expect.closeTo((-2 * 1 + 0 * 1 + 2 * 4) / (3 * 6), 12) as number,
    });
  });

  it('has no repeats where each item is used once a user, and no inequality where all items are used alike', () => {
    const sequences = toSequences(
      toyLog(
        ['u1', 'u2'].flatMap((user) => ['a', 'b', 'c'].map((item, step) => [user, item, step] as const)),
      ),
    );
    expect(dataCharacteristics(sequences)).toMatchObject({
      repeatShare: 0,
      density: 1,
      gini: 0,
      onceShare: 0,
    });
  });

  it('refuses a log without events', () => {
    const sequences = toSequences(toyLog([['u1', 'a', 1]]));
    expect(() => dataCharacteristics({ ...sequences, items: new Int32Array(0) })).toThrow(RangeError);
  });
});
