import { tableFormat } from '../tables/table-format';

/**
 * Yoochoose clicks (`yoochoose-clicks.dat`): 33,003,944 clicks in sessions of an online shop, 2014; no header.
 *
 * Nobody is known beyond a session: it is the user as well. A category may be `S` (special offer), `0` (unknown), 1 to 12, or a brand.
 * Terms: CC BY-NC-ND 4.0.
 *
 * @source Ben-Shimon, Tsikinovsky, Friedmann, Shapira, Rokach & Hoerle, "RecSys Challenge 2015 and the YOOCHOOSE Dataset", RecSys 2015.
 */
export const yoochooseClicks = tableFormat({
  kind: 'csv',
  fields: ['session', 'time', 'item', 'category'],
  columns: { user: 'session', session: 'session', item: 'item', time: 'time', category: 'category' },
  timeUnit: 'iso',
});

/**
 * Yoochoose purchases (`yoochoose-buys.dat`): 1,150,753 rows; no header. A price of 0 is one that is not known.
 *
 * @source Ben-Shimon et al., "RecSys Challenge 2015 and the YOOCHOOSE Dataset", RecSys 2015.
 */
export const yoochooseBuys = tableFormat({
  kind: 'csv',
  fields: ['session', 'time', 'item', 'price', 'quantity'],
  columns: { user: 'session', session: 'session', item: 'item', time: 'time', price: 'price' },
  timeUnit: 'iso',
  behavior: 'purchase',
});

/** Yoochoose as session-based recommenders cut it: tabs, a header, seconds with fractions. */
export const yoochooseCut = tableFormat({
  kind: 'csv',
  delimiter: '\t',
  columns: { user: 'SessionId', session: 'SessionId', item: 'ItemId', time: 'Time' },
  timeUnit: 's',
});
