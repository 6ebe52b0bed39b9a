// Small JSON records of what was done, and what it was done from. A record is written last and in one piece, so that
// an interrupted step leaves none.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * @param {string} file
 * @returns {Record<string, any> | null} null when absent or unreadable
 */
export function readRecord(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Write a file beside its place and rename it: readers see the old one or the whole new one.
 *
 * @param {string} file
 * @param {string} text
 */
export function writeWhole(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.partial`;
  try {
    fs.writeFileSync(beside, text);
    fs.renameSync(beside, file);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw error;
  }
}

/**
 * @param {string} file
 * @param {Record<string, unknown>} record
 */
export function writeRecord(file, record) {
  writeWhole(file, `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * One short key of everything that a step's result depends on.
 *
 * @param {readonly (string | Buffer)[]} parts
 */
export function contentKey(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} file */
export function sha256OfFile(file) {
  const hash = createHash('sha256');
  const handle = fs.openSync(file, 'r');
  const chunk = Buffer.allocUnsafe(1 << 20);
  try {
    for (;;) {
      const bytes = fs.readSync(handle, chunk, 0, chunk.length, null);
      if (bytes === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, bytes));
    }
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * Point a symbolic link at a target, replacing whatever stood there, in one step.
 *
 * @param {string} target
 * @param {string} link
 */
export function linkTo(target, link) {
  fs.mkdirSync(path.dirname(link), { recursive: true });
  const beside = `${link}.${process.pid}.partial`;
  fs.rmSync(beside, { force: true });
  fs.symlinkSync(target, beside);
  const there = fs.lstatSync(link, { throwIfNoEntry: false });
  if (there?.isDirectory()) fs.rmSync(link, { recursive: true });
  fs.renameSync(beside, link);
}

/**
 * Files of a folder and below, as paths relative to it.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/**
 * Bytes in a folder; 0 when there is none. Links are not followed. What vanishes while we look counts as 0, because a
 * running pip is watched with this.
 *
 * @param {string} folder
 * @returns {number}
 */
export function bytesIn(folder) {
  let bytes = 0;
  for (const entry of entriesOf(folder)) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += bytesIn(full);
    else bytes += fs.lstatSync(full, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** @param {string} folder */
function entriesOf(folder) {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return [];
    throw error;
  }
}

/** @param {number} bytes */
export function asMegabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}
