import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { InputError } from '../../base/errors';
import { asDiskFault } from './disk-fault';
import { unsafePath } from './safe-path';

export interface UnpackZipOptions {
  /** Longest sum of all files, unpacked. */
  readonly maxBytes: number;
  /** Unpack these members only, each under the name given; default: all, without the one folder that holds them all. */
  readonly members?: ReadonlyMap<string, string>;
  readonly onBytes?: (doneBytes: number, totalBytes: number) => void;
}

const maxEntries = 10_000;
const damaged = 'Fetch it again; if it happens again, do not trust this file.';

/**
 * Unpack a zip archive into a folder, which must be empty or absent.
 *
 * The whole table of contents is looked through before the first byte is written. Refused are paths out of the folder,
 * links and devices, names that come twice, encryption, more than 10,000 files, and more than `maxBytes` unpacked; each
 * file must have the length and the CRC-32 that the table gives. Nothing is ever overwritten or made executable. The
 * litter of macOS (`__MACOSX/`, `.DS_Store`) is left out.
 *
 * @returns names of the files, in the order of the archive
 * @throws InputError for an archive that is damaged or must not be unpacked, and for a full or closed disk
 * @source APPNOTE.TXT, the .ZIP file format, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function unpackZip(
  archive: string,
  folder: string,
  { maxBytes, members, onBytes }: UnpackZipOptions,
): Promise<string[]> {
  const refuse = (problem: string): never => {
    throw new InputError(problem, damaged, { file: archive });
  };
  let zip: ZipFile;
  try {
    zip = await openPromise(archive, { lazyEntries: true, autoClose: false, strictFileNames: true });
  } catch (error) {
    throw asDamage(error, archive);
  }
  try {
    const files = wanted(await contents(zip, refuse), members, refuse);
    const totalBytes = files.reduce((sum, [, entry]) => sum + entry.uncompressedSize, 0);
    if (totalBytes > maxBytes) refuse(`it claims ${totalBytes} bytes unpacked, more than ${maxBytes}.`);
    let doneBytes = 0;
    for (const [name, entry] of files) {
      const target = join(folder, name);
      mkdirSync(dirname(target), { recursive: true });
      const handle = await open(target, 'wx', 0o644);
      let crc = 0;
      try {
        for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
          await handle.appendFile(chunk);
          crc = crc32(chunk, crc);
          doneBytes += chunk.length;
          onBytes?.(doneBytes, totalBytes);
        }
      } finally {
        await handle.close();
      }
      if (crc !== entry.crc32) refuse(`its file ${name} is damaged (CRC-32).`);
    }
    return files.map(([name]) => name);
  } catch (error) {
    throw asDamage(error, archive);
  } finally {
    zip.close();
  }
}

/** The files of an archive by name, each found to be harmless. */
async function contents(zip: ZipFile, refuse: (problem: string) => never): Promise<Map<string, Entry>> {
  if (zip.entryCount > maxEntries) refuse(`it holds ${zip.entryCount} files, more than ${maxEntries}.`);
  const files = new Map<string, Entry>();
  const seen = new Set<string>();
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    const why = unsafePath(name) ?? unsafeKind(entry);
    if (why !== null) refuse(`its entry '${name}' ${why}.`);
    // On macOS and Windows, names that differ in case only are one file.
    const key = name.toLowerCase();
    if (seen.has(key)) refuse(`its entry '${name}' comes twice.`);
    seen.add(key);
    const isLitter = /(^|\/)(__MACOSX\/|\.DS_Store$)/.test(name);
    if (!name.endsWith('/') && !isLitter) files.set(name, entry);
  }
  return files;
}

/** The upper half of the attributes is the mode of Unix, where the archive was made on one. */
function unsafeKind(entry: Entry): string | null {
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (kind === 0o120000) return 'is a symbolic link';
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) return 'is neither a file nor a folder';
  if (entry.isEncrypted()) return 'is encrypted';
  return null;
}

/** Which files become which: those asked for, or all without the one folder around them. */
function wanted(
  files: ReadonlyMap<string, Entry>,
  members: ReadonlyMap<string, string> | undefined,
  refuse: (problem: string) => never,
): [name: string, entry: Entry][] {
  if (members !== undefined) {
    return [...members].map(([member, name]) => [
      name,
      files.get(member) ?? refuse(`it holds no file '${member}'.`),
    ]);
  }
  if (files.size === 0) refuse('it holds no file.');
  const folders = new Set([...files.keys()].map((name) => name.slice(0, name.indexOf('/') + 1)));
  const [around = ''] = folders.size === 1 ? folders : [];
  return [...files].map(([name, entry]) => [name.slice(around.length), entry]);
}

function asDamage(error: unknown, archive: string): unknown {
  const told = asDiskFault(error, archive);
  if (told instanceof InputError || (told as NodeJS.ErrnoException).syscall !== undefined) return told;
  return new InputError(`it cannot be unpacked (${(told as Error).message}).`, damaged, { file: archive });
}
