import { itemFormat, userFormat } from '../tables/side-format';
import { tableFormat, type TableFormat } from '../tables/table-format';

/**
 * UCI Online Retail as CSV: 541,909 invoice lines of a British wholesaler of gifts, 2010-12 to 2011-12.
 *
 * An invoice is the session, a line a purchase, `price` that of one piece. Left out and counted: lines without a customer (135,080),
 * and cancellations (invoices that begin with `C`; 8,905 more), which are no purchases; `onlineRetailWithCancellations` keeps these. What is
 * no product (postage, discounts, fees) stays. `17850.0` is customer 17850. Times are the shop's clock, taken as UTC.
 * In files with `12/1/2010 8:26` say `timeUnit: { pattern: '%m/%d/%Y %H:%M' }`.
 * Terms: CC BY 4.0.
 *
 * @source Chen, Sain & Guo, "Data mining for the online retail industry", Journal of Database Marketing 19(3), 2012.
 */
export const onlineRetail = tableFormat({
  kind: 'csv',
  columns: {
    user: 'CustomerID',
    session: 'InvoiceNo',
    item: 'StockCode',
    time: 'InvoiceDate',
    price: 'UnitPrice',
  },
  timeUnit: 'iso',
  behavior: 'purchase',
  wholeNumbers: ['user'],
  leaveOut: [
    { field: 'CustomerID', test: { equals: '' }, reason: 'no customer' },
    { field: 'InvoiceNo', test: { startsWith: 'C' }, reason: 'cancellation' },
  ],
});

/** All 406,829 lines of the 4,372 customers; a cancellation counts as a purchase. */
export const onlineRetailWithCancellations: TableFormat = {
  ...onlineRetail,
  leaveOut: onlineRetail.leaveOut!.filter(({ reason }) => reason !== 'cancellation'),
};

/** Descriptions of the products, from the same file: the first that is not empty. */
export const onlineRetailItems = itemFormat({
  kind: 'csv',
  columns: { item: 'StockCode', title: 'Description' },
  onRepeat: 'first-known',
});

/** Countries of the customers, from the same file: the first of each. */
export const onlineRetailUsers = userFormat({
  kind: 'csv',
  columns: { user: 'CustomerID', profile: { country: 'Country' } },
  wholeNumbers: true,
  onRepeat: 'first-known',
});
