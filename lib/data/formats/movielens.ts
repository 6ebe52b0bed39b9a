import { itemFormat, userFormat } from '../tables/side-format';
import { tableFormat } from '../tables/table-format';

/**
 * MovieLens as CSV (`ratings.csv` of ml-latest-small, ml-20m, ml-25m): films that volunteers rated, 0.5 to 5 stars.
 *
 * Terms: GroupLens, for research; passed on only under the same terms; no commercial use without permission.
 *
 * @source Harper & Konstan, "The MovieLens Datasets: History and Context", ACM TiiS 5(4), 2015.
 */
export const movieLensCsv = tableFormat({
  kind: 'csv',
  columns: { user: 'userId', item: 'movieId', rating: 'rating', time: 'timestamp' },
  timeUnit: 's',
  behavior: 'rate',
});

/** Films beside `movieLensCsv` (`movies.csv`): the year stands at the end of the title. */
export const movieLensCsvItems = itemFormat({
  kind: 'csv',
  columns: { item: 'movieId', title: 'title', categories: ['genres'] },
  categoriesBetween: '|',
  noCategory: '(no genres listed)',
  yearInTitle: true,
});

/**
 * MovieLens-100K as its publisher packs it (`u.data`): 100,000 ratings, 943 users, 1,682 films, 1997-98; tabs, no header.
 *
 * Terms: GroupLens, for research; no redistribution and no commercial use without permission.
 *
 * @source Harper & Konstan, "The MovieLens Datasets: History and Context", ACM TiiS 5(4), 2015.
 */
export const movieLens100k = tableFormat({
  kind: 'csv',
  delimiter: '\t',
  quote: '',
  fields: ['user id', 'item id', 'rating', 'timestamp'],
  columns: { user: 'user id', item: 'item id', rating: 'rating', time: 'timestamp' },
  timeUnit: 's',
  behavior: 'rate',
});

/**
 * MovieLens-1M (`ratings.dat`): 1,000,209 ratings by 6,040 users, 2000-03; `::` between fields, no header.
 *
 * Terms: GroupLens, for research; no redistribution and no commercial use without permission.
 *
 * @source Harper & Konstan, "The MovieLens Datasets: History and Context", ACM TiiS 5(4), 2015.
 */
export const movieLens1m = tableFormat({
  kind: 'csv',
  delimiter: '::',
  quote: '',
  fields: ['UserID', 'MovieID', 'Rating', 'Timestamp'],
  columns: { user: 'UserID', item: 'MovieID', rating: 'Rating', time: 'Timestamp' },
  timeUnit: 's',
  behavior: 'rate',
});

/** Films of MovieLens-1M (`movies.dat`), which is not UTF-8. */
export const movieLens1mItems = itemFormat({
  kind: 'csv',
  delimiter: '::',
  quote: '',
  encoding: 'latin-1',
  fields: ['MovieID', 'Title', 'Genres'],
  columns: { item: 'MovieID', title: 'Title', categories: ['Genres'] },
  categoriesBetween: '|',
  yearInTitle: true,
});

/** Profiles of MovieLens-1M (`users.dat`): age and occupation are codes that its README explains. */
export const movieLens1mUsers = userFormat({
  kind: 'csv',
  delimiter: '::',
  quote: '',
  fields: ['UserID', 'Gender', 'Age', 'Occupation', 'Zip-code'],
  columns: {
    user: 'UserID',
    profile: { gender: 'Gender', age: 'Age', occupation: 'Occupation', zip_code: 'Zip-code' },
  },
});

/** MovieLens-1M as SASRec cuts it: `user item` a line in time order, ids made anew; 999,611 events of 6,040 users, 3,416 films. */
export const movieLens1mPairs = tableFormat({
  kind: 'blanks',
  fields: ['user', 'item'],
  columns: { user: 'user', item: 'item' },
  behavior: 'rate',
});
