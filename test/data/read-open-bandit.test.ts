import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../lib/data/cache-folder';
import { openBanditCampaigns, openBanditPolicies, readOpenBandit } from '../../lib/data/read-open-bandit';

const header =
  ',timestamp,item_id,position,click,propensity_score,user_feature_0,user_feature_1,user_feature_2,user_feature_3,user-item_affinity_0';
const late = '0,2019-11-24 00:00:34.762830+00:00,14,2,0,0.25,a,b,c,d,0.5';
const early = '1,2019-11-24 00:00:17.004101+00:00,79,1,1,0.0125,a,e,c,d,0.0';

const scratch = mkdtempSync(join(tmpdir(), 'open-bandit-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function folderWith(...lines: readonly string[]): string {
  const folder = mkdtempSync(join(scratch, 'set-'));
  mkdirSync(join(folder, 'random', 'all'), { recursive: true });
  writeFileSync(join(folder, 'random', 'all', 'all.csv'), `${lines.join('\n')}\n`);
  return folder;
}

describe('the Open Bandit sample', () => {
  it('is read in the order of time', async () => {
    const log = await readOpenBandit('random', 'all', folderWith(header, late, early));
    expect([...log.items]).toEqual([79, 14]);
    expect([...log.places]).toEqual([0, 1]);
    expect([...log.clicks]).toEqual([1, 0]);
    expect([...log.propensities]).toEqual([0.0125, 0.25]);
    expect(log.timesMs[0]).toBe(Date.UTC(2019, 10, 24, 0, 0, 17, 4));
    expect(log.userFeatures[0]).toEqual(['a', 'e', 'c', 'd']);
    expect(log).toMatchObject({ policy: 'random', campaign: 'all', itemCount: 80 });
    expect(log.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [late.replace(',14,', ',80,'), /row 3: the item 80 is none of 80/],
    [late.replace(',2,0,', ',4,0,'), /position 4/],
    [late.replace(',2,0,', ',2,2,'), /click is 2/],
    [late.replace('0.25', '0'), /propensity is 0/],
    [late.replace('2019-11-24', 'once'), /time cannot be read/],
  ])('refuses %s', async (line, problem) => {
    await expect(readOpenBandit('random', 'all', folderWith(header, early, line))).rejects.toThrow(problem);
  });

  it('says what to do where it is not there, or is another file', async () => {
    await expect(readOpenBandit('bts', 'men', scratch)).rejects.toThrow('Run `npm run data -- open-bandit`');
    await expect(readOpenBandit('random', 'all', folderWith('a,b', '1,2'))).rejects.toThrow(
      /lacks timestamp, item_id/,
    );
  });

  // Counted with Python's csv module over the files of obp 0.4.1.
  const folder = join(cacheFolder(), 'data', 'open-bandit');
  it.skipIf(!existsSync(folder))('has the clicks that were counted elsewhere (npm run data)', async () => {
    const counted = { random: [38, 46, 46], bts: [42, 69, 46] };
    for (const policy of openBanditPolicies) {
      for (const [place, campaign] of openBanditCampaigns.entries()) {
        const log = await readOpenBandit(policy, campaign, folder);
        expect(log.items.length).toBe(10_000);
        expect(log.clicks.reduce((a, b) => a + b)).toBe(counted[policy][place]);
        expect(new Set(log.items).size).toBe(log.itemCount);
        if (policy === 'random') expect(new Set(log.propensities)).toEqual(new Set([1 / log.itemCount]));
      }
    }
  });
});
