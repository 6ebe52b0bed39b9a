import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { partOf } from './part-file';
import type { DataSource } from './source';

/** What is written beside the files of a set, last: that they are all there, and where they came from. */
export interface SourceRecord {
  readonly name: string;
  /** Address, package and version, or the name of a file that the user had. */
  readonly from: string;
  /** How the bytes were checked before use: the checksum they agree with, or `none`. */
  readonly checked: string;
  readonly terms: string;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  /** ISO 8601. */
  readonly fetchedAt: string;
}

/** How far a set has come: `here` is whole and checked. */
export type SourceState =
  | { readonly state: 'here'; readonly record: SourceRecord | null }
  /** Some of it was downloaded. */
  | { readonly state: 'begun'; readonly bytes: number }
  /** What the publisher gives out is there; it is still to be checked or unpacked. */
  | { readonly state: 'archive'; readonly archive: string }
  | { readonly state: 'absent' };

/** Where the files of a set lie. */
export const sourceFolder = (cache: string, name: string): string => join(cache, 'data', name);

/** Where archives lie: half downloaded ones, and those that the user places there. */
export const downloadFolder = (cache: string, name: string): string => join(cache, 'downloads', name);

/** The name of the record in the folder of a set. */
export const recordName = 'source.json';

/** How far a set has come. Names and lengths are compared, not checksums: that is done at once. */
export function sourceState({ name, access, holds }: DataSource, cache: string): SourceState {
  const folder = sourceFolder(cache, name);
  if (access.how === 'setup') {
    const isHere = holds.every((file) => existsSync(join(folder, file)));
    return isHere ? { state: 'here', record: null } : { state: 'absent' };
  }
  const record = readRecord(join(folder, recordName));
  if (record?.files.every((file) => lengthOf(join(folder, file.name)) === file.bytes)) {
    return { state: 'here', record };
  }
  if (access.how === 'package') return { state: 'absent' };
  const archive = join(downloadFolder(cache, name), access.file.name);
  if (existsSync(archive)) return { state: 'archive', archive };
  const bytes = lengthOf(partOf(archive)) ?? 0;
  return bytes > 0 ? { state: 'begun', bytes } : { state: 'absent' };
}

/** Files of a folder and below, as paths with `/` relative to it, sorted. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function readRecord(file: string): SourceRecord | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SourceRecord;
  } catch {
    return null;
  }
}

/** `null` also where the path leads through something that is no folder. */
function lengthOf(file: string): number | null {
  try {
    return statSync(file).size;
  } catch {
    return null;
  }
}
