import { roundTo } from './round';

/** What a table is made of: the heads of its columns and its rows of cells. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface TableOptions<Row> {
  /** Which columns, in this order; default all, in the order in which they first occur. */
  readonly columns?: readonly (keyof Row & string)[];
  /** Significant digits of numbers that are not whole; default 4. */
  readonly digits?: number;
  /** Rows to show; the number of those left out is printed. Default all. */
  readonly limit?: number;
}

/** A table whose cells are texts already. */
export interface PrintedTable {
  readonly columns: readonly string[];
  readonly cells: readonly (readonly string[])[];
  readonly isNumeric: readonly boolean[]; // of a column: its cells stand to the right
  readonly leftOut: number; // rows not shown
}

/** One value as a person reads it: 1,682 items, 0.1105, 'yes', nothing for null. */
export function printCell(value: unknown, digits = 4): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'bigint') return groupThousands(value);
  if (typeof value !== 'number') return value instanceof Date ? value.toISOString() : JSON.stringify(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return groupThousands(value);
  return Number.isFinite(value) ? printFraction(value, digits) : String(value);
}

const groupThousands = (value: number | bigint) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** Trailing zeros are kept (0.1100 beside 0.1105), as far as the digits go; very small and very large as 1.2e-7. */
function printFraction(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return String(roundTo(value, digits)).replace('e+', 'e');
  return size >= 1 ? String(Number(value.toPrecision(Math.max(digits, 4)))) : value.toFixed(digits);
}

/** Records as a table: one column a field. */
export function toTable<Row extends object>(
  rows: readonly Row[],
  columns?: readonly (keyof Row & string)[],
): Table {
  const names = columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    columns: names,
    rows: rows.map((row) => names.map((name) => (row as Record<string, unknown>)[name])),
  };
}

function isTable(value: object): value is Table {
  return !Array.isArray(value) && 'columns' in value && 'rows' in value;
}

/**
 * Rows as texts in columns.
 *
 * @throws RangeError when a row has more or fewer cells than there are columns
 */
export function printTable<Row extends object>(
  source: readonly Row[] | Table,
  { columns, digits = 4, limit = Infinity }: TableOptions<Row> = {},
): PrintedTable {
  const table = isTable(source) ? source : toTable(source, columns);
  const uneven = table.rows.findIndex((row) => row.length !== table.columns.length);
  if (uneven !== -1) {
    const { length } = table.rows[uneven]!;
    throw new RangeError(`table: row ${uneven} has ${length} cells for ${table.columns.length} columns`);
  }
  const shown = table.rows.slice(0, limit);
  return {
    columns: table.columns,
    cells: shown.map((row) => row.map((cell) => printCell(cell, digits))),
    isNumeric: table.columns.map((_, c) =>
      table.rows.every((row) => typeof row[c] === 'number' || typeof row[c] === 'bigint' || row[c] == null),
    ),
    leftOut: table.rows.length - shown.length,
  };
}

const moreRows = (leftOut: number) => `${groupThousands(leftOut)} more row${leftOut === 1 ? '' : 's'}`;

/** For a terminal: columns of equal width. */
export function tableToText<Row extends object>(
  source: readonly Row[] | Table,
  options?: TableOptions<Row>,
): string {
  const { columns, cells, isNumeric, leftOut } = printTable(source, options);
  const widths = columns.map((name, c) => Math.max(name.length, ...cells.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) => (isNumeric[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(columns), rule, ...cells.map(line), ...(leftOut > 0 ? [`... ${moreRows(leftOut)}`] : [])].join(
    '\n',
  );
}

/** For a README or a Markdown output. */
export function tableToMarkdown<Row extends object>(
  source: readonly Row[] | Table,
  options?: TableOptions<Row>,
): string {
  const { columns, cells, isNumeric, leftOut } = printTable(source, options);
  const escape = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const line = (row: readonly string[]) => `| ${row.map(escape).join(' | ')} |`;
  const rule = `|${isNumeric.map((numeric) => (numeric ? ' ---: |' : ' --- |')).join('')}`;
  return [
    line(columns),
    rule,
    ...cells.map(line),
    ...(leftOut > 0 ? ['', `... ${moreRows(leftOut)}`] : []),
  ].join('\n');
}

/** For a page or an HTML output. Texts are escaped: a title with `<b>` stays a title. */
export function tableToHtml<Row extends object>(
  source: readonly Row[] | Table,
  options?: TableOptions<Row>,
): string {
  const { columns, cells, isNumeric, leftOut } = printTable(source, options);
  const escape = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  const align = (c: number) => (isNumeric[c] ? 'right' : 'left');
  const row = (tag: 'th' | 'td', texts: readonly string[]) =>
    `<tr>${texts.map((text, c) => `<${tag} style="text-align:${align(c)}">${escape(text)}</${tag}>`).join('')}</tr>`;
  const more = leftOut > 0 ? `\n<p>... ${moreRows(leftOut)}</p>` : '';
  const body = cells.map((texts) => row('td', texts)).join('\n');
  return `<table>\n<thead>${row('th', columns)}</thead>\n<tbody>\n${body}\n</tbody>\n</table>${more}`;
}
