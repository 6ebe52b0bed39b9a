import { UndirectedGraph } from 'graphology';
import louvain from 'graphology-communities-louvain';
import type { Rng } from '../base/random';

/** Groups of a graph whose members are linked with each other more than with others. */
export interface Communities {
  /** Community of each node, from 0, the largest first; a node without a link is one of its own. */
  readonly labels: Int32Array;
  readonly sizes: Int32Array;
  /**
   * Share of the links that lie within communities, less what it would be if links were dealt at random among nodes of as many links:
   * 0 says nothing, above .3 there is structure; NaN without links.
   */
  readonly modularity: number;
}

/**
 * Find communities of a graph: of friends who know each other, by the Louvain method.
 *
 * Each node moves to the neighbouring community that raises modularity most, communities become nodes, and so on. The order of the visits is drawn:
 * other seeds give other communities, as k-means does. A link holds both ways, however it is given, and twice is once.
 *
 * @param links      of each node, the nodes that it is linked with
 * @param resolution above 0; default 1. Larger: more and smaller communities
 * @throws RangeError when a link is to no node or to itself, or `resolution` is not above 0
 * @source Blondel, Guillaume, Lambiotte & Lefebvre, "Fast Unfolding of Communities in Large Networks", J. Statistical Mechanics P10008,
 *   2008, through graphology-communities-louvain; Newman & Girvan, "Finding and Evaluating Community Structure in Networks", Physical
 *   Review E 69, 2004 (modularity).
 */
export function communities(
  links: readonly ArrayLike<number>[],
  { rng, resolution = 1 }: { readonly rng: Rng; readonly resolution?: number },
): Communities {
  if (!(resolution > 0)) throw new RangeError(`communities: resolution must be above 0, got ${resolution}`);
  const graph = new UndirectedGraph();
  for (const node of links.keys()) graph.addNode(node);
  for (const [node, own] of links.entries()) {
    for (let place = 0; place < own.length; place++) {
      const other = own[place]!;
      if (!(Number.isInteger(other) && other >= 0 && other < links.length) || other === node)
        throw new RangeError(
          `communities: node ${node} is linked with ${other}, nodes are 0 to ${links.length - 1}`,
        );
      graph.mergeEdge(node, other);
    }
  }
  const found =
    graph.size === 0
      ? { communities: {} as Readonly<Record<string, number>>, modularity: NaN }
      : louvain.detailed(graph, { rng: () => rng.next(), resolution, getEdgeWeight: null });
  const members = new Map<number, number[]>();
  for (const node of links.keys()) {
    const own = found.communities[String(node)] ?? -1 - node;
    const group = members.get(own);
    if (group) group.push(node);
    else members.set(own, [node]);
  }
  const ordered = [...members.values()].sort((a, b) => b.length - a.length || a[0]! - b[0]!);
  const labels = new Int32Array(links.length);
  for (const [label, own] of ordered.entries()) for (const node of own) labels[node] = label;
  return { labels, sizes: Int32Array.from(ordered, ({ length }) => length), modularity: found.modularity };
}
