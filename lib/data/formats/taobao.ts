import { tableFormat } from '../tables/table-format';

/**
 * Taobao UserBehavior (`UserBehavior.csv`): 100,150,807 views, carts, favourites and purchases, 2017-11-25 to 12-03; no header.
 *
 * Page views (`pv`) become `click`. Times are seconds; days in China are UTC+8. A few times lie far outside the period: cleaning
 * drops them. Terms: those of its page (Tianchi 649).
 *
 * @source Zhu, Li, Zhang, Li, He, Li & Gai, "Learning Tree-based Deep Model for Recommender Systems", KDD 2018.
 */
export const taobao = tableFormat({
  kind: 'csv',
  fields: ['user', 'item', 'category', 'behavior', 'time'],
  columns: { user: 'user', item: 'item', category: 'category', behavior: 'behavior', time: 'time' },
  behaviorNames: { pv: 'click', cart: 'cart', fav: 'favorite', buy: 'purchase' },
  timeUnit: 's',
});
