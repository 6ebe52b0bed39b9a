import { expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { mostSimilarItems } from '../../../lib/preprocessing/augmentation/similar-items';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { trainPart } from '../../../lib/preprocessing/splits/split-sequences';
import { toyLog } from '../toy-log';

type Row = readonly [string, string, number];

it('names the item that the same users took, counted on fingers, and never reads what is held out', () => {
  // Training parts: u1 a b, u2 a b c, u3 c d, u4 e; the last two events of each user are held out, all of them of x and y.
  const parts: Record<string, string> = { u1: 'ab', u2: 'abc', u3: 'cd', u4: 'e' };
  const rows = Object.entries(parts).flatMap(([user, items]) =>
    [...items, 'x', 'y'].map((item, step): Row => [user, item, step]),
  );
  const split = leaveOneOut(toSequences(toyLog(rows)));
  const { itemIds } = split.sequences.vocabulary;
  const similar = mostSimilarItems(split);
  const nameOf = (item: string): string => itemIds[similar[itemIds.indexOf(item)]!]!;
  // a and b share both users: cosine 1. c has u2 with a and b (1 / 2) and u3 with d (1 / sqrt 2).
  expect([nameOf('a'), nameOf('b'), nameOf('c'), nameOf('d')]).toEqual(['b', 'a', 'd', 'c']);
  expect([nameOf('e'), nameOf('x'), nameOf('y')]).toEqual(['e', 'x', 'y']);
  expect(similar[0]).toBe(0);
});

it('equals all cosines computed one by one', () => {
  const rng = createRng(7);
  const rows = Array.from({ length: 25 }, (_, user) =>
    Array.from({ length: 9 }, (_, step): Row => [`u${user}`, `i${rng.integer(12)}`, step]),
  ).flat();
  const split = leaveOneOut(toSequences(toyLog(rows)));
  const V = split.sequences.vocabulary.itemIds.length;
  const own = split.sequences.userIds.map((_, user) => new Set(trainPart(split, user)));
  const both = (a: number, b: number): number => own.filter((set) => set.has(a) && set.has(b)).length;
  mostSimilarItems(split).forEach((found, item) => {
    if (item === 0) return;
    const cosines = Array.from({ length: V }, (_, other) =>
      other === 0 || other === item
        ? 0
        : both(item, other) / Math.sqrt(both(item, item) * both(other, other)) || 0,
    );
    const best = Math.max(...cosines);
    expect(found).toBe(best > 0 ? cosines.indexOf(best) : item);
  });
});
