import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { communities } from '../../lib/clustering/communities';
import { rewiredLinks } from '../../lib/clustering/rewired-links';

/** A random graph, both ways. */
function graphOf(numNodes: number, share: number, seed: number): number[][] {
  const rng = createRng(seed);
  const links = Array.from({ length: numNodes }, (): number[] => []);
  for (let one = 0; one < numNodes; one++) {
    for (let other = one + 1; other < numNodes; other++) {
      if (rng.next() >= share) continue;
      links[one]!.push(other);
      links[other]!.push(one);
    }
  }
  return links;
}

describe('links dealt anew', () => {
  it('keep the number of links of every node, link nobody with himself or twice, and hold both ways', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 25 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        (n, share, seed) => {
          const links = graphOf(n, share, seed);
          const dealt = rewiredLinks(links, { rng: createRng(seed), swapsPerLink: 5 });
          expect(dealt.map((own) => own.length)).toEqual(links.map((own) => own.length));
          for (const [node, own] of dealt.entries()) {
            expect(new Set(own).size).toBe(own.length);
            expect(own).not.toContain(node);
            for (const other of own) expect(dealt[other]).toContain(node);
          }
        },
      ),
    );
  });

  it('can only swap two pairs into the two other pairings, and does so as often as it should', () => {
    const pairs = [[1], [0], [3], [2]];
    const partners = Array.from(
      { length: 300 },
      (_, seed) => rewiredLinks(pairs, { rng: createRng(seed) })[0]![0]!,
    );
    // Three perfect matchings of four nodes, each as likely after many swaps: 100 of 300, deviation 8.
    for (const partner of [1, 2, 3]) {
      expect(Math.abs(partners.filter((own) => own === partner).length - 100)).toBeLessThan(33);
    }
  });

  it('leave a full graph as it is, and take planted communities away', () => {
    const full = graphOf(6, 1, 1);
    expect(rewiredLinks(full, { rng: createRng(2) }).map((own) => own.sort())).toEqual(full);
    const rng = createRng(3);
    const planted = Array.from({ length: 80 }, (): number[] => []);
    for (let one = 0; one < 80; one++) {
      for (let other = one + 1; other < 80; other++) {
        if (rng.next() >= (one % 4 === other % 4 ? 0.5 : 0.02)) continue;
        planted[one]!.push(other);
        planted[other]!.push(one);
      }
    }
    const modularityOf = (links: number[][]): number => communities(links, { rng: createRng(4) }).modularity;
    expect(modularityOf(planted)).toBeGreaterThan(0.6);
    expect(modularityOf(rewiredLinks(planted, { rng: createRng(5) }))).toBeLessThan(0.3);
  });

  it('are the same for the same seed, and refuse links that are no links', () => {
    const links = graphOf(20, 0.2, 7);
    const deal = (): number[][] => rewiredLinks(links, { rng: createRng(1) });
    expect(deal()).toEqual(deal());
    const refused = (given: number[][]): string => {
      try {
        rewiredLinks(given, { rng: createRng(1) });
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    expect(refused([[1], []])).toContain('node 0 is linked with 1, and not the other way round');
    expect(refused([[0], []])).toContain('node 0 is linked with 0');
    expect(refused([[7], []])).toContain('linked with 7');
    expect(refused([[1, 1], [0]])).toContain('a link of node 0 is given twice');
  });
});
