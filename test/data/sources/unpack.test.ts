import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsafePath } from '../../../lib/data/sources/safe-path';
import { unpackFile } from '../../../lib/data/sources/unpack-file';
import { unpackGzip } from '../../../lib/data/sources/unpack-gzip';
import { unpackZip } from '../../../lib/data/sources/unpack-zip';
import { makeZip, type ZipEntry } from './make-zip';
import { newFolders } from './new-folders';

const newFolder = newFolders();

const limit = { maxBytes: 1e6 };

/** An archive in a folder of its own, and the folder to unpack it to. */
function zipOf(entries: readonly ZipEntry[]): { archive: string; folder: string; around: string } {
  const around = newFolder();
  const archive = join(around, 'x.zip');
  writeFileSync(archive, makeZip(entries));
  return { archive, folder: join(around, 'out'), around };
}

async function expectRefused(entries: readonly ZipEntry[], why: RegExp): Promise<void> {
  const { archive, folder, around } = zipOf(entries);
  await expect(unpackZip(archive, folder, limit)).rejects.toThrow(why);
  // Not a byte was written, inside or outside.
  expect(readdirSync(around)).toEqual(['x.zip']);
}

describe('unpackZip', () => {
  it('unpacks folders and files, without the one folder around them and the litter of macOS', async () => {
    const { archive, folder } = zipOf([
      { name: 'ml-1m/', mode: 0o040755 },
      { name: 'ml-1m/ratings.dat', content: '1::2::5' },
      { name: 'ml-1m/sub/deep.txt', content: 'deep' },
      { name: '__MACOSX/ml-1m/._ratings.dat', content: 'x' },
      { name: 'ml-1m/.DS_Store', content: 'x' },
    ]);
    const progress: number[][] = [];
    const names = await unpackZip(archive, folder, {
      ...limit,
      onBytes: (...bytes) => progress.push(bytes),
    });
    expect(names).toEqual(['ratings.dat', 'sub/deep.txt']);
    expect(readFileSync(join(folder, 'ratings.dat'), 'utf8')).toBe('1::2::5');
    expect(readFileSync(join(folder, 'sub/deep.txt'), 'utf8')).toBe('deep');
    expect(readdirSync(folder).sort()).toEqual(['ratings.dat', 'sub']);
    expect(progress.at(-1)).toEqual([11, 11]);
  });

  it('keeps the folders where there are several', async () => {
    const { archive, folder } = zipOf([
      { name: 'a/x', content: '1' },
      { name: 'b/x', content: '2' },
    ]);
    expect(await unpackZip(archive, folder, limit)).toEqual(['a/x', 'b/x']);
  });

  it('takes only the members asked for, under new names', async () => {
    const { archive, folder } = zipOf([
      { name: 'p/code.py', content: 'evil()' },
      { name: 'p/data/x.csv', content: '1,2' },
    ]);
    const members = new Map([['p/data/x.csv', 'x.csv']]);
    expect(await unpackZip(archive, folder, { ...limit, members })).toEqual(['x.csv']);
    expect(readdirSync(folder)).toEqual(['x.csv']);
    const absent = unpackZip(archive, join(folder, '2'), { ...limit, members: new Map([['no', 'no']]) });
    await expect(absent).rejects.toThrow(/holds no file 'no'/);
  });

  it('makes nothing executable', async () => {
    const { archive, folder } = zipOf([{ name: 'run.sh', content: 'x', mode: 0o100777 }]);
    await unpackZip(archive, folder, limit);
    expect(statSync(join(folder, 'run.sh')).mode & 0o111).toBe(0);
  });

  it.each(['../evil', 'a/../../evil', 'a/..', './x', 'a//b', '..'])(
    'refuses the whole archive for the path %s',
    async (name) => expectRefused([{ name: 'good', content: 'x' }, { name }], /leads out|relative path/),
  );

  it.each(['/etc/evil', 'C:/evil', 'c:evil'])('refuses the absolute path %s', async (name) =>
    expectRefused([{ name: 'good' }, { name }], /absolute path/),
  );

  it('refuses a backslash, a control character and an empty name', async () => {
    await expectRefused([{ name: '..\\evil' }], /invalid characters|backslash/);
    await expectRefused([{ name: 'a\nb' }], /control character/);
    await expectRefused([{ name: '' }], /has no name/);
  });

  it('refuses a symbolic link, and a device', async () => {
    await expectRefused([{ name: 'link', content: '/etc', mode: 0o120777 }], /is a symbolic link/);
    await expectRefused(
      [
        { name: 'link/x', content: 'x' },
        { name: 'link', mode: 0o120777 },
      ],
      /symbolic link/,
    );
    await expectRefused([{ name: 'pipe', mode: 0o010644 }], /neither a file nor a folder/);
  });

  it('refuses a name that comes twice, also in other letters', async () => {
    await expectRefused([{ name: 'a' }, { name: 'a' }], /comes twice/);
    await expectRefused([{ name: 'a' }, { name: 'A' }], /comes twice/);
  });

  it('refuses a bomb by what it claims, before the first byte', async () => {
    const zeros = Buffer.alloc(600_000);
    await expectRefused(
      [
        { name: 'a', content: zeros },
        { name: 'b', content: zeros },
      ],
      /claims 1200000 bytes unpacked, more than 1000000/,
    );
  });

  it('stops a bomb that lies about its length', async () => {
    const { archive, folder } = zipOf([{ name: 'a', content: Buffer.alloc(5e6), claims: { bytes: 100 } }]);
    await expect(unpackZip(archive, folder, limit)).rejects.toThrow(/cannot be unpacked \(.*100/);
    expect(statSync(join(folder, 'a')).size).toBeLessThanOrEqual(100);
  });

  it('refuses too many files', async () => {
    const entries = Array.from({ length: 10_001 }, (_, n) => ({ name: `f${n}` }));
    await expectRefused(entries, /10001 files, more than 10000/);
  });

  it('refuses encryption, and an archive without a file', async () => {
    await expectRefused([{ name: 'a', content: 'x', isEncrypted: true }], /is encrypted/);
    await expectRefused([{ name: 'folder/', mode: 0o040755 }], /holds no file/);
  });

  it('notices damage: a wrong CRC-32, an archive cut off, no archive at all', async () => {
    const { archive, folder } = zipOf([{ name: 'a', content: 'x', claims: { crc: 1 } }]);
    await expect(unpackZip(archive, folder, limit)).rejects.toThrow(/file a is damaged \(CRC-32\)/);
    const cut = zipOf([{ name: 'a', content: 'x' }]);
    writeFileSync(cut.archive, readFileSync(cut.archive).subarray(0, -10));
    await expect(unpackZip(cut.archive, cut.folder, limit)).rejects.toThrow(/cannot be unpacked/);
    writeFileSync(cut.archive, 'no zip');
    await expect(unpackZip(cut.archive, cut.folder, limit)).rejects.toThrow(/cannot be unpacked/);
    await expect(unpackZip(join(folder, 'absent'), folder, limit)).rejects.toThrow(/absent/);
  });

  it('never overwrites, nor follows a link that stands there', async () => {
    const { archive, folder, around } = zipOf([{ name: 'a', content: 'x' }]);
    mkdirSync(folder);
    symlinkSync(join(around, 'outside'), join(folder, 'a'));
    await expect(unpackZip(archive, folder, limit)).rejects.toThrow(/EEXIST/);
    expect(existsSync(join(around, 'outside'))).toBe(false);
  });
});

describe('unsafePath', () => {
  const piece = fc.constantFrom('a', '..', '.', '', 'C:', '/', '\\', 'b c', '\0', '...', 'é', '~');

  it('lets through only names that stay below their folder, however they are put together', () => {
    const folder = resolve('/some/folder');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.constantFrom('/', ''), (pieces, separator) => {
        const name = pieces.join(separator);
        if (unsafePath(name) !== null) return;
        const inside = relative(folder, join(folder, name));
        expect(inside.split('/')[0]).not.toBe('..');
        expect(inside).toBe(name.replace(/\/$/, ''));
      }),
    );
    expect(unsafePath('a/b/c.txt')).toBeNull();
    expect(unsafePath('folder/')).toBeNull();
  });
});

