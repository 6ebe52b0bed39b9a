import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { InputError } from '../../base/errors';

export interface DatabaseOptions {
  /** Default: all cores. */
  readonly threads?: number;
  /**
   * What the database itself may take, in MB (10^6 bytes); beyond it goes to disk. Default a quarter of the machine's memory.
   * The arrays that it fills come on top.
   */
  readonly memoryLimitMb?: number;
  /** Where what does not fit into memory goes. Default a new folder in the system's temporary folder, gone after `close`. */
  readonly temporaryFolder?: string;
}

/** What a cell of a result may be. */
export type Cell = string | number | bigint | boolean | null;

/** Types of columns that `readColumns` can fill. */
const columnArrays = {
  int32: Int32Array,
  uint8: Uint8Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;
export type ColumnType = keyof typeof columnArrays;
export type ColumnOf<Type extends ColumnType> = InstanceType<(typeof columnArrays)[Type]>;

/** Which columns to read: the array each becomes, and the SQL expression for it. */
export type ReadColumns = Readonly<Record<string, { readonly type: ColumnType; readonly sql: string }>>;

/** The arrays, by name. */
export type ColumnsOf<Columns extends ReadColumns> = {
  [name in keyof Columns]: ColumnOf<Columns[name]['type']>;
};

/** Names of SQL types, by the array that holds them. */
const sqlTypes: Readonly<Record<ColumnType, string>> = {
  int32: 'INTEGER',
  uint8: 'UTINYINT',
  float32: 'FLOAT',
  float64: 'DOUBLE',
};

/**
 * A database inside this process, for tables that are too large for JavaScript objects.
 *
 * Nothing of it is left after `close`. Times are UTC, whatever the machine's zone.
 */
export interface Database {
  /** Its own folder on disk, gone after `close`. */
  readonly spillFolder: string;
  /** Run statements that give nothing back. `?` are filled with `values`. */
  run(sql: string, values?: readonly Cell[]): Promise<void>;
  /** Run a statement whose result keeps the order of the rows that it reads. */
  keepingOrder(sql: string): Promise<void>;
  /** The rows of a query, as objects: for small results. Whole numbers of 64 bits come as numbers. @throws RangeError when one is beyond 2^53 */
  rows<Row extends Readonly<Record<string, Cell>>>(sql: string, values?: readonly Cell[]): Promise<Row[]>;
  /**
   * The columns of a query of `numRows` rows, as arrays: for large results. `orderBy` names some of `columns`.
   *
   * @throws Error when the query has another number of rows, or a cell is null
   */
  readColumns<Columns extends ReadColumns>(
    columns: Columns,
    fromClause: string,
    orderBy: string,
    numRows: number,
    onProgress?: (share: number) => void,
  ): Promise<ColumnsOf<Columns>>;
  /**
   * The same columns, handed over part by part in the order of the rows that are read: for those who put them into their own order.
   *
   * @param onPart gets arrays that are overwritten by the next part, and how many of their entries are rows
   * @throws Error when a cell is null
   */
  eachPart<Columns extends ReadColumns>(
    columns: Columns,
    fromClause: string,
    onPart: (part: ColumnsOf<Columns>, count: number) => void,
  ): Promise<void>;
  /** The texts of a query with one column. @throws Error when one is null */
  texts(sql: string): Promise<string[]>;
  /** Append rows to a table that exists, column by column. */
  append(table: string, columns: readonly (readonly Cell[])[]): Promise<void>;
  /** A name that no table of this database has. */
  newName(stem: string): string;
  close(): void;
}

/**
 * Start a database.
 *
 * @source Raasveldt & Mühleisen, "DuckDB: an Embeddable Analytical Database", SIGMOD 2019.
 * @throws RangeError when an option is out of range
 */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const { threads, memoryLimitMb = Math.round(totalmem() / 4e6), temporaryFolder } = options;
  for (const [name, value] of Object.entries({ threads: threads ?? 1, memoryLimitMb })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`openDatabase: ${name} must be a whole number from 1, got ${value}`);
    }
  }
  const spill = mkdtempSync(join(temporaryFolder ?? tmpdir(), 'behavior-lab-tables-'));
  const instance = await DuckDBInstance.create(':memory:', {
    ...(threads !== undefined && { threads: String(threads) }),
    memory_limit: `${memoryLimitMb}MB`,
    temp_directory: spill,
    // Order is what a query asks for; readers of text, whose rows are numbered as they come, turn it on.
    preserve_insertion_order: 'false',
    // Never fetch an extension: what is not in the library is an error.
    autoinstall_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  let names = 0;
  return {
    spillFolder: spill,
    run: (sql, values) => guard(sql, () => connection.run(sql, asValues(values))).then(() => undefined),
    keepingOrder: (sql) =>
      guard(sql, () => inOrder(connection, () => connection.run(sql))).then(() => undefined),
    rows: (sql, values) => guard(sql, () => readRows(connection, sql, values)),
    readColumns: (columns, fromClause, orderBy, numRows, onProgress) =>
      guard(fromClause, () => readColumns(connection, columns, fromClause, orderBy, numRows, onProgress)),
    eachPart: (columns, fromClause, onPart) =>
      guard(fromClause, () =>
        inOrder(connection, () => eachPart(connection, columns, fromClause, '', onPart)),
      ),
    texts: (sql) => guard(sql, () => readTexts(connection, sql)),
    append: (table, columns) => inOrder(connection, () => append(connection, table, columns)),
    newName: (stem) => `${stem}_${++names}`,
    close() {
      connection.closeSync();
      instance.closeSync();
      rmSync(spill, { recursive: true, force: true });
    },
  };
}

/** A text as an SQL literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const asValues = (values: readonly Cell[] = []): DuckDBValue[] => [...values];

async function guard<T>(sql: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/^Out of Memory Error/.test(message)) {
      throw new InputError(
        `the database ran out of memory (${message.split('\n')[0]}).`,
        'Give it more with memoryLimitMb, or fewer threads.',
      );
    }
    if (/No space left|Disk Full|max_temp_directory_size/i.test(message)) {
      throw new InputError(
        'there is no room left on the disk for what does not fit into memory.',
        'Make room, or name another disk with temporaryFolder.',
      );
    }
    if (error instanceof Error) error.message = `${message}\n  in: ${sql.slice(0, 2000)}`;
    throw error;
  }
}

async function readRows<Row>(
  connection: DuckDBConnection,
  sql: string,
  values?: readonly Cell[],
): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql, asValues(values));
  return reader.getRowObjectsJS().map((row) => {
    const cells = Object.entries(row).map(([name, cell]) => [
      name,
      typeof cell === 'bigint' ? asNumber(cell) : cell,
    ]);
    return Object.fromEntries(cells) as Row;
  });
}

function asNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`the whole number ${value} is too large to be exact`);
  return number;
}

async function inOrder<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('SET preserve_insertion_order = true');
  try {
    return await work();
  } finally {
    await connection.run('SET preserve_insertion_order = false');
  }
}

async function readTexts(connection: DuckDBConnection, sql: string): Promise<string[]> {
  const reader = await connection.runAndReadAll(sql);
  return (reader.getColumns()[0] ?? []).map((text) => {
    if (typeof text !== 'string') throw new Error(`a query of texts gave ${String(text)}`);
    return text;
  });
}

async function readColumns<Columns extends ReadColumns>(
  connection: DuckDBConnection,
  columns: Columns,
  fromClause: string,
  orderBy: string,
  numRows: number,
  onProgress?: (share: number) => void,
): Promise<ColumnsOf<Columns>> {
  const arrays = newArrays(columns, numRows);
  let read = 0;
  await eachPart(connection, columns, fromClause, `ORDER BY ${orderBy}`, (part, count) => {
    if (read + count > numRows) throw new Error(`a query gave more than the ${numRows} rows expected`);
    for (const [name, array] of Object.entries<AnyColumn>(arrays))
      array.set(part[name]!.subarray(0, count), read);
    read += count;
    onProgress?.(read / numRows);
  });
  if (read !== numRows) throw new Error(`a query gave ${read} rows, expected ${numRows}`);
  return arrays;
}

/** Arrays of `numRows` zeros, by the columns' names. */
export const newArrays = <Columns extends ReadColumns>(
  columns: Columns,
  numRows: number,
): ColumnsOf<Columns> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, { type }]) => [name, new columnArrays[type](numRows)]),
  ) as ColumnsOf<Columns>;

