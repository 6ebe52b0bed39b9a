import { open, type FileHandle } from 'node:fs/promises';
import { InputError } from '../../base/errors';
import { asDiskFault } from './disk-fault';
import { dropNote, dropPart, notePart, partOf, readPart, type Part } from './part-file';
import {
  asConnectionFault,
  ConnectionFault,
  movedRemedy,
  request,
  silence,
  type Answer,
  type RequestOptions,
} from './request';

export interface ReceiveOptions extends RequestOptions {
  /** Published length; `null` when there is none. */
  readonly bytes: number | null;
  /** Whether a checksum will tell two halves of different files. */
  readonly hasChecksum: boolean;
  readonly onBytes?: (doneBytes: number, totalBytes: number | null) => void;
  /** Told in one sentence when what is here cannot be gone on with. */
  readonly say?: (sentence: string) => void;
}

/** What to do when the bytes are not those that are published. */
export const otherBytesRemedy =
  'Run the same command again; if it happens again, the publisher has changed the file, or something in between does.';

/**
 * Ask once for what is still missing of a file, and write it to its part.
 *
 * What is there already is gone on with, provided that the server says that its file is still the same; otherwise, or
 * when the server sends the whole file, it begins anew.
 *
 * @throws ConnectionFault when the connection fails or falls silent: what has come stays
 * @throws InputError when the server refuses or sends something else, or the disk is full or closed
 * @source RFC 9110, "HTTP Semantics", sections 8.8 (validators), 13.1.5 (If-Range), 14 (range requests).
 */
export async function receive(url: string, file: string, options: ReceiveOptions): Promise<void> {
  const part = readPart(file, url);
  const canGoOn = part !== null && isRecognisable(part, options);
  const answer = await request(url, headersFor(canGoOn ? part : null), options);
  const { status, headers, body } = answer;
  try {
    if (status === 206 && canGoOn && continues(answer, part)) {
      const handle = await open(partOf(file), 'a');
      return await write(answer, handle, part.doneBytes, part.totalBytes ?? options.bytes, options);
    }
    if ((status === 206 || status === 416) && part !== null) {
      // 416: there is nothing beyond what is here. That may be the whole file; the checks decide.
      if (status === 416 && part.totalBytes === part.doneBytes) return;
      options.say?.('the file is not the one whose beginning is here; beginning anew');
      dropPart(file);
      body.destroy();
      return await receive(url, file, options);
    }
    if (status !== 200) throw refusal(url, status);
    if (headers['content-type']?.startsWith('text/html'))
      throw new InputError(`${url} is a web page and no data.`, movedRemedy);
    if (part !== null) options.say?.('the server sends the whole file, not the rest; beginning anew');
    const totalBytes = lengthOf(headers['content-length']);
    if (options.bytes !== null && totalBytes !== null && totalBytes !== options.bytes)
      throw wrongLength(url, totalBytes, options.bytes);
    dropNote(file);
    const handle = await open(partOf(file), 'w');
    notePart(file, { url, validator: validatorOf(answer), totalBytes });
    return await write(answer, handle, 0, totalBytes ?? options.bytes, options);
  } catch (error) {
    throw asDiskFault(error, file);
  } finally {
    body.destroy();
  }
}

/** The error for a file of another length than is published. */
export function wrongLength(url: string, found: number, published: number): InputError {
  return new InputError(`${url} has ${found} bytes, and ${published} are published.`, otherBytesRemedy);
}

function headersFor(part: (Part & { readonly doneBytes: number }) | null): Record<string, string> {
  return {
    'accept-encoding': 'identity',
    'user-agent': 'behavior-lab',
    ...(part && { range: `bytes=${part.doneBytes}-` }),
    ...(part?.validator && { 'if-range': part.validator }),
  };
}

/** Without a tag or a date of the server, only a checksum could tell that two halves are not of one file. */
const isRecognisable = (part: Part, { hasChecksum }: ReceiveOptions): boolean =>
  part.validator !== null || (part.totalBytes !== null && hasChecksum);

/** A strong tag, or else the date. A weak tag does not promise equal bytes (RFC 9110, 8.8.1). */
function validatorOf({ headers }: Answer): string | null {
  const { etag, 'last-modified': date } = headers;
  return etag !== undefined && !etag.startsWith('W/') ? etag : (date ?? null);
}

/** Whether a partial answer is the rest of the file whose beginning is here; some servers do not look at If-Range. */
function continues(answer: Answer, part: Part & { readonly doneBytes: number }): boolean {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '');
  const [, start, total] = range ?? [];
  if (Number(start) !== part.doneBytes) return false;
  if (part.totalBytes !== null && total !== '*' && Number(total) !== part.totalBytes) return false;
  const validator = validatorOf(answer);
  return validator === null || part.validator === null || validator === part.validator;
}

async function write(
  { body }: Answer,
  handle: FileHandle,
  startBytes: number,
  totalBytes: number | null,
  { bytes, onBytes, stallMs, signal }: ReceiveOptions,
): Promise<void> {
  let doneBytes = startBytes;
  const stalled = setTimeout(() => body.destroy(silence(stallMs)), stallMs);
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    onBytes?.(doneBytes, totalBytes);
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw signal?.aborted ? error : asConnectionFault(error);
      });
      if (next.done) break;
      stalled.refresh();
      await handle.appendFile(next.value);
      doneBytes += next.value.length;
      if (bytes !== null && doneBytes > bytes) break;
      onBytes?.(doneBytes, totalBytes);
    }
    await handle.sync();
  } finally {
    clearTimeout(stalled);
    await handle.close();
  }
  if (totalBytes !== null && doneBytes < totalBytes)
    throw new ConnectionFault(`the server ended after ${doneBytes} of ${totalBytes} bytes`);
}

function refusal(url: string, status: number): Error {
  if (status >= 500 || status === 429 || status === 408)
    return new ConnectionFault(`the server answers ${status}`);
  const why =
    status === 401 || status === 403 ? 'The publisher may ask for an account now' : 'It has probably moved';
  const remedy = `${why}: fetch the file with a browser and use --from FILE.`;
  return new InputError(`${url}: the server answers ${status}.`, remedy);
}

const lengthOf = (header: string | undefined): number | null =>
  header !== undefined && /^\d+$/.test(header) ? Number(header) : null;
