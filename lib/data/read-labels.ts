import { InputError } from '../base/errors';
import { readCsvRows } from './read-csv-rows';

/** A label of users: what is to be known of them, for those of whom it is known. */
export interface Labels {
  /** What the label is called: the header of the second column. */
  readonly name: string;
  readonly ofUser: ReadonlyMap<string, string>;
  readonly sha256: string;
}

/**
 * Read a CSV file with a header and two columns: user and label. Plain or gzip.
 *
 * @throws InputError naming file and row: not two columns, an empty cell, a user twice, or nothing there
 */
export async function readLabels(file: string): Promise<Labels> {
  const remedy = 'Write a header and one row a user: user,label';
  const ofUser = new Map<string, string>();
  let name: string | undefined;
  const sha256 = await readCsvRows(file, {}, (values, row) => {
    if (values.length !== 2) {
      throw new InputError(`found ${values.length} columns, not 2.`, remedy, { file, row });
    }
    const [user, label] = values as [string, string];
    if (name === undefined) {
      name = label;
      return;
    }
    if (user === '' || label === '') throw new InputError('a cell is empty.', remedy, { file, row });
    if (ofUser.has(user)) {
      throw new InputError(`the user '${user}' has two labels.`, 'Keep one.', { file, row });
    }
    ofUser.set(user, label);
  });
  if (ofUser.size === 0) throw new InputError('there is no label.', remedy, { file });
  return { name: name!, ofUser, sha256 };
}
