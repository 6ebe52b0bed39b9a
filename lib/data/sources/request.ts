import * as http from 'node:http';
import * as https from 'node:https';
import { InputError } from '../../base/errors';

/** The connection failed or fell silent: worth another try. */
export class ConnectionFault extends Error {}

export interface RequestOptions {
  /** Longest silence, before the answer begins and within it. */
  readonly stallMs: number;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** The bytes as they are sent: nothing is unpacked on the way. */
  readonly body: http.IncomingMessage;
}

const maxRedirects = 5;

/**
 * Ask for an address, following redirects, and hand back the answer whose body is still to be read.
 *
 * Not `fetch`: that unpacks what a server calls `Content-Encoding: gzip`, which some do to a `.csv.gz`; length and
 * checksum would then be those of another file.
 *
 * @throws ConnectionFault when the server cannot be reached or is silent for too long
 * @throws InputError for a redirect that leads nowhere
 * @source RFC 9110, "HTTP Semantics", section 15.4 (redirection).
 */
export async function request(
  address: string,
  headers: Readonly<Record<string, string>>,
  options: RequestOptions,
): Promise<Answer> {
  let url = address;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const body = await send(url, headers, options);
    const status = body.statusCode ?? 0;
    const { location } = body.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
      return { status, headers: body.headers, body };
    }
    body.destroy();
    url = redirected(url, location);
  }
  throw new InputError(`${address} redirects more than ${maxRedirects} times.`, movedRemedy);
}

/** What to do about an address that does not give the file any more. */
export const movedRemedy =
  'The address has probably moved: fetch the file with a browser and use --from FILE.';

/**
 * Where a redirect leads.
 *
 * @throws InputError when it leads to something else than http, or from https to an address that anyone in between can change
 */
export function redirected(from: string, location: string): string {
  const url = URL.canParse(location, from) ? new URL(location, from) : null;
  const isOpen = url?.protocol === 'http:';
  if (url?.protocol === 'https:' || (isOpen && from.startsWith('http:'))) return url.href;
  const why = isOpen ? 'which is not encrypted' : 'which is no address of a file';
  throw new InputError(`${from} redirects to ${location}, ${why}.`, movedRemedy);
}

function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  { stallMs, signal }: RequestOptions,
): Promise<http.IncomingMessage> {
  const { get } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false, ...(signal && { signal }) }, (answer) => {
      clearTimeout(stalled);
      resolve(answer);
    });
    const stalled = setTimeout(() => request.destroy(silence(stallMs)), stallMs);
    request.on('error', (error) => {
      clearTimeout(stalled);
      reject(signal?.aborted ? error : asConnectionFault(error));
    });
  });
}

/** The fault of a server that says nothing. */
export function silence(stallMs: number): ConnectionFault {
  return new ConnectionFault(`the server has sent nothing for ${stallMs / 1000} s`);
}

/** What goes wrong with a connection, as one kind of error. */
export function asConnectionFault(error: unknown): ConnectionFault {
  if (error instanceof ConnectionFault) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new ConnectionFault(`the connection failed (${code ?? message})`);
}
