import { join } from 'node:path';
import type { TablePart } from '../tables/read-table';
import { tableFormat } from '../tables/table-format';

/**
 * RetailRocket (`events.csv`): 2,756,101 views, carts and purchases of 1,407,580 visitors of a shop in 4.5 months of 2015.
 *
 * The number of a purchase (`transactionid`) is the session of its rows; other rows have none.
 * Terms: CC BY-NC-SA 4.0, as its page says.
 *
 * @source Retail Rocket, "Retailrocket recommender system dataset", Kaggle, 2017.
 */
export const retailRocket = tableFormat({
  kind: 'csv',
  columns: {
    user: 'visitorid',
    item: 'itemid',
    behavior: 'event',
    time: 'timestamp',
    session: 'transactionid',
  },
  behaviorNames: { view: 'click', addtocart: 'cart', transaction: 'purchase' },
  timeUnit: 'ms',
});

/**
 * RetailRocket as cut by Fortes: visitors with at least 10 and items with at least 40 events, one file a behaviour, no times.
 *
 * Each file tells only which visitor did that with which item. Its README swaps carts and purchases, and counts the header as a row:
 * 78,371 views, 9,028 carts, 5,088 purchases. The column `event` is always 1.
 */
export const retailRocketCut = tableFormat({
  kind: 'csv',
  delimiter: '\t',
  columns: { user: 'visitorid', item: 'itemid' },
});

/** The three files of the cut in a folder, views first. */
export const retailRocketCutParts = (folder: string): TablePart[] => [
  { file: join(folder, 'view_ecommerce.dat.gz'), behavior: 'click' },
  { file: join(folder, 'add_to_cart_ecommerce.dat.gz'), behavior: 'cart' },
  { file: join(folder, 'purchase_ecommerce.dat.gz'), behavior: 'purchase' },
];
