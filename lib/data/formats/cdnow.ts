import { tableFormat, type TableFormat } from '../tables/table-format';

/**
 * CDNOW (`CDNOW_master.txt`): 69,659 purchases of 23,570 customers of an online shop, 1997-01 to 1998-06; days, no items.
 *
 * All customers bought for the first time in the first quarter of 1997. `price` is what the whole purchase cost, in dollars.
 * This is the file of the Python package lifetimes 0.11.3 (its package is under the MIT licence; of the data none is stated).
 *
 * @source Fader & Hardie, "Forecasting Repeat Sales at CDNOW: A Case Study", Interfaces 31(3), 2001.
 */
export const cdnow = tableFormat({
  kind: 'blanks',
  columns: { user: 'customer_id', time: 'date', price: 'dollar_value' },
  timeUnit: { pattern: '%Y%m%d' },
  behavior: 'purchase',
});

/** The same purchases as Fader and Hardie give them out: no header, and the number in their sample of a tenth. */
export const cdnowOriginal: TableFormat = {
  ...cdnow,
  fields: ['customer_id', 'sample_id', 'date', 'number_of_cds', 'dollar_value'],
};
