import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { restoreVocabulary } from '../../lib/preprocessing/vocabulary';
import { markov } from '../../lib/recommendation/markov';
import { countItemsAt } from '../../lib/recommendation/popularity';

beforeAll(async () => {
  await startBackend();
});

/** Users' items; there are five items. */
function sequencesOf(users: readonly (readonly number[])[]) {
  const offsets = Int32Array.from([0, ...users.map((_, user) => users.slice(0, user + 1).flat().length)]);
  const vocabulary = restoreVocabulary(['', '1', '2', '3', '4', '5']);
  return { items: Int32Array.from(users.flat()), offsets, vocabulary };
}

const toy = sequencesOf([
  [1, 2, 1, 2],
  [2, 3, 1],
]);

function scoresAfter(history: readonly number[], rows: readonly number[], sequences = toy): number[] {
  const scores = markov(sequences, Int32Array.from(rows)).score([Int32Array.from(history)]);
  const [own] = scores.arraySync();
  scores.dispose();
  return own!;
}

const close = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length);
  for (const [item, value] of expected.entries()) expect(actual[item]).toBeCloseTo(value, 5);
};

describe('countItemsAt', () => {
  it('counts the given rows and no others', () => {
    expect([...countItemsAt(toy, Int32Array.of(0, 1, 2, 5))]).toEqual([0, 2, 1, 1, 0, 0]);
  });

  it('refuses a row that is no event', () => {
    expect(() => countItemsAt(toy, Int32Array.of(7))).toThrow('countItemsAt: row 7 is none of 7 events');
  });
});

describe('markov', () => {
  const all = [0, 1, 2, 3, 4, 5, 6];

  it('counts what followed the last item; popularity decides the rest', () => {
    // Item 1 was followed by 2 twice, item 2 by 1 and by 3; items 1, 2 and 3 occur 3, 3 and 1 times.
    close(scoresAfter([3, 1], all), [0, 0.003, 2.003, 0.001, 0, 0]);
    close(scoresAfter([2], all), [0, 1.003, 0.003, 1.001, 0, 0]);
  });

  it('falls back on popularity without a history, and after an item never followed', () => {
    close(scoresAfter([], all), [0, 0.003, 0.003, 0.001, 0, 0]);
    close(scoresAfter([5], all), [0, 0.003, 0.003, 0.001, 0, 0]);
  });

  it('counts no pair of two users, and none with a gap between', () => {
    close(scoresAfter([2], [3, 4]), [0, 0, 0.002, 0, 0, 0]); // the last of one user and the first of the next
    close(scoresAfter([1], [0, 2]), [0, 0.002, 0, 0, 0, 0]); // event 1 lies between and is not counted
  });

  it('refuses rows that do not ascend', () => {
    expect(() => markov(toy, Int32Array.of(1, 0))).toThrow('markov: row 0 comes after row 1');
  });

  it('equals counting in plain loops', () => {
    const anyUsers = fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 8 }), { minLength: 1 });
    fc.assert(
      fc.property(
        anyUsers,
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.boolean()),
        (users, last, draws) => {
          const sequences = sequencesOf(users);
          const isTaken = Array.from(sequences.items, () => draws.next().value as boolean);
          const expected = new Array<number>(6).fill(0);
          let row = 0;
          for (const own of users) {
            for (const [at, item] of own.entries()) {
              if (isTaken[row]) expected[item]! += 0.001;
              if (at > 0 && own[at - 1] === last && isTaken[row] && isTaken[row - 1]) expected[item]! += 1;
              row += 1;
            }
          }
          const rows = [...isTaken.keys()].filter((at) => isTaken[at]);
          close(scoresAfter([last], rows, sequences), expected);
        },
      ),
    );
  });
});
