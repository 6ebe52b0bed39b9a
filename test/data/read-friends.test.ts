import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readFriends } from '../../lib/data/read-friends';
import { sharedData } from './shared-data';
import { temporaryFolder } from './temporary-folder';

const write = temporaryFolder();

describe('links of friends', () => {
  it('are read one a line, plain and packed, with a header or without', async () => {
    const text = '2\t275\n2\t428\n275\t2\n';
    for (const [name, content, hasHeader] of [
      ['f.dat', text, false],
      ['f.dat.gz', gzipSync(text), false],
      ['h.dat', `userID\tfriendID\r\n${text}`, true],
    ] as const) {
      const { friendsOf, links, oneSided, rejected } = await readFriends(write(name, content), { hasHeader });
      expect([...friendsOf]).toEqual([
        ['2', ['275', '428']],
        ['275', ['2']],
      ]);
      expect({ links, oneSided, rejected }).toEqual({ links: 3, oneSided: 1, rejected: [] });
    }
  });

  it.each([
    ['1 2\n3\n', /row 2: expected 'user friend', found 1/],
    ['1 2\n2 2\n', /row 2: user '2' is its own friend/],
    ['1 2\n1 2\n', /row 2: '1' to '2' stands there already/],
  ])('%j is refused, or counted', async (text, message) => {
    const file = write('bad.dat', text);
    await expect(readFriends(file)).rejects.toThrow(message);
    const { links, rejected } = await readFriends(file, { onBadRow: 'drop' });
    expect(links).toBe(1);
    expect(rejected).toMatchObject([{ rows: 1, firstRow: 2 }]);
  });

  const file = sharedData('lastfm-social/user_user(original).dat.gz');
  it.skipIf(file === null)('of HetRec Last.fm are 12,717, each in both directions', async () => {
    const { friendsOf, links, oneSided } = await readFriends(file!);
    expect({ users: friendsOf.size, links, oneSided }).toEqual({ users: 1892, links: 25434, oneSided: 0 });
  });
});
