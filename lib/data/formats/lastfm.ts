import { tableFormat, type TableFormat } from '../tables/table-format';

/**
 * HetRec 2011 Last.fm (`user_artists.dat`): how often 1,892 users listened to 17,632 artists; tabs, no times.
 *
 * A row is a pair of user and artist, not one act of listening: `rating` holds the number of times. Terms: non-commercial.
 *
 * @source Cantador, Brusilovsky & Kuflik, "2nd Workshop on Information Heterogeneity and Fusion in Recommender Systems", RecSys 2011.
 */
export const lastFm = tableFormat({
  kind: 'csv',
  delimiter: '\t',
  quote: '',
  columns: { user: 'userID', item: 'artistID', rating: 'weight' },
  behavior: 'listen',
});

/** The same file where its header has been taken off. */
export const lastFmHeadless: TableFormat = { ...lastFm, fields: ['userID', 'artistID', 'weight'] };