describe('unpackGzip', () => {
  const packed = gzipSync('a,b\n1,2\n');

  it('unpacks, reporting its progress', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'x.gz'), packed);
    const progress: number[] = [];
    const bytes = await unpackGzip(join(folder, 'x.gz'), join(folder, 'x'), {
      ...limit,
      onBytes: (done) => progress.push(done),
    });
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('a,b\n1,2\n');
    expect([bytes, progress.at(-1)]).toEqual([8, 8]);
  });

  it('stops a bomb', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'x.gz'), gzipSync(Buffer.alloc(20e6)));
    await expect(unpackGzip(join(folder, 'x.gz'), join(folder, 'x'), limit)).rejects.toThrow(
      /longer than 1000000 bytes unpacked/,
    );
    expect(statSync(join(folder, 'x')).size).toBeLessThanOrEqual(1e6);
  });

  it('notices damage, a file cut off, and one that is no gzip', async () => {
    const folder = newFolder();
    const damaged = Buffer.from(packed);
    damaged[packed.length - 8]! ^= 1; // of the CRC-32
    for (const bytes of [damaged, packed.subarray(0, -4), Buffer.from('no gzip')]) {
      writeFileSync(join(folder, 'x.gz'), bytes);
      const out = join(folder, `${readdirSync(folder).length}`);
      await expect(unpackGzip(join(folder, 'x.gz'), out, limit)).rejects.toThrow(
        /x\.gz: it cannot be unpacked/,
      );
    }
  });

  it('does not overwrite', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'x.gz'), packed);
    writeFileSync(join(folder, 'x'), 'mine');
    await expect(unpackGzip(join(folder, 'x.gz'), join(folder, 'x'), limit)).rejects.toThrow(/EEXIST/);
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('mine');
  });
});

