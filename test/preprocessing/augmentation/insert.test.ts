import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { insertItems } from '../../../lib/preprocessing/augmentation/insert';
import { anySequence, inOrder } from './sequence';

const similar = (item: number): number => item + 100;

it('puts a similar item right before some, loses none, and says where each comes from', () => {
  fc.assert(
    fc.property(anySequence, ({ items, share, rng }) => {
      const { items: longer, from } = insertItems(items, { share, similar }, rng);
      const inserted = inOrder(longer.length).filter((place) => from[place] === -1);
      expect(inserted.length).toBe(Math.floor(items.length * share + 1e-9));
      expect([...from].filter((position) => position >= 0)).toEqual(inOrder(items.length));
      for (const [place, item] of longer.entries()) {
        const position = from[place]!;
        expect(item).toBe(position === -1 ? similar(items[from[place + 1]!]!) : items[position]);
      }
    }),
  );
});

it('takes all and none', () => {
  const items = Int32Array.of(1, 2);
  expect([...insertItems(items, { share: 1, similar }, createRng(1)).items]).toEqual([101, 1, 102, 2]);
  expect([...insertItems(items, { share: 0, similar }, createRng(1)).items]).toEqual([1, 2]);
});
