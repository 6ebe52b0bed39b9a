import type { Rng } from '../base/random';

/** How links are dealt anew. */
export interface RewireOptions {
  readonly rng: Rng;
  /** Tried swaps for each link. Default 20; half of that leaves next to nothing of the old graph where links are sparse. */
  readonly swapsPerLink?: number;
}

/**
 * Deal the links of a graph anew, so that each node keeps the number of its links and loses its partners: what is left when only the
 * numbers count.
 *
 * Again and again two links swap ends. A swap that would link a node with itself, or two nodes twice, is left out, so that some of the links stay
 * where the graph is dense.
 *
 * @param links of each node, the nodes that it is linked with, both ways
 * @returns the same shape; the partners of a node are in no order
 * @throws RangeError when a link is to no node, to itself, given twice, or given one way only
 * @source Maslov & Sneppen, "Specificity and Stability in Topology of Protein Networks", Science 296, 2002
 */
export function rewiredLinks(
  links: readonly ArrayLike<number>[],
  { rng, swapsPerLink = 20 }: RewireOptions,
): number[][] {
  const N = links.length;
  const key = (one: number, other: number): number => Math.min(one, other) * N + Math.max(one, other);
  const ends = linksOnce(links);
  const present = new Set(ends.map(([one, other]) => key(one, other)));
  for (let swap = 0; swap < swapsPerLink * ends.length; swap++) {
    const [first, second] = [ends[rng.integer(ends.length)]!, ends[rng.integer(ends.length)]!];
    if (rng.next() < 0.5) second.reverse();
    const [[a, b], [c, d]] = [first, second];
    if (new Set([a, b, c, d]).size < 4 || present.has(key(a, d)) || present.has(key(c, b))) continue;
    for (const old of [key(a, b), key(c, d)]) present.delete(old);
    for (const fresh of [key(a, d), key(c, b)]) present.add(fresh);
    [first[1], second[1]] = [d, b];
  }
  const dealt = links.map((): number[] => []);
  for (const [one, other] of ends) {
    dealt[one]!.push(other);
    dealt[other]!.push(one);
  }
  return dealt;
}

/** Each link once, from its lower to its higher end, in the order of the nodes. */
function linksOnce(links: readonly ArrayLike<number>[]): [number, number][] {
  const sets = links.map((own) => new Set(Array.from(own)));
  const once: [number, number][] = [];
  for (const [node, own] of links.entries()) {
    if (sets[node]!.size < own.length)
      throw new RangeError(`rewiredLinks: a link of node ${node} is given twice`);
    for (const other of Array.from(own)) {
      if (other === node || !sets[other]?.has(node)) {
        throw new RangeError(
          `rewiredLinks: node ${node} is linked with ${other}, and not the other way round`,
        );
      }
      if (node < other) once.push([node, other]);
    }
  }
  return once;
}
