import { describe, expect, it } from 'vitest';
import {
  adamicAdar,
  alikeItems,
  commonNeighbours,
  manyFriends,
} from '../../lib/recommendation/friend-scores';

// 0 and 3 have 1 and 2 in common; 1 knows 0, 2, 3, 4 and 2 knows 0, 1, 3.
const links = [[1, 2], [0, 2, 3, 4], [0, 1, 3], [1, 2], [1], []].map((own) => Int32Array.from(own));

describe('friend scores', () => {
  it('count friends, and friends in common', () => {
    expect([...manyFriends(links).score(5)]).toEqual([2, 4, 3, 2, 1, 0]);
    expect([...commonNeighbours(links).score(0)]).toEqual([0, 1, 1, 2, 1, 0]);
    expect([...commonNeighbours(links).score(5)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('weigh a common friend by how few friends that one has', () => {
    const [of1, of2] = [1 / Math.log(4), 1 / Math.log(3)];
    const scores = adamicAdar(links).score(0);
    for (const [other, score] of [0, of2, of1, of1 + of2, of1, 0].entries())
      expect(scores[other]).toBeCloseTo(score, 12);
  });

  it('compare items by the cosine, rare ones counting more, as scikit-learn does', () => {
    // X = [[1,1,0],[0,1,1],[0,1,0],[1,1,0]]; W = X * np.log(4 / X.sum(0)); cosine_similarity(W)
    // users with item 2 alone have no length: everybody has it.
    const items = [[1, 2], [2, 3], [2], [1, 2]].map((own) => Int32Array.from(own));
    expect([...alikeItems(items, 4).score(0)]).toEqual([1, 0, 0, 1]);
    const other = [[1, 2], [2, 3], [3], [1, 3]].map((own) => Int32Array.from(own));
    // counts 2, 2, 3: log 2, log 2, log 4/3
    const [half, rare] = [Math.log(2) ** 2, Math.log(4 / 3) ** 2];
    const scores = alikeItems(other, 4).score(0);
    expect(scores[1]).toBeCloseTo(half / Math.sqrt(2 * half * (half + rare)), 12);
    expect(scores[2]).toBe(0);
    expect(scores[3]).toBeCloseTo(half / Math.sqrt(2 * half * (half + rare)), 12);
  });

  it('are the same from both ends', () => {
    const items = [[1, 2], [2, 3], [3], [1, 3], [4], [1]].map((own) => Int32Array.from(own));
    for (const scorer of [commonNeighbours(links), adamicAdar(links), alikeItems(items, 5)]) {
      for (const one of links.keys())
        for (const other of links.keys()) {
          if (one === other) continue; // with oneself nobody is linked
          expect(scorer.score(one)[other]).toBeCloseTo(scorer.score(other)[one]!, 12);
        }
    }
  });

  it('refuse an item that is none', () => {
    expect(() => alikeItems([Int32Array.of(4)], 4)).toThrow('user 0 has the item 4 of 4');
    expect(() => alikeItems([Int32Array.of(0)], 4)).toThrow('item 0');
  });
});
