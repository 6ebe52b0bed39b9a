import { describe, expect, it } from 'vitest';
import {
  isBest,
  observe,
  shouldStop,
  startEarlyStopping,
  type EarlyStopping,
} from '../../lib/training/early-stopping';

describe('early stopping', () => {
  it('stops after so many epochs without a better value; an equal one is not better', () => {
    let state = startEarlyStopping(2);
    const seen = [0.1, 0.3, 0.3, 0.2].map((value, index) => {
      state = observe(state, index + 1, value);
      return [isBest(state), shouldStop(state)];
    });
    expect(seen).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect([state.bestEpoch, state.bestValue]).toEqual([2, 0.3]);
  });

  it('takes the smaller value for the better one where that is asked for', () => {
    let state = startEarlyStopping(2, 'smaller');
    const seen = [3, 1, 1, 2].map((value, index) => {
      state = observe(state, index + 1, value);
      return [isBest(state), shouldStop(state)];
    });
    expect(seen).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect([state.bestEpoch, state.bestValue]).toEqual([2, 1]);
  });

  it.each(['larger', 'smaller'] as const)('%s: survives JSON before the first epoch', (better) => {
    for (const value of [-5, 0, 5]) {
      const start = JSON.parse(JSON.stringify(startEarlyStopping(1, better))) as EarlyStopping;
      expect(isBest(start) || shouldStop(start)).toBe(false);
      expect(observe(start, 1, value)).toMatchObject({ bestEpoch: 1, bestValue: value, epochsSinceBest: 0 });
    }
  });

  it('refuses a value that is not finite, and a patience of none', () => {
    expect(() => observe(startEarlyStopping(1), 3, Number.NaN)).toThrow(/epoch 3 is NaN/);
    expect(() => startEarlyStopping(0)).toThrow(RangeError);
  });
});
