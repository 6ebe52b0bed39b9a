import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { amongItems } from '../../lib/recommendation/among-items';
import { popularity } from '../../lib/recommendation/popularity';
import { recommend } from '../../lib/recommendation/top-n';

beforeAll(async () => {
  await startBackend();
});

describe('recommending among some items', () => {
  const popular = popularity(Float32Array.of(0, 5, 4, 3, 2));

  it('leaves the others out and changes neither scores nor order of the rest', () => {
    const { items, scores } = recommend(
      amongItems(popular, Uint8Array.of(0, 0, 1, 0, 1)),
      [new Int32Array(0)],
      {
        n: 2,
        excludeSeen: true,
      },
    );
    expect(items.map((list) => Array.from(list))).toEqual([[2, 4]]);
    expect(Array.from(scores[0]!)).toEqual([4, 2]);
  });

  it('keeps its scores finite and its name, leaks nothing, and refuses what does not fit', () => {
    const some = amongItems(popular, Uint8Array.of(0, 1, 0, 0, 0));
    expect([some.name, some.numItems]).toEqual(['popularity', 5]);
    const before = tf.memory().numTensors;
    const scores = some.score([new Int32Array(0)]);
    expect(scores.dataSync().every(Number.isFinite)).toBe(true);
    scores.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => amongItems(popular, Uint8Array.of(0, 1))).toThrow('2 entries for 5 items');
    expect(() => amongItems(popular, Uint8Array.of(1, 0, 0, 0, 0))).toThrow('there is no candidate');
  });
});
