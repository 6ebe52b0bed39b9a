import { tableFormat } from '../tables/table-format';

/**
 * Amazon reviews of 2014, ratings only (`ratings_CATEGORY.csv`): user, item, 1 to 5 stars, day in seconds; no header.
 *
 * Given out for research; no licence is stated.
 *
 * @source McAuley, Targett, Shi & van den Hengel, "Image-based Recommendations on Styles and Substitutes", SIGIR 2015.
 */
export const amazon2014 = tableFormat({
  kind: 'csv',
  fields: ['user', 'item', 'rating', 'time'],
  columns: { user: 'user', item: 'item', rating: 'rating', time: 'time' },
  timeUnit: 's',
  behavior: 'rate',
});

/**
 * Amazon reviews of 2023, ratings only (`CATEGORY.csv.gz` of `rating_only`): milliseconds; variants of a product are one item.
 *
 * Given out for research; no licence is stated.
 *
 * @source Hou, Li, He, Yan, Chen & McAuley, "Bridging Language and Items for Retrieval and Recommendation", arXiv:2403.03952, 2024.
 */
export const amazon2023 = tableFormat({
  kind: 'csv',
  columns: { user: 'user_id', item: 'parent_asin', rating: 'rating', time: 'timestamp' },
  timeUnit: 'ms',
  behavior: 'rate',
});
