import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBeside } from '../../lib/data/known-beside';
import { tableFormat } from '../../lib/data/tables/table-format';
import { describeData, loadData, type DataSettings } from '../../lib/experiments/load-data';
import { loadModel } from '../../lib/experiments/model-folder';
import { runExperiment, settingsOf, type ExperimentSettings } from '../../lib/experiments/run-experiment';
import type { RunRecord } from '../../lib/experiments/run-record';
import { expectItemsOnly } from '../../lib/experiments/learning/pooled-vectors';
import { findSentenceModel } from '../../lib/experiments/text/find-sentence-model';
import { trainingDefaults } from '../../lib/experiments/train-encoder';
import { readSideOptions } from '../../scripts/side-options';
import { temporaryFolder } from '../data/temporary-folder';
import { projectRoot } from '../lib-files';

const write = temporaryFolder();
const folder = mkdtempSync(join(tmpdir(), 'beside-files-'));
const tinyBert = join(projectRoot, 'data', 'tiny-bert');

/** Two walks: `a` users go round items 1 to 6, `b` users round items 7 to 12. */
const events = write(
  'shop.csv',
  [
    'who,what,when',
    ...Array.from({ length: 40 }, (_, user) =>
      Array.from(
        { length: 6 },
        (_, step) => `u${user},i${(user % 2) * 6 + 1 + ((user + step) % 6)},${step + 1}`,
      ),
    ).flat(),
  ].join('\n'),
);
const items = write(
  'items.csv',
  [
    'item_id,title,categories',
    ...Array.from(
      { length: 12 },
      (_, item) => `i${item + 1},the ${item < 6 ? 'red' : 'blue'} lamp ${item},${item < 6 ? 'x|y' : 'z'}`,
    ),
  ].join('\n'),
);
const users = write(
  'users.csv',
  ['user_id,team', ...Array.from({ length: 40 }, (_, user) => `u${user},${user % 2 ? 'b' : 'a'}`)].join('\n'),
);
const layout = tableFormat({ kind: 'csv', columns: { user: 'who', item: 'what', time: 'when' } });
const data = { file: events, format: 'table', layout } as const satisfies DataSettings;

const command = (script: string, args: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', join(projectRoot, 'scripts', script), ...args],
    { cwd: projectRoot, encoding: 'utf8' },
  );