type AnyColumn = ColumnOf<ColumnType>;

/** The rows of a chunk, at most. */
const rowsOfChunk = 2048;

async function eachPart<Columns extends ReadColumns>(
  connection: DuckDBConnection,
  columns: Columns,
  fromClause: string,
  orderBy: string,
  onPart: (part: ColumnsOf<Columns>, count: number) => void,
): Promise<void> {
  const selected = Object.entries(columns).map(
    ([name, { type, sql }]) => `CAST(${sql} AS ${sqlTypes[type]}) AS ${quoteName(name)}`,
  );
  // Sorting what is as narrow as the arrays takes less memory and time than sorting and then casting.
  const sql = `SELECT * FROM (SELECT ${selected.join(', ')} ${fromClause}) AS narrow ${orderBy}`;
  const part = newArrays(columns, rowsOfChunk);
  const targets = Object.entries<AnyColumn>(part).map(([name, { buffer, BYTES_PER_ELEMENT: size }]) => ({
    name,
    size,
    bytes: new Uint8Array(buffer),
  }));
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    const count = chunk?.rowCount ?? 0;
    if (!chunk || count === 0) return;
    for (const [index, { name, size, bytes }] of targets.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
      if (hasNull(vector, count)) throw new Error(`a query gave a null in ${name}`);
      bytes.set(duckdb.vector_get_data(vector, count * size));
    }
    onPart(part, count);
  }
}

/** A vector keeps a bit a row, set where there is a value, in words of 64; or no bits when there are values everywhere. */
function hasNull(vector: duckdb.Vector, count: number): boolean {
  const bits = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8) as Uint8Array | null;
  if (bits === null) return false;
  const whole = count >> 3;
  for (let byte = 0; byte < whole; byte++) if (bits[byte] !== 0xff) return true;
  const rest = (1 << (count & 7)) - 1;
  return (bits[whole]! & rest) !== rest;
}

async function append(
  connection: DuckDBConnection,
  table: string,
  columns: readonly (readonly Cell[])[],
): Promise<void> {
  const appender = await connection.createAppender(table);
  const types = columns.map((_, index) => appender.columnType(index));
  const { DuckDBDataChunk } = await import('@duckdb/node-api');
  const numRows = columns[0]?.length ?? 0;
  for (let start = 0; start < numRows; start += rowsOfChunk) {
    const part = columns.map((column) => column.slice(start, start + rowsOfChunk));
    const chunk = DuckDBDataChunk.create(types, part[0]!.length);
    chunk.setColumns(part);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
