import { itemFormat, userFormat } from '../tables/side-format';
import { tableFormat, type TableFormat } from '../tables/table-format';

/**
 * RecBole's atomic files (`NAME.inter`): tabs, a header with types, seconds. Its data sets each have the terms of their source.
 *
 * `readRecbole` reads the same without a database, and finds the tables beside it by itself.
 *
 * @source RecBole documentation, "Atomic Files" (recbole.io/atomic_files.html).
 */
export const recbole = tableFormat({
  kind: 'csv',
  delimiter: '\t',
  quote: '',
  columns: { user: 'user_id:token', item: 'item_id:token', time: 'timestamp:float' },
  optional: ['time'],
  timeUnit: 's',
});

/** As `recbole`, a file whose rows are ratings. */
export const recboleRatings: TableFormat = {
  ...recbole,
  columns: { ...recbole.columns, rating: 'rating:float' },
  behavior: 'rate',
};

/** Films of ML-100K in RecBole's form (`ml-100k.item`). Two of its years are no years; they become unknown. */
export const recboleMovies = itemFormat({
  kind: 'csv',
  delimiter: '\t',
  quote: '',
  columns: {
    item: 'item_id:token',
    title: 'movie_title:token_seq',
    categories: ['class:token_seq'],
    year: 'release_year:token',
  },
  categoriesBetween: ' ',
});

/** People of ML-100K in RecBole's form (`ml-100k.user`). */
export const recbolePeople = userFormat({
  kind: 'csv',
  delimiter: '\t',
  quote: '',
  columns: {
    user: 'user_id:token',
    profile: {
      age: 'age:token',
      gender: 'gender:token',
      occupation: 'occupation:token',
      zip_code: 'zip_code:token',
    },
  },
});
