import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../base/errors';
import { expectChecksum } from './checksum';
import { asDiskFault } from './disk-fault';
import { dropPart, partOf, readPart } from './part-file';
import { otherBytesRemedy, receive, wrongLength } from './receive';
import { ConnectionFault } from './request';
import type { Checksum } from './source';

/** How far the way of a set to its place has come. */
export interface SourceProgress {
  readonly phase: 'download' | 'check' | 'unpack';
  readonly doneBytes: number;
  /** `null` when nobody says. */
  readonly totalBytes: number | null;
}

/** How patient a download is. */
export interface Patience {
  /** Longest silence of the server. */
  readonly stallMs: number;
  /** How often it is tried without a byte gained, before it is given up. */
  readonly attempts: number;
  /** Pause before the second try, doubled before each further one. */
  readonly pauseMs: number;
}

export const patienceDefaults: Patience = Object.freeze({ stallMs: 60_000, attempts: 4, pauseMs: 1000 });

export interface DownloadOptions {
  /** Published length; `null` when there is none. */
  readonly bytes: number | null;
  readonly checksum: Checksum | null;
  readonly patience?: Patience;
  readonly onProgress?: (progress: SourceProgress) => void;
  /** Told in one sentence whenever something does not go straight on. */
  readonly say?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}

const again = 'Run the same command again: it goes on where it was.';

/**
 * Fetch a file, so that under its name only a whole and checked one is ever found.
 *
 * Bytes go to `FILE.part` first; a later call goes on with what a broken or killed one has left there. Length and
 * checksum are compared before the file gets its name; a wrong one is deleted. Two downloads of one file at the same
 * time are the caller's business (`oneAtATime`).
 *
 * @throws InputError when the server does not answer, refuses, or sends something else; when the disk is full or closed
 */
export async function download(url: string, file: string, options: DownloadOptions): Promise<void> {
  const { bytes, checksum, onProgress, say, signal, patience = patienceDefaults } = options;
  const receiveOptions = {
    bytes,
    hasChecksum: checksum !== null,
    stallMs: patience.stallMs,
    onBytes: (doneBytes: number, totalBytes: number | null) =>
      onProgress?.({ phase: 'download', doneBytes, totalBytes }),
    ...(say && { say }),
    ...(signal && { signal }),
  };
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    throw asDiskFault(error, file);
  }
  const bytesHere = (): number => readPart(file, url)?.doneBytes ?? 0;
  let farthest = bytesHere();
  for (let failed = 0; ;) {
    try {
      await receive(url, file, receiveOptions);
      break;
    } catch (error) {
      if (signal?.aborted) throw new InputError(`${url} was interrupted.`, again);
      if (!(error instanceof ConnectionFault)) throw error;
      // Only bytes beyond all before count: a server that always breaks off at one place must not be asked for ever.
      failed = bytesHere() > farthest ? 1 : failed + 1;
      farthest = Math.max(farthest, bytesHere());
      if (failed >= patience.attempts)
        throw new InputError(`${url}: ${error.message}.`, `Check the network. ${again}`);
      say?.(`${error.message}; another try (${megabytes(bytesHere())} are here)`);
      await sleep(patience.pauseMs * 2 ** (failed - 1), null, signal && { signal }).catch(() => null);
    }
  }
  try {
    const totalBytes = statSync(partOf(file)).size;
    if (bytes !== null && totalBytes !== bytes) throw wrongLength(url, totalBytes, bytes);
    if (checksum) {
      await expectChecksum(partOf(file), checksum, otherBytesRemedy, (doneBytes) =>
        onProgress?.({ phase: 'check', doneBytes, totalBytes }),
      );
    }
  } catch (error) {
    dropPart(file);
    throw error;
  }
  renameSync(partOf(file), file);
  dropPart(file);
}

/** Bytes as people say them: `4.9 MB`. */
export function megabytes(bytes: number): string {
  if (bytes < 1e5) return `${Math.ceil(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
