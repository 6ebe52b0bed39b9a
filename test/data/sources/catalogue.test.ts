import { describe, expect, it } from 'vitest';
import { dataSources, sourceNamed } from '../../../lib/data/sources/catalogue';
import { unsafePath } from '../../../lib/data/sources/safe-path';
import { accessWords } from '../../../lib/data/sources/source';
import { movieLens100kFiles } from '../../../lib/data/movielens';
import { readProjectFile } from '../../lib-files';

describe('the catalogue of data sets', () => {
  it('gives every set a name of its own that can be the name of a folder', () => {
    const names = dataSources.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it.each(dataSources)(
    '$name says what it is and on which terms, and holds files with safe names',
    (source) => {
      for (const text of [source.title, source.rows, source.what, source.terms.short, source.terms.text])
        expect(text.trim()).not.toBe('');
      expect(source.rows).toMatch(/\d/);
      expect(source.holds.length).toBeGreaterThan(0);
      expect(source.holds.map(unsafePath).filter((why) => why !== null)).toEqual([]);
      expect(source.maxBytes).toBeGreaterThan(1e6);
      expect(accessWords[source.access.how]).toBeDefined();
    },
  );

  it.each(dataSources)('$name is had in a way that can work', ({ access, holds, maxBytes }) => {
    switch (access.how) {
      case 'setup':
        expect(holds).toEqual(Object.keys(movieLens100kFiles));
        break;
      case 'download':
      case 'account': {
        const { name, bytes, checksum, kind } = access.file;
        const address = access.how === 'download' ? new URL(name, access.base).href : access.page;
        expect(address).toMatch(/^https?:\/\/[a-z0-9.-]+\/\S+$/);
        if (access.how === 'download') expect(address).toBe(access.base + name);
        expect(name.includes('/')).toBe(false);
        if (kind === 'plain') expect(holds).toEqual([name]);
        else expect(name.endsWith(`.${kind}`)).toBe(true);
        if (checksum !== null)
          expect(checksum.hex).toMatch(checksum.algorithm === 'sha256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{32}$/);
        if (bytes !== null) expect(bytes).toBeLessThan(maxBytes);
        break;
      }
      case 'package': {
        const { pin, members } = access;
        expect(pin.sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(pin.version).toMatch(/^\d+(\.\d+)+$/);
        expect(pin.bytes).toBeLessThan(maxBytes);
        const names = members.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(holds.filter((name) => !names.includes(name))).toEqual([]);
        expect(names.map(unsafePath).filter((why) => why !== null)).toEqual([]);
        expect(members.filter(({ sha256 }) => !/^[0-9a-f]{64}$/.test(sha256))).toEqual([]);
        break;
      }
    }
  });

  it('stands in data/README.md, set by set', () => {
    const told = readProjectFile('data/README.md');
    expect(dataSources.filter(({ name }) => !told.includes(`\`${name}\``)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('names those there are when it is asked for another', () => {
    expect(sourceNamed('cdnow').title).toBe('CDNOW');
    expect(() => sourceNamed('cdnw')).toThrow(/no data set 'cdnw'\. Choose one of ml-100k, .*otto/);
  });
});
