import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { download, megabytes, type SourceProgress } from '../../../lib/data/sources/download';
import { redirected } from '../../../lib/data/sources/request';
import type { Checksum } from '../../../lib/data/sources/source';
import { answer, breakOff, serve } from './loopback';
import { newFolders } from './new-folders';

const newFolder = newFolders();

const content = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7 + (n >> 8)) % 251));
const other = Buffer.from(content.map((byte) => 255 - byte));
const sha256 = (bytes: Buffer): Checksum => ({
  algorithm: 'sha256',
  hex: createHash('sha256').update(bytes).digest('hex'),
});
const pinned = { bytes: content.length, checksum: sha256(content) };
const unknown = { bytes: null, checksum: null };
const once = { stallMs: 5000, attempts: 1, pauseMs: 1 };
const patient = { stallMs: 5000, attempts: 3, pauseMs: 1 };

/** A file in a new folder, and what lies beside it. */
function place(): { file: string; beside: () => string[] } {
  const folder = newFolder();
  return { file: join(folder, 'data.bin'), beside: () => readdirSync(folder).sort() };
}

describe('download', () => {
  it('fetches a file whole, leaves nothing beside it and reports its progress to the last byte', async () => {
    const { base } = await serve((request, response) => answer(request, response, content));
    const { file, beside } = place();
    const progress: SourceProgress[] = [];
    await download(`${base}data.bin`, file, { ...pinned, onProgress: (one) => progress.push(one) });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(beside()).toEqual(['data.bin']);
    const downloading = progress.filter(({ phase }) => phase === 'download');
    expect(downloading[0]).toEqual({ phase: 'download', doneBytes: 0, totalBytes: content.length });
    expect(downloading.at(-1)!.doneBytes).toBe(content.length);
    expect(progress.at(-1)).toEqual({
      phase: 'check',
      doneBytes: content.length,
      totalBytes: content.length,
    });
  });

  it('goes on by itself where the server broke off, asking for the rest of the same file only', async () => {
    const { base, seen } = await serve((request, response, count) => {
      if (count === 1) breakOff(response, content, 70_000, { etag: '"one"' });
      else answer(request, response, content, { etag: '"one"' });
    });
    const { file } = place();
    const said: string[] = [];
    await download(`${base}data.bin`, file, { ...pinned, patience: patient, say: (one) => said.push(one) });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(seen[1]).toMatchObject({
      range: 'bytes=70000-',
      'if-range': '"one"',
      'accept-encoding': 'identity',
    });
    expect(said).toEqual([expect.stringContaining('another try (70 kB are here)')]);
  });

  it('a later call goes on with what an earlier one has left, and does not ask for it again', async () => {
    const { base, seen } = await serve((request, response, count) => {
      if (count === 1)
        breakOff(response, content, 50_000, { 'last-modified': 'Tue, 01 Jan 2019 00:00:00 GMT' });
      else answer(request, response, content, { 'last-modified': 'Tue, 01 Jan 2019 00:00:00 GMT' });
    });
    const { file, beside } = place();
    const url = `${base}data.bin`;
    await expect(download(url, file, { ...unknown, patience: once })).rejects.toThrow(
      /connection failed.*goes on/,
    );
    expect(beside()).toEqual(['data.bin.part', 'data.bin.part.json']);
    const progress: SourceProgress[] = [];
    await download(url, file, { ...unknown, patience: once, onProgress: (one) => progress.push(one) });
    expect(progress[0]!.doneBytes).toBe(50_000);
    expect(seen[1]!['if-range']).toBe('Tue, 01 Jan 2019 00:00:00 GMT');
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('begins anew when the file has changed in between: two halves are never put together', async () => {
    const { base } = await serve((request, response, count) => {
      if (count === 1) breakOff(response, other, 50_000, { etag: '"old"' });
      else answer(request, response, content, { etag: '"new"' });
    });
    const { file } = place();
    const said: string[] = [];
    await download(`${base}data.bin`, file, { ...unknown, patience: patient, say: (one) => said.push(one) });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(said.join('\n')).toContain('beginning anew');
  });

  it('begins anew when a server overlooks If-Range and sends the rest of another file', async () => {
    for (const etag of ['"new"', undefined]) {
      const longer = etag === undefined ? Buffer.concat([content, Buffer.from('more')]) : content;
      const { base } = await serve((request, response, count) => {
        if (count === 1) return breakOff(response, other, 50_000, { etag: '"old"' });
        delete request.headers['if-range'];
        answer(request, response, longer, etag === undefined ? {} : { etag });
      });
      const { file } = place();
      await download(`${base}data.bin`, file, { ...unknown, patience: patient });
      expect(readFileSync(file).equals(longer)).toBe(true);
    }
  });

  it('begins anew when a server sends another range than it was asked for', async () => {
    const { base } = await serve((request, response, count) => {
      if (count === 1) return breakOff(response, content, 50_000, { etag: '"one"' });
      if (count === 2) request.headers.range = 'bytes=40000-';
      answer(request, response, content, { etag: '"one"' });
    });
    const { file } = place();
    await download(`${base}data.bin`, file, { ...unknown, patience: patient });
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('begins anew, and says so, with a server that knows no ranges', async () => {
    const { base } = await serve((_, response, count) => {
      if (count === 1) breakOff(response, content, 50_000, { etag: '"one"' });
      else response.writeHead(200, { etag: '"one"' }).end(content);
    });
    const { file } = place();
    const said: string[] = [];
    await download(`${base}data.bin`, file, { ...pinned, patience: patient, say: (one) => said.push(one) });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(said.at(-1)).toBe('the server sends the whole file, not the rest; beginning anew');
  });

  it('does not go on without anything that tells the file: no tag, no date, no checksum', async () => {
    const { base, seen } = await serve((request, response, count) => {
      if (count === 1) breakOff(response, content, 50_000);
      else answer(request, response, content);
    });
    const { file } = place();
    await download(`${base}data.bin`, file, { ...unknown, patience: patient });
    expect(seen[1]!.range).toBeUndefined();
    const second = await serve((request, response, count) => {
      if (count === 1) breakOff(response, content, 50_000, { etag: 'W/"weak"' });
      else answer(request, response, content);
    });
    await download(`${second.base}data.bin`, place().file, { ...pinned, patience: patient });
    // A weak tag is not sent; the published checksum will tell.
    expect(second.seen[1]).toMatchObject({ range: 'bytes=50000-' });
    expect(second.seen[1]!['if-range']).toBeUndefined();
  });

  it('takes a part that is already whole, and drops one that is longer than the file', async () => {
    const { base, seen } = await serve((request, response) =>
      answer(request, response, content, { etag: '"one"' }),
    );
    const url = `${base}data.bin`;
    for (const part of [content, Buffer.concat([content, content])]) {
      const { file } = place();
      writeFileSync(`${file}.part`, part);
      writeFileSync(
        `${file}.part.json`,
        JSON.stringify({ url, validator: '"one"', totalBytes: content.length }),
      );
      await download(url, file, { ...pinned, patience: once });
      expect(readFileSync(file).equals(content)).toBe(true);
    }
    expect(seen.length).toBe(3);
  });

  it('does not take the part of another address', async () => {
    const { base, seen } = await serve((request, response) =>
      answer(request, response, content, { etag: '"one"' }),
    );
    const { file } = place();
    writeFileSync(`${file}.part`, other.subarray(0, 1000));
    writeFileSync(
      `${file}.part.json`,
      JSON.stringify({ url: 'http://x/', validator: '"one"', totalBytes: null }),
    );
    await download(`${base}data.bin`, file, { ...pinned, patience: once });
    expect(seen[0]!.range).toBeUndefined();
  });

  it('refuses wrong bytes by their checksum and deletes them, so that nothing ever goes on with them', async () => {
    const { base } = await serve((request, response) => answer(request, response, other, { etag: '"one"' }));
    const { file, beside } = place();
    await expect(download(`${base}data.bin`, file, { ...pinned, patience: once })).rejects.toThrow(
      new RegExp(`its sha256 is ${sha256(other).hex}, and ${sha256(content).hex} is published`),
    );
    expect(beside()).toEqual([]);
  });

  it('refuses a file of another length: before its first byte where the server says so, else as it grows', async () => {
    const longer = Buffer.concat([content, content]);
    const honest = await serve((request, response) => answer(request, response, longer));
    const silent = await serve((_, response) => response.writeHead(200).end(longer));
    for (const { base } of [honest, silent]) {
      const { file, beside } = place();
      const reported: number[] = [];
      const failing = download(`${base}data.bin`, file, {
        ...pinned,
        patience: once,
        onProgress: ({ doneBytes }) => reported.push(doneBytes),
      });
      await expect(failing).rejects.toThrow(/has \d+ bytes, and 200000 are published/);
      expect(Math.max(0, ...reported)).toBeLessThanOrEqual(content.length);
      expect(beside()).toEqual([]);
    }
  });

  it('takes the end of a stream without a length for an interruption when the published length is not reached', async () => {
    const { base } = await serve((_, response) => response.writeHead(200).end(content.subarray(0, 1000)));
    await expect(download(`${base}data.bin`, place().file, { ...pinned, patience: once })).rejects.toThrow(
      /ended after 1000 of 200000 bytes/,
    );
  });

  it('gives up at once where the server refuses, naming status and remedy', async () => {
    for (const [status, remedy] of [
      [404, 'It has probably moved'],
      [403, 'ask for an account'],
    ] as const) {
      const { base, seen } = await serve((_, response) => response.writeHead(status).end('no'));
      const { file, beside } = place();
      const failing = download(`${base}data.bin`, file, { ...unknown, patience: patient });
      await expect(failing).rejects.toThrow(new RegExp(`answers ${status}\\. .*${remedy}.*--from FILE`));
      expect(seen.length).toBe(1);
      expect(beside()).toEqual([]);
    }
  });

  it('tries again where the server is at fault, and gives up after as many tries as it is told', async () => {
    const recovering = await serve((request, response, count) => {
      if (count < 3) response.writeHead(503).end();
      else answer(request, response, content);
    });
    await download(`${recovering.base}data.bin`, place().file, { ...pinned, patience: patient });
    const broken = await serve((_, response) => response.writeHead(500).end());
    const failing = download(`${broken.base}data.bin`, place().file, { ...pinned, patience: patient });
    await expect(failing).rejects.toThrow(/answers 500/);
    expect(broken.seen.length).toBe(3);
  });

  it('is not fooled into asking for ever by a server that always breaks off at the same place', async () => {
    const { base, seen } = await serve((_, response) => breakOff(response, content, 50_000));
    const failing = download(`${base}data.bin`, place().file, { ...unknown, patience: patient });
    await expect(failing).rejects.toThrow(/connection failed/);
    expect(seen.length).toBe(3);
  });

  it('gives up on a server that never answers, and on one that falls silent', async () => {
    const mute = await serve(() => undefined);
    const impatient = { stallMs: 150, attempts: 1, pauseMs: 1 };
    await expect(download(`${mute.base}x`, place().file, { ...pinned, patience: impatient })).rejects.toThrow(
      /has sent nothing for 0.15 s.*Run the same command again/,
    );
    const stalling = await serve((_, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': content.length });
      response.write(content.subarray(0, 4000));
    });
    const { file } = place();
    await expect(download(`${stalling.base}x`, file, { ...pinned, patience: impatient })).rejects.toThrow(
      /has sent nothing for 0.15 s/,
    );
    expect(statSync(`${file}.part`).size).toBe(4000);
  });

  it('is patient with a server that is slow but sends', async () => {
    const { base } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 8 });
      let sent = 0;
      const drip = setInterval(() => {
        response.write('x');
        if (++sent === 8) clearInterval(drip);
      }, 60);
    });
    const { file } = place();
    const slow = { stallMs: 250, attempts: 1, pauseMs: 1 };
    await download(`${base}x`, file, { ...unknown, patience: slow });
    expect(readFileSync(file, 'utf8')).toBe('xxxxxxxx');
  });

  it('says that nobody is there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    const failing = download(`http://127.0.0.1:${port}/x`, place().file, { ...unknown, patience: once });
    await expect(failing).rejects.toThrow(/connection failed \(ECONNREFUSED\)/);
  });

  it('follows redirects with the range, but not in circles', async () => {
    const { base, seen } = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new' }).end();
      else if (request.url === '/circle') response.writeHead(301, { location: '/circle' }).end();
      else answer(request, response, content, { etag: '"one"' });
    });
    const { file } = place();
    const url = `${base}old`;
    writeFileSync(`${file}.part`, content.subarray(0, 1000));
    writeFileSync(
      `${file}.part.json`,
      JSON.stringify({ url, validator: '"one"', totalBytes: content.length }),
    );
    await download(url, file, { ...pinned, patience: once });
    expect(seen[1]!.range).toBe('bytes=1000-');
    await expect(download(`${base}circle`, place().file, { ...unknown, patience: once })).rejects.toThrow(
      /redirects more than 5 times/,
    );
  });

  it('follows no redirect to an open connection, nor to anything but the web', () => {
    expect(redirected('https://a.org/x/y', '../z')).toBe('https://a.org/z');
    expect(redirected('http://a.org/x', 'https://b.org/')).toBe('https://b.org/');
    expect(() => redirected('https://a.org/x', 'http://a.org/x')).toThrow(/which is not encrypted/);
    expect(() => redirected('http://a.org/x', 'file:///etc/passwd')).toThrow(/no address of a file/);
    expect(() => redirected('http://a.org/x', 'http://')).toThrow(/no address of a file/);
  });

  it('does not take a web page for data', async () => {
    const { base } = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>sign in</html>'),
    );
    await expect(download(`${base}x`, place().file, { ...unknown, patience: once })).rejects.toThrow(
      /is a web page and no data/,
    );
  });

  it('keeps the bytes as sent, also where a server calls a .gz an encoding', async () => {
    const { base } = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': content.length }).end(content),
    );
    const { file } = place();
    await download(`${base}x.csv.gz`, file, { ...pinned, patience: once });
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('says that the target cannot be written, and names it', async () => {
    const { base } = await serve((request, response) => answer(request, response, content));
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    const inFile = download(`${base}x`, join(folder, 'file', 'data.bin'), { ...pinned, patience: once });
    await expect(inFile).rejects.toThrow(/cannot be used .*BEHAVIOR_LAB_CACHE/);
    mkdirSync(join(folder, 'data.bin.part'));
    const onFolder = download(`${base}x`, join(folder, 'data.bin'), { ...pinned, patience: once });
    await expect(onFolder).rejects.toThrow(/data\.bin: the file cannot be used \(EISDIR/);
  });

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full, and does not try again', async () => {
    const { base, seen } = await serve((request, response) => answer(request, response, content));
    const { file } = place();
    symlinkSync('/dev/full', `${file}.part`);
    await expect(download(`${base}x`, file, { ...pinned, patience: patient })).rejects.toThrow(
      /the disk is full.*Free some space.*goes on where it was/,
    );
    expect(seen.length).toBe(1);
  });

  it('stops at a signal, and a later call goes on', async () => {
    const { base } = await serve((request, response, count) => {
      if (count > 1) return answer(request, response, content, { etag: '"one"' });
      response.writeHead(200, { etag: '"one"', 'content-length': content.length });
      response.write(content.subarray(0, 5000));
    });
    const { file } = place();
    const interrupt = new AbortController();
    const onProgress = ({ doneBytes }: SourceProgress): void => {
      if (doneBytes === 5000) interrupt.abort();
    };
    const stopped = download(`${base}x`, file, { ...pinned, onProgress, signal: interrupt.signal });
    await expect(stopped).rejects.toThrow(/was interrupted\. Run the same command again/);
    const progress: number[] = [];
    await download(`${base}x`, file, { ...pinned, onProgress: ({ doneBytes }) => progress.push(doneBytes) });
    expect(progress[0]).toBe(5000);
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('goes on after kill -9', async () => {
    const { base, seen } = await serve((request, response, count) => {
      if (count > 1) return answer(request, response, content, { etag: '"one"' });
      response.writeHead(200, { etag: '"one"', 'content-length': content.length });
      response.write(content.subarray(0, 90_000));
    });
    const { file } = place();
    const url = `${base}data.bin`;
    const library = resolve(__dirname, '../../../lib/data/sources/download.ts');
    const program = `require(${JSON.stringify(library)}).download(${JSON.stringify(url)}, ${JSON.stringify(file)},
      { bytes: null, checksum: null, onProgress: ({ doneBytes }) => doneBytes === 90000 && console.log('there') })`;
    const child = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', program], {
      cwd: resolve(__dirname, '../../..'),
    });
    await new Promise((seenThere) => child.stdout.once('data', seenThere));
    child.kill('SIGKILL');
    await new Promise((gone) => child.once('close', gone));
    expect(existsSync(file)).toBe(false);
    expect(statSync(`${file}.part`).size).toBe(90_000);
    await download(url, file, { ...pinned, patience: once });
    expect(seen[1]!.range).toBe('bytes=90000-');
    expect(readFileSync(file).equals(content)).toBe(true);
  });
});

describe('megabytes', () => {
  it('says bytes as people do', () => {
    expect([0, 1, 4_924_029, 261_978_986].map(megabytes)).toEqual(['0 kB', '1 kB', '4.9 MB', '262 MB']);
  });
});
