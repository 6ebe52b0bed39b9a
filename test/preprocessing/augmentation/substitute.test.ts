import fc from 'fast-check';
import { expect, it } from 'vitest';
import { substituteItems } from '../../../lib/preprocessing/augmentation/substitute';
import { anySequence } from './sequence';

const similar = (item: number): number => item + 100;

it('replaces as many items as asked for, each by its own similar one, and leaves the others and its input alone', () => {
  fc.assert(
    fc.property(anySequence, ({ items, share, rng }) => {
      const before = items.slice();
      const { items: changed, substituted } = substituteItems(items, { share, similar }, rng);
      expect(items).toEqual(before);
      expect(substituted.length).toBe(Math.floor(items.length * share + 1e-9));
      for (const [position, item] of items.entries()) {
        expect(changed[position]).toBe(substituted.includes(position) ? item + 100 : item);
      }
    }),
  );
});
