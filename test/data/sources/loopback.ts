import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export interface Loopback {
  /** Ends with a slash. */
  readonly base: string;
  /** Headers of every request so far. */
  readonly seen: IncomingHttpHeaders[];
}

/** A server on this machine, gone when the test is over; `count` tells its requests apart, from 1. */
export async function serve(handler: Handler): Promise<Loopback> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    handler(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen };
}

/** An honest answer: whole, or the range asked for if `If-Range` names what the file still is. */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  validators: { readonly etag?: string; readonly 'last-modified'?: string } = {},
): void {
  const { range, 'if-range': condition } = request.headers;
  const start = /^bytes=(\d+)-$/.exec(range ?? '')?.[1];
  const isSame = condition === undefined || Object.values(validators).includes(condition as string);
  if (start === undefined || !isSame) {
    response.writeHead(200, { ...validators, 'content-length': content.length }).end(content);
  } else if (Number(start) >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  } else {
    const contentRange = `bytes ${start}-${content.length - 1}/${content.length}`;
    response
      .writeHead(206, {
        ...validators,
        'content-range': contentRange,
        'content-length': content.length - Number(start),
      })
      .end(content.subarray(Number(start)));
  }
}

/** Promise the whole file, send its beginning, and hang up. */
export function breakOff(
  response: ServerResponse,
  content: Buffer,
  bytes: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(200, { ...headers, 'content-length': content.length });
  response.write(content.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
}
