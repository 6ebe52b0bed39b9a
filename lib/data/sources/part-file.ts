import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** What is known of a download that has begun: enough to tell later whether the server still has the same file. */
export interface Part {
  readonly url: string;
  /** A strong entity tag, or else the time of the last change: what `If-Range` takes. */
  readonly validator: string | null;
  /** Length of the whole file; `null` when the server did not say. */
  readonly totalBytes: number | null;
}

/** Where the bytes lie until they are all there and checked. */
export const partOf = (file: string): string => `${file}.part`;
const noteOf = (file: string): string => `${file}.part.json`;

/** The download of a file that was begun from this address; `null` when there is none, or nothing has come yet. */
export function readPart(file: string, url: string): (Part & { readonly doneBytes: number }) | null {
  const doneBytes = statSync(partOf(file), { throwIfNoEntry: false })?.size ?? 0;
  if (doneBytes === 0) return null;
  try {
    const part = JSON.parse(readFileSync(noteOf(file), 'utf8')) as Part;
    return part.url === url ? { ...part, doneBytes } : null;
  } catch {
    return null;
  }
}

/** Write down what the server says of the file: after the old bytes are gone, before its first byte is written. */
export function notePart(file: string, part: Part): void {
  writeFileSync(noteOf(file), `${JSON.stringify(part)}\n`);
}

/** Forget what the server said: the bytes are then nobody's beginning. */
export function dropNote(file: string): void {
  rmSync(noteOf(file), { force: true });
}

/** Forget a download that has begun. */
export function dropPart(file: string): void {
  rmSync(partOf(file), { force: true });
  dropNote(file);
}
