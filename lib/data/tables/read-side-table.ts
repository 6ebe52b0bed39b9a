import { InputError } from '../../base/errors';
import type { ItemInfo, UserInfo } from '../event';
import { parseDecimal } from '../parse-number';
import { textOf } from './cells';
import { quoteName, type Database } from './database';
import { loadFile } from './load-file';
import type { ItemFormat, UserFormat } from './side-format';

/**
 * Read what is known of items from a file beside a log; the keys are the texts of the log's ids.
 *
 * @throws InputError for a bad file, a missing field, a bad row, an id that is missing or comes twice, or a price that is no number
 */
export async function readItems(
  database: Database,
  file: string,
  format: ItemFormat,
): Promise<Map<string, ItemInfo>> {
  const { columns, categoriesBetween, noCategory = '', yearInTitle = false } = format;
  const { item, title, categories = [], year, price } = columns;
  const named = { ...(title && { title }), ...(year && { year }), ...(price && { price }) };
  const fields = {
    ...named,
    ...Object.fromEntries(categories.map((field, index) => [`category ${index}`, field])),
  };
  const table = await readKnown(database, file, format, item, fields);
  const items = new Map<string, ItemInfo>();
  for (const [id, { cells, row }] of table) {
    const all = categories.flatMap((_, index) =>
      splitText(cells.get(`category ${index}`) ?? '', categoriesBetween),
    );
    const priceText = cells.get('price');
    const cost = priceText === undefined ? undefined : parseDecimal(priceText);
    if (cost === null)
      throw new InputError(`the price '${priceText}' is not a number.`, 'Correct the row.', { file, row });
    const written = cells.get('title') ?? '';
    const [, bare, ending] = (yearInTitle && /^(.*?)\s*\((\d{4})\)$/s.exec(written)) || [
      null,
      written,
      undefined,
    ];
    const yearText = cells.get('year') ?? ending ?? '';
    items.set(id, {
      title: bare,
      categories: [...new Set(all)].filter((name) => name !== noCategory),
      year: /^\d{4}$/.test(yearText) ? Number(yearText) : null,
      ...(cost === undefined ? {} : { price: cost }),
    });
  }
  return items;
}

/**
 * Read what is known of users from a file beside a log; the keys are the texts of the log's ids. An empty cell is absent.
 *
 * @throws InputError for a bad file, a missing field, a bad row, or an id that is missing or comes twice
 */
export async function readUsers(
  database: Database,
  file: string,
  format: UserFormat,
): Promise<Map<string, UserInfo>> {
  const { user, profile } = format.columns;
  const table = await readKnown(database, file, format, user, profile);
  return new Map([...table].map(([id, { cells }]) => [id, { profile: Object.fromEntries(cells) }]));
}

const splitText = (text: string, between: string | undefined): string[] =>
  (between === undefined ? [text] : text.split(between))
    .map((part) => part.trim())
    .filter((part) => part !== '');

interface KnownRow {
  readonly cells: ReadonlyMap<string, string>;
  readonly row: number;
}

/** The cells that are not empty, by id and by the names that `fields` gives them; `row` is the first row of the data with that id. */
async function readKnown(
  database: Database,
  file: string,
  format: ItemFormat | UserFormat,
  key: string,
  fields: Readonly<Record<string, string>>,
): Promise<Map<string, KnownRow>> {
  const name = database.newName('beside');
  const { wholeNumbers = false, onRepeat = 'error' } = format;
  const names = Object.keys(fields);
  await loadFile(
    database,
    name,
    file,
    format,
    [...new Set([key, ...Object.values(fields)])],
    ({ row, from, fields: found }) => {
      const sqlOf = (field: string): string => {
        const sql = found.get(field);
        if (sql) return textOf(sql);
        const remedy = 'Check the format and the delimiter.';
        throw new InputError(
          `there is no column '${field}'; the columns are: ${[...found.keys()].join(', ')}.`,
          remedy,
          { file, row: 1 },
        );
      };
      const id = wholeNumbers ? wholeOf(sqlOf(key)) : sqlOf(key);
      const cells = names.map((cell, index) => `${sqlOf(fields[cell]!)} AS v${index}`);
      return `SELECT ${[`${row} AS row`, `${id} AS id`, `${sqlOf(key)} AS written`, ...cells].join(', ')} FROM ${from}`;
    },
    {
      onSurvey: ({ faults: [first] }) => {
        if (first)
          throw new InputError(`${first.reason}.`, 'Correct the row, or check the delimiter.', {
            file,
            row: first.firstRow,
          });
      },
    },
  );
  const isLenient = onRepeat === 'first-known';
  const wrong = await database.rows<{ row: number; id: string | null; written: string | null }>(
    `SELECT row, id, written FROM ${name} WHERE id IS NULL ${isLenient ? 'AND written IS NOT NULL' : ''}
     ${isLenient ? '' : `UNION ALL SELECT max(row), id, id FROM ${name} WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1`}
     ORDER BY 1 LIMIT 1`,
  );
  if (wrong[0]) throw wrongId(file, key, wrong[0]);
  const first = names.map((_, index) => `arg_min(v${index}, row) AS ${quoteName(`v${index}`)}`);
  const rows = await database.rows<Record<string, string | null> & { id: string; row: number & string }>(
    `SELECT ${['id', 'min(row) AS row', ...first].join(', ')} FROM ${name} WHERE id IS NOT NULL GROUP BY id ORDER BY row`,
  );
  await database.run(`DROP TABLE ${name}`);
  return new Map(
    rows.map((row) => {
      const known = names.flatMap((cell, index) => {
        const value = row[`v${index}`];
        return value === null || value === undefined ? [] : [[cell, value] as const];
      });
      return [row.id, { cells: new Map(known), row: row.row }];
    }),
  );
}

const wholeOf = (text: string): string =>
  `CASE WHEN TRY_CAST(${text} AS DOUBLE) = trunc(TRY_CAST(${text} AS DOUBLE)) THEN CAST(TRY_CAST(${text} AS BIGINT) AS VARCHAR) END`;

function wrongId(
  file: string,
  key: string,
  { row, id, written }: { readonly row: number; readonly id: string | null; readonly written: string | null },
): InputError {
  const problem =
    id !== null
      ? `the ${key} '${id}' comes twice.`
      : written === null
        ? `the ${key} is empty.`
        : `the ${key} '${written}' is no whole number.`;
  return new InputError(problem, `Correct row ${row} of its data.`, { file });
}