describe('files beside the events', () => {
  it('say what items and users are, whatever the format of the events', async () => {
    const all = { itemsFile: items, usersFile: users };
    for (const settings of [
      { ...data, ...all },
      {
        file: write('pairs.txt', 'u0 i1\nu0 i2\nu1 i1'),
        format: 'pairs' as const,
        ...all,
      },
    ]) {
      const loaded = await loadData(settings, { columns: [] });
      const { itemInfo, userInfo } = loaded.sequences;
      expect(itemInfo!.get('i2')).toMatchObject({ title: 'the red lamp 1', categories: ['x', 'y'] });
      expect(userInfo!.get('u1')).toEqual({ profile: { team: 'b' } });
      expect(loaded.beside).toMatchObject([
        { of: 'items', file: 'items.csv', rows: 12 },
        { of: 'users', file: 'users.csv', rows: 40 },
      ]);
      expect(describeData(loaded)).toContain('items.csv: what is known of 12 items.');
    }
    const plain = await loadData(data, { columns: [] });
    expect(plain.beside).toEqual([]);
    expect(plain.sequences.itemInfo!.size).toBe(0);
  });

  it('are refused where they are missing, empty, or of another shop', async () => {
    const other = write('other.csv', 'item_id,title\n1,lamp');
    await expect(loadData({ ...data, itemsFile: other })).rejects.toThrow(
      /other\.csv: none of the items of the events stands in it/,
    );
    const strangers = write('strangers.csv', 'user_id,team\nx,a');
    await expect(loadData({ ...data, usersFile: strangers })).rejects.toThrow(/none of the users/);
    await expect(readBeside({ itemsFile: 'no/such.csv' })).rejects.toThrow(/no such file/);
    const empty = write('empty.csv', 'item_id,title');
    await expect(readBeside({ itemsFile: empty })).rejects.toThrow(/there are no items/);
    const twice = write('twice.csv', 'item_id,title\ni1,a\ni1,b');
    await expect(readBeside({ itemsFile: twice })).rejects.toThrow(/'i1' comes twice/);
  });

  it('may not change within a run', async () => {
    const changing = write('changing.csv', readFileSync(users, 'utf8'));
    const settings: ExperimentSettings = {
      data: { ...data, usersFile: changing },
      encoder: 'gru',
      config: { width: 4 },
      length: 4,
      side: { profile: ['team'] },
      training: { ...trainingDefaults, maxEpochs: 2, batchSize: 16 },
    };
    const out = join(folder, 'changing');
    const stop = new AbortController();
    const first = await runExperiment(settings, out, {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(first.status).toBe('interrupted');
    writeFileSync(changing, readFileSync(users, 'utf8').replace('u0,a', 'u0,b'));
    await expect(runExperiment(settingsOf(out), out)).rejects.toThrow(/the data changed/);
    writeFileSync(changing, readFileSync(users, 'utf8'));
    const { status, data: described } = await runExperiment(settingsOf(out), out);
    expect(status).toBe('finished');
    expect(described.beside).toMatchObject([{ of: 'users', file: 'changing.csv' }]);
  });
});

describe('an own file with titles', () => {
  const out = join(folder, 'by-text');
  const asked = ['--data', events, '--format', 'csv', '--columns', 'user=who,item=what,time=when'];
  let result: SpawnSyncReturns<string>;

  beforeAll(() => {
    result = command('experiment.ts', [
      ...asked,
      ...['--items', items, '--users', users, '--profile', 'team'],
      ...['--encoder', 'unisrec', '--item-texts', tinyBert],
      ...['--width', '8', '--heads', '2', '--length', '5', '--batch', '16', '--epochs', '2', '--out', out],
    ]);
  });

  it('trains an encoder that reads items by their texts, and says by which text encoder', () => {
    expect(result.status, result.stderr).toBe(0);
    expect(result.stderr).toContain('Texts of 12 items by');
    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord;
    expect(record.texts).toMatchObject({ withoutText: 0 });
    expect(record.texts!.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(record.results.map(({ name }) => name)).toEqual(['popularity', 'untrained unisrec', 'unisrec']);
    expect(loadModel(out, 'unisrec').config).toMatchObject({ ids: 'none' });
  });

  it('predicts for users never seen, whose profiles are named', () => {
    const others = write('others.csv', 'who,what,when\nnew,i1,1\nnew,i2,2');
    const profiles = write('profiles.csv', 'user_id,team\nnew,a');
    const done = command('predict.ts', ['--run', out, '--data', others, '--users', profiles, '--n', '3']);
    expect(done.status, done.stderr).toBe(0);
    const [header, line] = done.stdout.trim().split('\n');
    expect(header).toBe('user,items');
    expect(line).toMatch(/^new,i\d+ i\d+ i\d+$/);
    const without = command('predict.ts', ['--run', out, '--data', others]);
    expect(without.status).toBe(1);
    expect(without.stderr).toContain('Give them with --users FILE');
  });

  it('is refused where nothing would read it', () => {
    expect(() => readSideOptions({ items }, 'gru')).toThrow('nothing reads what --items says');
    expect(() => readSideOptions({ users, 'item-features': 'categories' }, 'gru')).toThrow(
      'nothing reads what --users says',
    );
    expect(readSideOptions({ items, users, profile: 'team', 'item-features': 'categories' }, 'gru')).toEqual({
      side: { itemFeatures: ['categories'], profile: ['team'] },
    });
    const other = write('seen.csv', 'who,what,when\nnew,i1,1');
    for (const name of ['items', 'friends']) {
      const { status, stderr } = command('predict.ts', ['--run', out, '--data', other, `--${name}`, items]);
      expect(status).toBe(1);
      expect(stderr).toContain(`nothing reads what --${name} says`);
    }
  });

  it('is refused without texts, and texts without such an encoder', () => {
    expect(() => readSideOptions({}, 'unisrec')).toThrow(/--item-texts is missing/);
    expect(() => readSideOptions({ 'item-texts': tinyBert }, 'gru')).toThrow(
      /--item-texts means nothing for gru.*--encoder unisrec/,
    );
    expect(readSideOptions({ 'item-texts': tinyBert }, 'unisrec')).toEqual({ texts: { model: tinyBert } });
    expect(() => findSentenceModel('no/such')).toThrow(/there is no text encoder 'no\/such'/);
    const { status, stderr } = command('experiment.ts', [
      ...asked,
      ...['--encoder', 'unisrec', '--item-texts', tinyBert, '--out', join(folder, 'none')],
    ]);
    expect(status).toBe(1);
    expect(stderr).toContain('Give their titles or categories with --items FILE');
  });
});

describe('friends of an own file', () => {
  /**
   * Two circles of friends. Half of the users have used two items of their circle, too few to be asked for more; the others nothing
   * but what everybody has used, and what is held out of them are items of their circle.
   */
  const circles = Array.from({ length: 80 }, (_, user) => {
    const circle = user % 2;
    const own = [0, 1].map((step) => `${circle}-${(Math.floor(user / 4) + step) % 10}`);
    const isKnown = user % 4 < 2;
    return { user: `u${user}`, circle, isKnown, items: isKnown ? own : ['x', 'y', 'z', ...own] };
  });
  const pairs = write(
    'circles.txt',
    circles.flatMap(({ user, items: own }) => own.map((id) => `${user} ${id}`)).join('\n'),
  );
  const friends = write(
    'friends.txt',
    circles
      .flatMap(({ user, circle }) =>
        circles
          .filter((other) => other.isKnown && other.circle === circle && other.user !== user)
          .map((other) => `${user} ${other.user}`),
      )
      .join('\n'),
  );
  const settings = (fusion: 'behavior' | 'social'): ExperimentSettings => ({
    data: { file: pairs, format: 'pairs', ...(fusion === 'social' && { friendsFile: friends }) },
    encoder: 'social',
    config: { fusion, width: 8, dropoutRate: 0 },
    length: 6,
    ...(fusion === 'social' && { side: { friends: { numFriends: 5, itemsAFriend: 4 } } }),
    training: {
      ...trainingDefaults,
      maxEpochs: 30,
      batchSize: 32,
      patience: 30,
      optimiser: { ...trainingDefaults.optimiser, learningRate: 0.02 },
    },
  });
  /** By validation: the items before it tell nothing. */
  const bestOf = async (fusion: 'behavior' | 'social'): Promise<number> => {
    const { training, data: described } = await runExperiment(settings(fusion), join(folder, fusion));
    expect(described.beside?.length ?? 0).toBe(fusion === 'social' ? 1 : 0);
    return Math.max(...training!.history.map(({ validation }) => validation));
  };

  it('tell of users what they have not done themselves', async () => {
    const [behavior, social] = [await bestOf('behavior'), await bestOf('social')];
    expect(social).toBeGreaterThan(behavior + 0.1);
    const { vocabulary, side } = loadModel(join(folder, 'social'), 'social');
    expect(side!.codes.friends).toEqual({ numFriends: 5, itemsAFriend: 4 });
    const newcomer = write('newcomer.txt', 'new x\nnew y\nnew z\nold 1-0\nold 1-1\nold 1-2\nold 1-3');
    const hers = write('hers.txt', 'new old');
    const done = command('predict.ts', [
      '--run',
      join(folder, 'social'),
      '--data',
      newcomer,
      '--friends',
      hers,
      '--n',
      '3',
    ]);
    expect(done.status, done.stderr).toBe(0);
    const list = done.stdout.split('\n').find((line) => line.startsWith('new,'))!;
    expect(list).toMatch(/^new,1-\d 1-\d 1-\d$/);
    expect(vocabulary.indexOf('x')).toBeGreaterThan(0);
  });

  it('are refused where nobody reads them, and missed where somebody does', () => {
    expect(() => readSideOptions({ friends }, 'gru')).toThrow(
      /--friends means nothing for gru.*--encoder social/,
    );
    expect(() => readSideOptions({}, 'social')).toThrow(/--friends is missing/);
    expect(() => readSideOptions({ friends }, 'social', { fusion: 'behavior' })).toThrow(
      /--friends means nothing for social/,
    );
    expect(readSideOptions({}, 'social', { fusion: 'behavior' })).toEqual({});
    expect(() => readSideOptions({ friends }, 'gru')).toThrow('for gru, which');
    const model = loadModel(join(folder, 'social'), 'social');
    expect(() => expectItemsOnly(model, 'views', 'they hold items alone')).toThrow('also reads friends');
    expect(readSideOptions({ friends, 'friends-read': '3' }, 'social')).toEqual({
      side: { friends: { numFriends: 3, itemsAFriend: 10 } },
    });
  });
});
