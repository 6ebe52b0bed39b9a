import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import type { EventLog } from '../../../lib/data/event';
import { evaluateRanking, metricsOf, rankingProtocol } from '../../../lib/experiments/evaluate-ranking';
import {
  evaluationReport,
  type EvaluationReport,
  type ReportOptions,
} from '../../../lib/experiments/report/evaluation-report';
import { groupAccuracy, quarters } from '../../../lib/experiments/report/group-accuracy';
import { listQuality, similarityByCategories } from '../../../lib/experiments/report/list-quality';
import { reportPage, saveReport } from '../../../lib/experiments/report/report-page';
import { responseTimes } from '../../../lib/experiments/report/response-times';
import { startBackend } from '../../../lib/nn/backend';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { countItems, popularity } from '../../../lib/recommendation/popularity';
import type { Scorer } from '../../../lib/recommendation/scorer';

beforeAll(async () => {
  await startBackend();
});

const numItems = 40;
/** Sixty users walk from an item to the next one; sixty jump anywhere. */
const log = ((): EventLog => {
  const rng = createRng(1);
  const events = Array.from({ length: 120 }, (_, user) => {
    const items = Array.from({ length: numItems }, (_item, place) => place);
    const start = rng.integer(numItems - 12);
    const own =
      user < 60 ? items.slice(start, start + 8 + (user % 4)) : rng.shuffle(items).slice(0, 8 + (user % 4));
    return own.map((item, place) => ({
      userId: `u${String(user).padStart(3, '0')}`,
      behavior: 'browse' as const,
      itemId: String(item).padStart(2, '0'),
      query: null,
      timeMs: place,
      rating: null,
      row: 0,
    }));
  }).flat();
  const source = { name: 'walks & jumps', file: null, sha256: 'abc', rowsRead: events.length, rejected: [] };
  return { events, hasTimes: true, source, items: new Map(), users: new Map() };
})();
const split = leaveOneOut(toSequences(log));
const { vocabulary, userIds } = split.sequences;
const numberOf = (item: number): number => Number(vocabulary.itemIds[item]);

/** Says that what follows an item is the next one. */
const walker: Scorer = {
  name: 'walker',
  numItems: vocabulary.itemIds.length,
  score: (histories) =>
    tf.tensor2d(
      histories.map((history) => {
        const last = numberOf(history.at(-1)!);
        return Array.from({ length: vocabulary.itemIds.length }, (_, item) =>
          item === 0 ? 0 : -((numberOf(item) - last - 1 + numItems) % numItems),
        );
      }),
    ),
};
const options = (): ReportOptions => ({
  models: [
    { scorer: popularity(countItems(split)), loss: null, seed: null },
    { scorer: walker, loss: 'none: it was told', seed: 7 },
  ],
  source: { name: 'walks & jumps', sha256: 'abc'.repeat(20) },
  cut: 'none',
  rng: createRng(5),
  groups: { planted: (user) => (Number(userIds[user]!.slice(1)) < 60 ? 'walks' : 'jumps') },
  categoriesOf: (item) => [numberOf(item) < 20 ? 'low' : 'high', numberOf(item) % 2 ? 'odd' : 'even'],
});
const report: () => EvaluationReport = ((): (() => EvaluationReport) => {
  let made: EvaluationReport | undefined;
  return () => (made ??= evaluationReport(split, options()));
})();

