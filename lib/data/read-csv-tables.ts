import { existsSync } from 'node:fs';
import { InputError } from '../base/errors';
import type { ItemInfo, UserInfo } from './event';
import { parseDecimal } from './parse-number';
import { readCsvRows } from './read-csv-rows';

/**
 * Read what is known of items: `item_id`, and where they exist `title`,
 * `categories` (separated by `|`), `year`, `price`. A missing file is an empty table.
 *
 * @throws InputError naming file, row and remedy for whatever cannot be read
 */
export async function readItemTable(file: string): Promise<Map<string, ItemInfo>> {
  const items = new Map<string, ItemInfo>();
  await readTable(file, 'item_id', (itemId, cells, row) => {
    const number = (name: string): number | null => {
      const text = cells.get(name);
      if (text === undefined) return null;
      const value = parseDecimal(text);
      if (value !== null) return value;
      throw new InputError(`the ${name} '${text}' is not a number.`, 'Correct the row.', { file, row });
    };
    const price = number('price');
    items.set(itemId, {
      title: cells.get('title') ?? '',
      categories: cells.get('categories')?.split('|') ?? [],
      year: number('year'),
      ...(price === null ? {} : { price }),
    });
  });
  return items;
}

/**
 * Read what is known of users: `user_id`, and every other column as a part of
 * the profile. An empty cell is an unknown value and absent. A missing file is an empty table.
 *
 * @throws InputError naming file, row and remedy for whatever cannot be read
 */
export async function readUserTable(file: string): Promise<Map<string, UserInfo>> {
  const users = new Map<string, UserInfo>();
  await readTable(file, 'user_id', (userId, cells) => {
    users.set(userId, { profile: Object.fromEntries(cells) });
  });
  return users;
}

/** Go through a CSV table with a key column; `cells` holds the other columns that are not empty. */
async function readTable(
  file: string,
  key: string,
  onRow: (id: string, cells: ReadonlyMap<string, string>, row: number) => void,
): Promise<void> {
  if (!existsSync(file)) return;
  const seen = new Set<string>();
  let header: readonly string[] | null = null;
  await readCsvRows(file, {}, (values, row) => {
    if (header === null) {
      header = values;
      if (header.includes(key)) return;
      throw new InputError(`there is no column '${key}'; it has: ${header.join(', ')}.`, 'Rename a column.', {
        file,
      });
    }
    if (values.length !== header.length) {
      const problem = `found ${values.length} columns, the header has ${header.length}.`;
      throw new InputError(problem, 'Correct the row.', { file, row });
    }
    const id = values[header.indexOf(key)]!.trim();
    if (id === '' || seen.has(id)) {
      const problem = id === '' ? `the ${key} is empty.` : `the ${key} '${id}' comes twice.`;
      throw new InputError(problem, 'Correct the row.', { file, row });
    }
    seen.add(id);
    const cells = header.flatMap((name, column) => {
      const text = values[column]!.trim();
      return name === key || text === '' ? [] : [[name, text] as const];
    });
    onRow(id, new Map(cells), row);
  });
}
