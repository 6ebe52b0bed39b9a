import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { communities } from '../../lib/clustering/communities';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';

describe('communities of a graph', () => {
  it('are two triangles joined by a link, with the modularity of the formula, and who has no link is alone', () => {
    const links = [[1, 2], [0, 2], [0, 1, 3], [2, 4, 5], [3, 5], [3, 4], []]; // prettier-ignore
    const { labels, sizes, modularity } = communities(links, { rng: createRng(1) });
    expect([...labels]).toEqual([0, 0, 0, 1, 1, 1, 2]);
    expect([...sizes]).toEqual([3, 3, 1]);
    // 6 of 7 links lie within; each triangle has half of the ends: 6/7 - 2 * (1/2)^2.
    expect(modularity).toBeCloseTo(6 / 7 - 1 / 2, 12);
  });

  it('are those that were planted, whether links are given in one direction or both', () => {
    const rng = createRng(2);
    const truth = Array.from({ length: 120 }, (_, node) => node % 4);
    const links = truth.map((): number[] => []);
    for (const one of links.keys())
      for (let other = one + 1; other < links.length; other++)
        if (rng.next() < (truth[one] === truth[other] ? 0.4 : 0.02)) links[one]!.push(other);
    const once = communities(links, { rng: createRng(3) });
    expect(adjustedRand(once.labels, truth)).toBe(1);
    const both = links.map((own, node) => [
      ...own,
      ...links.flatMap((of, other) => (of.includes(node) ? [other] : [])),
    ]);
    const twice = communities(both, { rng: createRng(3) });
    expect(adjustedRand(twice.labels, truth)).toBe(1);
    expect(twice.modularity).toBeCloseTo(once.modularity, 12);
    expect(communities(links, { rng: createRng(3) })).toEqual(once);
  });

  it('are none without links, and refuse links to nowhere', () => {
    const alone = communities([[], []], { rng: createRng(1) });
    expect([...alone.labels]).toEqual([0, 1]);
    expect(alone.modularity).toBeNaN();
    expect(() => communities([[0]], { rng: createRng(1) })).toThrow('node 0 is linked with 0');
    expect(() => communities([[5]], { rng: createRng(1) })).toThrow('linked with 5');
    expect(() => communities([[]], { rng: createRng(1), resolution: 0 })).toThrow('above 0');
  });
});
