/** What separates the fields of a row; a file of `lines` has one field a row. */
export type FieldRules =
  | { readonly kind: 'csv'; readonly delimiter: string; readonly quote: string }
  | { readonly kind: 'blanks' }
  | { readonly kind: 'lines' };

/** What a byte may be to a reader of rows. */
export const byteKind = {
  ordinary: 0,
  delimiter: 1,
  lineFeed: 2,
  carriageReturn: 3,
  quote: 4,
  control: 5,
} as const;

export const lf = 0x0a;
export const cr = 0x0d;
const blank = 0x20;
const tab = 0x09;

/** Where the first line end from `from` on begins; -1 when there is none. */
export function lineEndFrom(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) if (bytes[at] === lf || bytes[at] === cr) return at;
  return -1;
}

/** Which bytes matter, and how. */
export function kindsOfBytes({ kind }: FieldRules, delimiter: Buffer, quote: number): Uint8Array {
  const kinds = new Uint8Array(256);
  kinds[lf] = byteKind.lineFeed;
  kinds[cr] = byteKind.carriageReturn;
  kinds[0] = byteKind.control;
  // The database is told that this byte separates the fields of a line that has one field.
  if (kind !== 'csv') kinds[0x1f] = byteKind.control;
  if (kind === 'csv') kinds[delimiter[0]!] = byteKind.delimiter;
  if (quote !== -1) kinds[quote] = byteKind.quote;
  return kinds;
}

/** Where the quoted text that begins at `open` ends; -1 when it does not, or that cannot be told yet. */
export function closingQuote(bytes: Buffer, open: number, quote: number, isLast: boolean): number {
  for (let at = open + 1; at < bytes.length; at += 1) {
    if (bytes[at] !== quote) continue;
    if (at + 1 >= bytes.length) return isLast ? at : -1;
    if (bytes[at + 1] !== quote) return at;
    at += 1;
  }
  return -1;
}

/** In CSV only a line without any character is blank. */
export function isBlank(bytes: Buffer, start: number, end: number, isCsv: boolean): boolean {
  if (isCsv) return start === end;
  for (let at = start; at < end; at += 1) if (bytes[at] !== blank && bytes[at] !== tab) return false;
  return true;
}

/** How many words stand between blanks. */
export function wordsOf(bytes: Buffer, start: number, end: number): number {
  let words = 0;
  let isBetween = true;
  for (let at = start; at < end; at += 1) {
    const isGap = bytes[at] === blank || bytes[at] === tab;
    if (isBetween && !isGap) words += 1;
    isBetween = isGap;
  }
  return words;
}