describe('a report', () => {
  it('has the metrics that an evaluation has, under its protocol', () => {
    const { models, protocol, subject, tiedShare, repeatShare } = report();
    expect(models.map(({ name }) => name)).toEqual(['popularity', 'walker']);
    const alone = evaluateRanking(walker, split, 'test');
    const expected = rankingProtocol(split, options().source, {
      which: 'test',
      cut: 'none',
      loss: 'none: it was told',
      seed: 7,
    });
    expect(models[1]!.metrics).toEqual(metricsOf(alone, expected));
    expect([subject, protocol, tiedShare, repeatShare]).toEqual([
      'walker',
      expected,
      alone.tiedShare,
      alone.repeatShare,
    ]);
  });

  it('finds who is served, and that one model is better, where this was planted', () => {
    const { groups, differences } = report();
    const [jumps, walks] = ['jumps', 'walks'].map((name) => groups.find(({ group }) => group === name)!);
    expect(walks!.mean).toBe(1);
    expect(jumps!.mean).toBeLessThan(0.5);
    expect(jumps!.othersMore).toBeCloseTo(1 - jumps!.mean, 12);
    expect([jumps!.users, walks!.users]).toEqual([60, 60]);
    expect(jumps!.p).toBeLessThan(1e-6);
    // By the length of their histories users do not differ.
    for (const { by, p } of groups) if (by === 'events so far') expect(p).toBeGreaterThan(0.05);
    expect(differences).toHaveLength(1);
    expect(differences[0]!.low).toBeGreaterThan(0.2);
    expect(differences[0]!.names).toEqual(['popularity', 'walker']);
  });

  it('says how lists change: those of popularity hardly, those of the walker by one item', () => {
    const [popular, walking] = report().models.map(({ stability }) => stability!);
    expect(popular!.jaccard.mean).toBeGreaterThan(0.8);
    // One event later nine of ten items are the same, one place up: of 11 different items, 9 are in both.
    const walks = evaluationReport(split, { ...options(), groups: {} }).models[1]!.stability!;
    expect(walks).toEqual(walking);
    expect(walking!.jaccard.mean).toBeGreaterThan(0.3);
    expect(walking!.jaccard.mean).toBeLessThan(popular!.jaccard.mean);
    expect(walking!.overlap.mean).toBeLessThan(walking!.jaccard.mean); // all of them one place up
  });

  it('compares the lists of one user, also where another has no validation event', () => {
    // The first user's validation event is known instead: the lists for the validation then begin with the second user.
    const foldInEnds = split.foldInEnds.slice();
    foldInEnds[0] = split.validationEnds[0]!;
    const own: Scorer = {
      ...walker,
      name: 'same for all times of a user',
      score: (histories) =>
        tf.tensor2d(
          histories.map((history) =>
            Array.from(vocabulary.itemIds, (_, item) =>
              item === 0 || history.includes(item) ? 0 : ((item * history[0]!) % 37) + 1,
            ),
          ),
        ),
    };
    const models = [{ scorer: own, loss: null, seed: null }];
    const without = evaluationReport({ ...split, foldInEnds }, { ...options(), models }).models[0]!
      .stability!;
    const withAll = evaluationReport(split, { ...options(), models }).models[0]!.stability!;
    // The lists of a user differ by the item used meanwhile; those of two users by nearly all.
    expect(withAll.jaccard.mean).toBeGreaterThan(0.8);
    expect(without.jaccard.mean).toBeCloseTo(withAll.jaccard.mean, 1);
  });

  it('leaves out what nothing is known of, and says so', () => {
    const { categoriesOf: _, groups: _groups, ...bare } = options();
    const { models, movement, notes } = evaluationReport(split, bare);
    expect(models[0]!.lists).toMatchObject({ diversity: null, serendipity: null });
    expect(movement).toBeNull();
    expect(notes.join(' ')).toContain('Nothing is known of items');
    expect(notes.join(' ')).toContain('Nothing is known of users');
    expect(report().notes.join(' ')).not.toContain('Nothing');
  });

  it('says how far interests moved: nowhere with one category, all the way with one an item', () => {
    const movedBy = (categoriesOf: (item: number) => readonly string[]) =>
      evaluationReport(split, { ...options(), categoriesOf }).movement!.mean;
    expect(movedBy(() => ['all'])).toBe(0);
    expect(movedBy((item) => [String(item)])).toBeCloseTo(1, 12); // nobody comes back to an item here
  });

  it('is refused without models and with two of one name', () => {
    expect(() => evaluationReport(split, { ...options(), models: [] })).toThrow('got none');
    const [one] = options().models;
    expect(() => evaluationReport(split, { ...options(), models: [one!, one!] })).toThrow(
      'popularity, popularity',
    );
    const groups = { 'events so far': () => 'all' };
    expect(() => evaluationReport(split, { ...options(), groups })).toThrow("groups by 'events so far'");
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    evaluationReport(split, options());
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('groups of users', () => {
  it('are compared with all others, corrected for their number; small ones and those without a name are left out', () => {
    const gains = Array.from({ length: 100 }, (_, user) => (user < 50 ? 0.2 : 0.6) + (user % 2) / 10);
    const half = gains.map((_, user) => (user < 50 ? 'low' : 'high'));
    const [high, low] = groupAccuracy(gains, { half });
    expect([high!.group, low!.group]).toEqual(['high', 'low']);
    expect(low!.mean).toBeCloseTo(0.25, 12);
    expect(low!.othersMore).toBeCloseTo(0.4, 12);
    expect(high!.othersMore).toBeCloseTo(-0.4, 12);
    // 95 and 5 users: five are too few, and then the others are nobody to be compared with.
    expect(groupAccuracy(gains, { rare: gains.map((_, user) => (user < 5 ? 'few' : 'many')) })).toEqual([]);
    const some = groupAccuracy(gains, { half: half.map((group, user) => (user % 2 ? group : null)) });
    expect(some.map(({ users }) => users)).toEqual([25, 25]);
    const flat = groupAccuracy(new Float64Array(100), { half });
    expect(flat.map(({ p, othersMore }) => [p, othersMore])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(() => groupAccuracy(gains, { half: ['low'] })).toThrow("'half' has 1 entries for 100 users");
  });

  it('by a number are quarters that keep equal numbers together', () => {
    expect(quarters([8, 1, 2, 3, 4, 5, 6, 7])).toEqual(
      ['4: 7 to 8', '1: 1 to 2', '1: 1 to 2', '2: 3 to 4', '2: 3 to 4', '3: 5 to 6', '3: 5 to 6', '4: 7 to 8'], // prettier-ignore
    );
    expect(quarters([0.5, NaN, 0.5], 1)).toEqual(['1: 0.5 to 0.5', null, '1: 0.5 to 0.5']);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }), (values) => {
        const names = quarters(values);
        for (const [a, value] of values.entries())
          for (const [b, other] of values.entries()) {
            if (value === other) expect(names[a]).toBe(names[b]);
            if (value < other) expect(names[a]! <= names[b]!).toBe(true);
          }
      }),
    );
  });
});

describe('what stands in lists', () => {
  it('is told by closed values', () => {
    const counts = Float32Array.of(0, 80, 10, 5, 5, 0);
    const categories = [[], ['a'], ['a'], ['b'], ['a', 'b'], ['b']];
    const similarity = similarityByCategories((item) => categories[item]!, 6);
    expect(similarity(1, 2)).toBeCloseTo(1, 6);
    expect(similarity(1, 3)).toBe(0);
    expect(similarity(1, 4)).toBeCloseTo(Math.SQRT1_2, 6);
    const lists = [Int32Array.of(1, 3), Int32Array.of(2, 4), Int32Array.of(1, 2)];
    const quality = listQuality(lists, 2, {
      histories: [Int32Array.of(2), Int32Array.of(3), Int32Array.of(4)],
      targets: Int32Array.of(3, 4, 1),
      counts,
      similarity,
    });
    expect(quality.coverage).toBe(4 / 5);
    expect(quality.longTail).toBeCloseTo(2 / 3, 12); // item 1 alone is the head
    const bits = (count: number): number => -Math.log2(count / 100);
    expect(quality.novelty).toBeCloseTo((2 * bits(80) + 2 * bits(10) + 2 * bits(5)) / 6, 12);
    expect(quality.diversity).toBeCloseTo((1 + (1 - Math.SQRT1_2) + 0) / 3, 6);
    // Right are 3, unlike 2; 4, half like 3; 1, half like 4.
    expect(quality.serendipity).toBeCloseTo((1 + 2 * (1 - Math.SQRT1_2)) / 2 / 3, 6);
    expect(quality.gini).toBeCloseTo(1 / 3, 12); // shown 0, 1, 1, 2, 2 times
  });
});

describe('answering times', () => {
  it('are positive, in order, and ask for single users', () => {
    const sizes: number[] = [];
    const scorer: Scorer = {
      ...walker,
      score: (histories) => {
        sizes.push(histories.length);
        return walker.score(histories);
      },
    };
    const { p50Ms, p99Ms, usersPerSecond, residentMB } = responseTimes(
      scorer,
      { histories: [Int32Array.of(1)], targets: Int32Array.of(2) },
      createRng(1),
    );
    expect(p50Ms).toBeGreaterThan(0);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    expect(usersPerSecond).toBeGreaterThan(1);
    expect(residentMB).toBeGreaterThan(10);
    expect(sizes.filter((size) => size === 1).length).toBe(205);
  });
});

describe('the page of a report', () => {
  it('holds its pictures and needs no network; names are text, not markup', async () => {
    const odd: Scorer = { ...walker, name: '<b>walker</b>' };
    const { models, ...rest } = options();
    const page = await reportPage(
      evaluationReport(split, { ...rest, models: [models[0]!, { ...models[1]!, scorer: odd }] }),
    );
    expect(page.html.match(/<svg/g)!.length).toBe(3);
    expect(page.html.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(
      /https?:|<script|<link|<img|@import|url\((?!#)/,
    );
    expect(page.html).not.toContain('<b>');
    expect(page.html).toContain('&lt;b&gt;walker');
    expect(page.html).toContain('walks &amp; jumps');
  });

  it('says the same in Markdown, and all of it in JSON', async () => {
    const made = report();
    const { html, markdown, json } = await reportPage(made);
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(made)));
    const [, walking] = made.models;
    const shown = walking!.metrics.find(({ metric }) => metric === 'NDCG@10')!.value.toFixed(4);
    for (const text of [html, markdown]) {
      for (const title of [
        'Conditions',
        'At a glance',
        'How often right',
        'Better than the others?',
        'What stands in the lists',
        'How much the lists change',
        'Who is served',
        'What it costs',
        'What this does not say',
      ])
        expect(text).toContain(title);
      expect(text).toContain(shown);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
    }
    expect(await reportPage(made)).toEqual({ html, markdown, json });
    const folder = join(mkdtempSync(join(tmpdir(), 'report-')), 'deeper');
    const file = await saveReport(made, folder);
    expect(readFileSync(file, 'utf8')).toBe(html);
    expect(readdirSync(folder).sort()).toEqual(['report.html', 'report.json', 'report.md']);
    writeFileSync(join(folder, 'file'), '');
    await expect(saveReport(made, join(folder, 'file'))).rejects.toThrow();
  });
});
