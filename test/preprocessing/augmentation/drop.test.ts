import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { dropPositions } from '../../../lib/preprocessing/augmentation/drop';
import { anySequence, countDraws, isEven } from './sequence';

it('leaves out as many as asked for, keeps the order of the others, and as many as must stay', () => {
  fc.assert(
    fc.property(anySequence, fc.nat({ max: 5 }), ({ items, share, rng }, keep) => {
      const kept = dropPositions(items.length, { share, keep }, rng);
      const dropped = Math.min(Math.floor(items.length * share + 1e-9), Math.max(0, items.length - keep));
      expect(kept.length).toBe(items.length - dropped);
      for (let place = 1; place < kept.length; place++) expect(kept[place]).toBeGreaterThan(kept[place - 1]!);
      for (const position of kept) expect(position).toBeLessThan(items.length);
    }),
  );
});

it('leaves out every set with the same chance: one of five pairs of a five, ten of them', () => {
  expect(
    isEven(
      countDraws((rng) => dropPositions(5, { share: 0.4 }, rng)),
      10,
    ),
  ).toBe(true);
});

it('refuses a share that is none', () => {
  expect(() => dropPositions(5, { share: -0.1 }, createRng(1))).toThrow(
    'dropPositions: the share must be in [0, 1]',
  );
});
