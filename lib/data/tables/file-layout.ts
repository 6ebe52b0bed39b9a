/**
 * How files can be laid out.
 *
 * `csv`: RFC 4180, see `createRecordSplitter`. `ndjson`: a JSON object a line; a comma before a closing bracket, `NaN` and `Infinity`
 * are let pass, and of a name that comes twice the first counts. `blanks`: fields between one or more blanks or tabs, no quotes.
 */
export const tableKinds = ['csv', 'ndjson', 'parquet', 'blanks'] as const;
export type TableKind = (typeof tableKinds)[number];

/** How a file of rows is laid out, as plain data. */
export interface FileLayout<Field extends string = string> {
  readonly kind: TableKind;
  /**
   * Names of the fields in the order of the file. A file without a header needs them; one with names of its own (a header, NDJSON,
   * Parquet) is read by those, which must be every one that is used.
   */
  readonly fields?: readonly Field[];
  /** `csv` and `blanks`: the first row names the fields. Default: true where `fields` is not given. */
  readonly header?: boolean;
  /** `csv`: what stands between fields, up to four bytes, as `::`. Default `,`. */
  readonly delimiter?: string;
  /** `csv`: what texts may be quoted with; `''` where a quote is a character like others. Default `"`. */
  readonly quote?: string;
  /** Of all kinds but `parquet`. Default `utf-8`. */
  readonly encoding?: 'utf-8' | 'latin-1';
}

/** Whether the first row of a file names its fields. */
export const hasHeader = ({ header, fields }: FileLayout): boolean => header ?? fields === undefined;

/** Settings that say nothing about a kind of file. */
const unusedSettings = {
  csv: [],
  blanks: ['delimiter', 'quote'],
  ndjson: ['header', 'delimiter', 'quote'],
  parquet: ['header', 'delimiter', 'quote', 'encoding'],
} as const satisfies Record<TableKind, readonly (keyof FileLayout)[]>;

/** @throws RangeError when a layout cannot be, or sets what its kind does not have */
export function checkLayout(layout: FileLayout): void {
  const { kind, fields, header, delimiter = ',', quote = '"' } = layout;
  const refuse = (what: string): never => {
    throw new RangeError(`layout of a file: ${what}`);
  };
  if (!tableKinds.includes(kind)) refuse(`kind must be one of ${tableKinds.join(', ')}, got ${String(kind)}`);
  const unused = unusedSettings[kind].find((name) => layout[name] !== undefined);
  if (unused) refuse(`${unused} says nothing about a file of kind ${kind}`);
  if (header === false && fields === undefined) refuse('fields must name what a file without a header holds');
  if (kind !== 'csv') return;
  const bytes = Buffer.byteLength(delimiter);
  if (bytes < 1 || bytes > 4 || /[\r\n\0]/.test(delimiter)) {
    refuse(`delimiter must have one to four bytes and no line end, got ${JSON.stringify(delimiter)}`);
  }
  if (Buffer.byteLength(quote) > 1 || /[\r\n\0]/.test(quote) || (quote !== '' && delimiter.includes(quote))) {
    refuse(`quote must be one byte that is not in the delimiter, or '', got ${JSON.stringify(quote)}`);
  }
}