describe('unpackFile', () => {
  const source = { holds: ['events.csv', 'kept.csv.gz'], ...limit };

  it('goes by the first bytes, not by the name', async () => {
    const around = newFolder();
    const file = join(around, 'download');
    writeFileSync(file, makeZip([{ name: 'events.csv', content: '1' }]));
    await unpackFile(file, join(around, 'a'), source);
    expect(readFileSync(join(around, 'a', 'events.csv'), 'utf8')).toBe('1');
  });

  it('unpacks NAME.gz to NAME, copies NAME, and keeps packed what the set holds packed', async () => {
    const around = newFolder();
    const write = (name: string, content: string | Buffer): string => {
      writeFileSync(join(around, name), content);
      return join(around, name);
    };
    await unpackFile(write('events.csv.gz', gzipSync('1')), join(around, 'a'), source);
    expect(readFileSync(join(around, 'a', 'events.csv'), 'utf8')).toBe('1');
    await unpackFile(write('events.csv', '2'), join(around, 'b'), source);
    expect(readFileSync(join(around, 'b', 'events.csv'), 'utf8')).toBe('2');
    await unpackFile(write('kept.csv.gz', gzipSync('3')), join(around, 'c'), source);
    expect(readFileSync(join(around, 'c', 'kept.csv.gz')).equals(gzipSync('3'))).toBe(true);
  });

  it('refuses a web page that was saved instead, a 7z, and a file the set does not hold', async () => {
    const around = newFolder();
    const file = join(around, 'events.csv');
    writeFileSync(file, '\n<!DOCTYPE html><html>Sign in');
    await expect(unpackFile(file, around, source)).rejects.toThrow(/is a web page and no data/);
    writeFileSync(file, Buffer.from('377abcaf271c0004', 'hex'));
    await expect(unpackFile(file, around, source)).rejects.toThrow(/7z x .*--from events\.csv/);
    writeFileSync(join(around, 'other.csv'), '1');
    await expect(unpackFile(join(around, 'other.csv'), around, source)).rejects.toThrow(
      /no file of this set/,
    );
    await expect(unpackFile(join(around, 'absent'), around, source)).rejects.toThrow(
      /absent.*cannot be used/,
    );
  });
});
