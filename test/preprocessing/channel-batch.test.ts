import fc from 'fast-check';
import { expect, it } from 'vitest';
import { padChannels } from '../../lib/preprocessing/channel-batch';
import { padBatch } from '../../lib/preprocessing/padded-batch';

it('pads channels like items: indices from 1, quantities as they are', () => {
  const batch = padChannels(
    {
      behavior: { kind: 'index', values: Uint8Array.of(0, 3, 1, 2) },
      gapS: { kind: 'number', values: Float32Array.of(0, 5, 0, 7.5) },
    },
    { starts: [0, 2, 4], ends: [2, 4, 4] },
    3,
  );
  expect([...batch.behavior]).toEqual([1, 4, 0, 2, 3, 0, 0, 0, 0]);
  expect([...batch.gapS]).toEqual([0, 5, 0, 0, 7.5, 0, 0, 0, 0]);
});

it('keeps the last events of a longer range, in the places where the items stand', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 30 }),
      fc.array(fc.tuple(fc.nat(29), fc.nat(29)), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 8 }),
      (values, pairs, length) => {
        const items = Int32Array.from(values);
        const ranges = pairs.map(
          ([a, b]) => [Math.min(a, b, items.length), Math.min(Math.max(a, b), items.length)] as const,
        );
        const starts = ranges.map(([start]) => start);
        const ends = ranges.map(([, end]) => end);
        const { item } = padChannels({ item: { kind: 'index', values: items } }, { starts, ends }, length);
        const plain = padBatch(
          ranges.map(([start, end]) => items.subarray(start, end)),
          length,
        );
        expect([...item]).toEqual([...plain.items].map((value) => (value === 0 ? 0 : value + 1)));
      },
    ),
  );
});

it('refuses a missing value and a length that cannot be', () => {
  const channels = { price: { kind: 'number', values: Float32Array.of(1, NaN) } } as const;
  expect(() => padChannels(channels, { starts: [0], ends: [2] }, 2)).toThrow(
    /price of event 1 is NaN; fill missing/,
  );
  expect(() => padChannels(channels, { starts: [0], ends: [1] }, 0)).toThrow(/whole number from 1, got 0/);
});
