import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { pairRules, sequentialRules, type ItemRules } from '../../lib/patterns/item-rules';
import { byRules } from '../../lib/recommendation/by-rules';

const folder = join(process.env['BEHAVIOR_LAB_DATA'] ?? join('..', 'shared', 'data'), 'yoochoose-100k');
const lines = (name: string): string[] =>
  gunzipSync(readFileSync(join(folder, name)))
    .toString('utf8')
    .trim()
    .split('\n')
    .slice(1);

/** Sessions in the order of the file, events in the order of time. */
function sessionsOf(name: string): Map<string, string[]> {
  const rows = lines(name).map((line) => line.split('\t') as [string, string, string]);
  const sessions = new Map<string, { item: string; time: number }[]>();
  for (const [session, item, time] of rows) {
    sessions.set(session, [...(sessions.get(session) ?? []), { item, time: Number(time) }]);
  }
  return new Map(
    [...sessions].map(([session, events]) => [
      session,
      events.sort((a, b) => a.time - b.time).map(({ item }) => item),
    ]),
  );
}

const asText = ({ consequents, weights }: ItemRules, item: number): string =>
  Array.from(consequents[item]!, (other, place) => `${other}: ${weights[item]![place]!}`).join(', ');

beforeAll(async () => {
  await startBackend();
});

describe('rules of two items', () => {
  const sessions = [[1, 2, 1, 3], [2, 3]]; // prettier-ignore

  it('count pairs both ways, an item that comes again with itself', () => {
    const rules = pairRules(sessions, { numItems: 4 });
    expect(asText(rules, 1)).toBe('2: 2, 1: 2, 3: 2');
    expect(asText(rules, 2)).toBe('1: 2, 3: 2');
    expect(asText(rules, 3)).toBe('1: 2, 2: 2');
    expect(asText(pairRules(sessions, { numItems: 4, prune: 1 }), 1)).toBe('2: 2');
  });

  it('in order weigh by the distance, and look so far', () => {
    const far = sequentialRules(sessions, { numItems: 4, weightAt: (distance) => 1 / distance ** 2 });
    expect(asText(far, 1)).toBe(`3: ${1 + 1 / 9}, 2: 1, 1: 0.25`);
    expect(asText(far, 2)).toBe('3: 1.25, 1: 1');
    expect(asText(far, 3)).toBe('');
    expect(asText(sequentialRules(sessions, { numItems: 4, steps: 1 }), 1)).toBe('2: 1, 3: 1');
    expect(asText(sequentialRules(sessions, { numItems: 4 }), 2)).toBe('3: 1.5, 1: 1');
  });

  it('recommend by the last item', () => {
    const scorer = byRules('rules', sequentialRules(sessions, { numItems: 4 }));
    const scores = scorer.score([Int32Array.of(3, 2), Int32Array.of(), Int32Array.of(3)]);
    expect(scores.arraySync()).toEqual([
      [0, Math.fround(1 / 1.5), 0, 1],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    scores.dispose();
  });

  it('refuse what is out of range', () => {
    expect(() => pairRules([[4]], { numItems: 4 })).toThrow('the item 4 is not from 0 to 3');
    expect(() => sequentialRules(sessions, { numItems: 4, steps: 0 })).toThrow('steps');
    expect(() => pairRules(sessions, { numItems: 4, prune: -1 })).toThrow('prune');
  });

  // session-rec's own lists for yoochoose: SR with steps 20 and 1/i^2, AR; both pruned to 20, scores divided by the largest.
  it.skipIf(!existsSync(folder)).each([
    ['ar', (own: number[][], numItems: number) => pairRules(own, { numItems })],
    [
      'sr',
      (own: number[][], numItems: number) =>
        sequentialRules(own, { numItems, steps: 20, weightAt: (distance) => 1 / distance ** 2 }),
    ],
  ] as const)('give all 387 saved lists of session-rec: %s', (name, fit) => {
    const training = [...sessionsOf('yoochoose-clicks-100k_train_full.txt.gz').values()];
    const test = sessionsOf('yoochoose-clicks-100k_test.txt.gz');
    const ids = [...new Set([...training, ...test.values()].flat())];
    const indexOf = new Map(ids.map((id, index) => [id, index]));
    const rules = fit(
      training.map((session) => session.map((id) => indexOf.get(id)!)),
      ids.length,
    );
    let agree = 0;
    const saved = lines(`recoms_rsc15_100k_${name}.csv.gz`);
    for (const line of saved) {
      const [session, position, items, scores] = line.split(';') as [string, string, string, string];
      const item = indexOf.get(test.get(session)![Number(position)]!)!;
      const [own, most] = [rules.weights[item]!, rules.weights[item]![0] ?? 1];
      const expected = scores.split(',').map(Number);
      const known = items.split(',').slice(0, expected.filter((score) => score > 0).length);
      const scoreOf = new Map(
        Array.from(rules.consequents[item]!, (other, place) => [ids[other]!, own[place]! / most]),
      );
      const isSame =
        known.length === scoreOf.size &&
        known.every((id, place) => Math.abs((scoreOf.get(id) ?? 0) - expected[place]!) < 1e-9);
      if (isSame) agree += 1;
    }
    expect(agree).toBe(387);
    expect(saved.length).toBe(387);
  });
});
