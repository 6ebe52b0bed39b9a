import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { latestAgain } from '../../lib/recommendation/latest-again';

beforeAll(async () => {
  await startBackend();
});

const scores = (history: readonly number[]): number[] => {
  const tensor = latestAgain(5).score([Int32Array.from(history)]);
  const [own] = tensor.arraySync();
  tensor.dispose();
  return own!;
};

describe('the latest items again', () => {
  it('puts the last event first, then the one before it, and whatever was not used last', () => {
    expect(scores([4, 2])).toEqual([0, 0, 1, 0, 0.5]);
  });

  it('goes by the latest use of an item', () => {
    const [, one, two] = scores([1, 2, 1]);
    expect([one, two]).toEqual([1, 0.5]);
  });

  it('says nothing of an empty history', () => {
    expect(scores([])).toEqual([0, 0, 0, 0, 0]);
  });
});
