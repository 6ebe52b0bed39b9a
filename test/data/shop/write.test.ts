import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { readLog } from '../../../lib/data/read-log';
import { chineseWords } from '../../../lib/data/shop/chinese-words';
import { fullShopOptions } from '../../../lib/data/shop/full';
import { shopCategories } from '../../../lib/data/shop/groups';
import { generateShopLog, type ShopLog } from '../../../lib/data/shop/log';
import { readShopTruth } from '../../../lib/data/shop/read-truth';
import { readLinks } from '../../../lib/data/shop/truth-tables';
import { sessionProbability } from '../../../lib/data/shop/truth';
import { writeShop } from '../../../lib/data/shop/write';
import { temporaryFolder } from '../temporary-folder';

const folder = dirname(temporaryFolder()('x', ''));
const options = { ...fullShopOptions(60), days: 42 };
const make = (seed: number): ShopLog => generateShopLog(options, createRng(seed));
const names = ['csv', 'items.csv', 'users.csv', 'links.csv', 'truth.json'];
const files = [...names, 'truth.customers.csv', 'truth.exposures.csv'];
const bytes = (name: string): string[] =>
  files.map((ending) => readFileSync(join(folder, `${name}.${ending}`), 'utf8'));

describe('writeShop', () => {
  it('writes what is read back as the same log, links and truth', async () => {
    const shop = make(22);
    await writeShop(folder, 'a', shop, 22);
    const log = await readLog(join(folder, 'a.csv'), { format: 'csv' });
    expect(log.events.map((event) => ({ ...event, row: 0 }))).toEqual(shop.log.events);
    expect(log.items).toEqual(shop.log.items);
    expect(log.users).toEqual(shop.log.users);
    expect(log.source.sha256).toBe(shop.log.source.sha256);
    expect(await readLinks(join(folder, 'a.links.csv'))).toEqual(shop.links);
    expect(await readShopTruth(folder, 'a')).toEqual({ truth: shop.truth, seed: 22 });
    for (const part of [
      shop.links,
      shop.truth.exposures,
      [...shop.truth.drift],
      [...shop.truth.launchDayOf],
    ]) {
      expect(part.length).toBeGreaterThan(5);
    }
  });

  it('writes the same bytes for the same seed, and others for another', async () => {
    await writeShop(folder, 'b', make(22), 22);
    await writeShop(folder, 'c', make(23), 23);
    expect(bytes('b')).toEqual(bytes('a'));
    files.forEach((_, at) => expect(bytes('c')[at]).not.toBe(bytes('a')[at]));
  });

  it('keeps the truth out of what a shop would have', () => {
    const header = bytes('a')[0]!.split('\n')[0];
    expect(header).toBe('user_id,behavior,item_id,query,time_ms,rating,session_id,category,price,dwell_ms');
  });
});

describe('readShopTruth', () => {
  const damage = async (ending: string, change: (text: string) => string): Promise<unknown> => {
    await writeShop(folder, 'd', make(24), 24);
    const file = join(folder, `d.${ending}`);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    return readShopTruth(folder, 'd').catch((error: unknown) => error);
  };

  it.each<[string, string, (text: string) => string, RegExp]>([
    ['another log', 'csv', (text) => text.replace('click', 'browse'), /truth of another log/],
    [
      'other formulas',
      'truth.json',
      (text) => text.replace('"formulas":1', '"formulas":0'),
      /version 0, this is/,
    ],
    ['half a file', 'truth.json', (text) => text.slice(0, 5000), /it is not JSON/],
    ['a lost part', 'truth.json', (text) => text.replace('"dayFactors"', '"days"'), /it has no 'dayFactors'/],
    [
      'other columns',
      'truth.exposures.csv',
      (text) => text.replace('place', 'rank'),
      /row 1: the columns are not/,
    ],
    [
      'a word for a number',
      'truth.customers.csv',
      (text) => text.replace(/0\.\d+/, 'x'),
      /row 2: the session_rate 'x'/,
    ],
    ['a short row', 'truth.customers.csv', (text) => `${text}u1\n`, /found 1 columns, not 9/],
  ])('refuses %s', async (_, ending, change, message) => {
    expect(await damage(ending, change)).toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses what is not there', async () => {
    await expect(readShopTruth(folder, 'nowhere')).rejects.toThrow(/nowhere.truth.json: it cannot be read/);
  });
});

it('asks in Chinese for the same goods, in words that have to be taken apart', () => {
  const chinese = generateShopLog({ ...options, language: 'zh' }, createRng(25)).log;
  const english = generateShopLog(options, createRng(25)).log;
  expect(chinese.events.map((event) => ({ ...event, query: null }))).toEqual(
    english.events.map((event) => ({ ...event, query: null })),
  );
  const queries = [...new Set(chinese.events.flatMap(({ query }) => query ?? []))];
  expect(queries.length).toBeGreaterThan(20);
  for (const query of queries) expect(query).toMatch(/^\p{Script=Han}+$/u);
  const jieba = Jieba.withDict(dict);
  for (const [category, { words }] of Object.entries(shopCategories)) {
    expect(chineseWords[category]).toHaveLength(words.length);
    for (const word of chineseWords[category]!) expect(jieba.cut(word, true).length).toBeGreaterThan(1);
  }
});

it('knows how probable a session is', () => {
  const { truth } = make(26);
  const [userId, { sessionRate, joinedDay }] = [...truth.customers].find(([, one]) => one.joinedDay > 1)!;
  expect(sessionProbability(truth, userId, joinedDay - 1)).toBe(0);
  expect(sessionProbability(truth, userId, joinedDay)).toBe(
    Math.min(1, sessionRate * truth.dayFactors[joinedDay]!),
  );
  expect(() => sessionProbability(truth, 'nobody', 1)).toThrow(/no customer 'nobody'/);
  expect(() => sessionProbability(truth, userId, 42)).toThrow(/no day 42/);
});
