import { matrix } from '../../base/matrix';
import { catalogueCoverage, exposureCounts, giniIndex } from '../../evaluation/exposure';
import { intraListDiversity } from '../../evaluation/intra-list-diversity';
import { similarityByVectors, type ItemSimilarity } from '../../evaluation/item-similarity';
import { noveltyOfLists } from '../../evaluation/novelty';
import { longTail, longTailShareOfLists } from '../../evaluation/popularity-bias';
import { serendipityOfLists } from '../../evaluation/serendipity';

/** What stands in the lists of one model, whether it was right or not. All but coverage and Gini index: means over users. */
export interface ListQuality {
  /** Share of the catalogue that somebody is shown. */
  readonly coverage: number;
  /** How unevenly items are shown: 0 all alike, towards 1 a few alone. */
  readonly gini: number;
  /** Bits: how surprising the items are, given how often each was used in training. */
  readonly novelty: number;
  /** Share of items from the long tail: those outside of the most used ones that hold 80 % of all use. */
  readonly longTail: number;
  /** 1 - similarity of the pairs of a list; null without categories. */
  readonly diversity: number | null;
  /** Right and unlike the past; null without categories. */
  readonly serendipity: number | null;
}

/** What lists are judged by beside themselves. */
export interface ListContext {
  readonly histories: readonly Int32Array[];
  /** What was right, one a list. */
  readonly targets: Int32Array;
  /** How often each item was used in training, by item index; index 0 is padding. */
  readonly counts: Float32Array;
  /** How like two items are; null where nothing is known of them. */
  readonly similarity: ItemSimilarity | null;
}

/**
 * Say what stands in lists beside right and wrong: how much of the catalogue, how uneven, how surprising, how varied.
 *
 * @param lists best first, one a question; each at least `k` long
 * @throws RangeError as the measures that it calls
 * @source Castells, Hurley & Vargas, "Novelty and Diversity in Recommender Systems", Recommender Systems Handbook, 3rd ed., 2022.
 */
export function listQuality(lists: readonly Int32Array[], k: number, context: ListContext): ListQuality {
  const { histories, targets, counts, similarity } = context;
  const exposure = exposureCounts(lists, k, counts.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const relevant = Array.from(targets, (target) => Int32Array.of(target));
  return {
    coverage: catalogueCoverage(exposure),
    gini: giniIndex(exposure),
    novelty: meanOf(noveltyOfLists(lists, k, { counts, total })),
    longTail: meanOf(longTailShareOfLists(lists, k, longTail(counts))),
    diversity: similarity && k > 1 ? meanOf(intraListDiversity(lists, k, similarity)) : null,
    serendipity: similarity && meanOf(serendipityOfLists({ lists, relevant }, histories, k, similarity)),
  };
}

/**
 * How like items are by the categories that they share: the cosine of their lists of categories.
 *
 * @param categoriesOf by item index
 * @source Salton, Wong & Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM 18(11), 1975.
 */
export function similarityByCategories(
  categoriesOf: (item: number) => readonly string[],
  numItems: number,
): ItemSimilarity {
  const ofItems = Array.from({ length: numItems }, (_, item) => (item === 0 ? [] : categoriesOf(item)));
  const names = [...new Set(ofItems.flat())].sort();
  const columns = Math.max(1, names.length);
  const numbers = new Map(names.map((name, place) => [name, place]));
  const values = new Float32Array(numItems * columns);
  for (const [item, own] of ofItems.entries())
    for (const name of own) values[item * columns + numbers.get(name)!] = 1;
  return similarityByVectors(matrix(numItems, columns, values));
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
