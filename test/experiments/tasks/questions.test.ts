import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityFeatures } from '../../../lib/experiments/tasks/activity-features';
import { purchaseTask } from '../../../lib/experiments/tasks/purchase-task';
import { purchaseSummaries, summaryFeatures } from '../../../lib/experiments/tasks/purchase-summaries';
import { purchaseLog } from '../../../lib/experiments/tasks/purchase-log';
import { searchTask } from '../../../lib/experiments/tasks/search-task';
import { valueWord, valueWords, wordHistories } from '../../../lib/experiments/tasks/event-words';
import { openDatabase } from '../../../lib/data/tables/database';
import { tableOfLog } from '../../../lib/data/tables/table-of-log';
import { toyLog } from '../../preprocessing/toy-log';

const day = 86_400_000;
const buys = (price = 10) => ({ behavior: 'purchase' as const, price });

describe('the question who will buy', () => {
  const moment = { cutMs: 30 * day, horizonDays: 7, activeDays: 10 };

  it('is answered by purchases within the horizon alone', () => {
    const {
      before,
      userIds,
      buys: answers,
    } = purchaseTask(
      toyLog([
        ['buyer', 'x', 29 * day],
        ['looker', 'x', 21 * day],
        ['late', 'x', 29 * day],
        ['gone', 'x', 19 * day, buys()],
        ['buyer', 'x', 30 * day, buys()],
        ['looker', 'y', 31 * day],
        ['gone', 'x', 31 * day, buys()],
        ['late', 'x', 37 * day, buys()],
      ]),
      moment,
    );
    expect(userIds).toEqual(['buyer', 'looker', 'late']);
    expect(Array.from(answers)).toEqual([1, 0, 0]);
    expect(before.events.map(({ userId }) => userId)).toEqual(['buyer', 'looker', 'late']);
  });

  it('is refused where the log ends before the horizon, or nobody is there', () => {
    expect(() => purchaseTask(toyLog([['a', 'x', 29 * day]]), moment)).toThrow(
      'purchaseTask: the log ends before the horizon does',
    );
    expect(() => purchaseTask(toyLog([['a', 'x', 40 * day]]), moment)).toThrow('no user is active');
  });
});

describe('purchases summed up', () => {
  const log = toyLog([
    ['once', null, 3 * day, buys(5)],
    ['twice', null, 10 * day, buys(20)],
    ['twice', null, 24 * day, buys(40)],
    ['twice', null, 24 * day + 5000, buys(30)],
    ['twice', 'x', 29 * day],
  ]);

  it('counts days after the first, recency from it, and age to the last day read', () => {
    const of = purchaseSummaries(log, 31 * day);
    expect(of.userIds).toEqual(['once', 'twice']);
    expect(Array.from(of.repeats)).toEqual([0, 1]);
    expect(Array.from(of.recency)).toEqual([0, 2]);
    expect(Array.from(of.age)).toEqual([27 / 7, 20 / 7]);
    expect(Array.from(of.meanSpent)).toEqual([5, 45]);
    expect(Array.from(summaryFeatures(of).values)).toEqual(
      Array.from(Float32Array.of(27 / 7, 0, 27 / 7, Math.log(6), 6 / 7, Math.log(2), 20 / 7, Math.log(46))),
    );
  });

  it('refuses the future, and users without a purchase', () => {
    expect(() => purchaseSummaries(log, 24 * day)).toThrow('not before');
    expect(() => purchaseSummaries(log, 31 * day, ['nobody'])).toThrow('nobody has no purchase');
  });

  it('reads a table a day at a time, with what was spent', async () => {
    const database = await openDatabase({ threads: 1 });
    const { events } = await purchaseLog(await tableOfLog(database, log));
    database.close();
    expect(events.map(({ userId, timeMs, price }) => [userId, timeMs, price])).toEqual([
      ['once', 3 * day, 5],
      ['twice', 10 * day, 20],
      ['twice', 24 * day, 70],
    ]);
  });
});

describe('features by hand', () => {
  const log = toyLog([
    ['a', 'x', 2 * day],
    ['a', 'x', 3 * day, buys()],
    ['a', 'x', 20 * day, { behavior: 'browse' }],
    ['b', 'x', 21 * day],
    ['c', 'x', null],
  ]);

  it('are counted on fingers', () => {
    const of = activityFeatures(log, ['b', 'a'], 22 * day);
    const expected = [
      [1, 90, Math.log(2), 0, Math.log(2), Math.log(2), 1],
      [2, 19, Math.log(4), Math.log(2), Math.log(2), Math.log(2), 20],
    ];
    expect(Array.from(of.values)).toEqual(Array.from(Float32Array.from(expected.flat())));
  });

  it('refuse the future, and users of whom nothing is known', () => {
    expect(() => activityFeatures(log, ['a'], 20 * day)).toThrow('not before the moment');
    expect(() => activityFeatures(log, ['c'], 22 * day)).toThrow('c has no event');
  });
});

describe('histories in words', () => {
  const edges = [10, 20];

  it('names ranges, an edge belonging to the upper one', () => {
    expect(valueWords(edges)).toEqual(['spends below 10', 'spends 10 to 20', 'spends 20 and more']);
    expect(
      [0, 9.99, 10, 19, 20, 1e9].map((value) => valueWords(edges).indexOf(valueWord(value, edges))),
    ).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('tells what was done and how long nothing was, the silence until the moment last', () => {
    const log = toyLog([
      ['a', null, 1 * day, buys(5)],
      ['b', 'x', 2 * day],
      ['a', null, 10 * day, buys(20)],
    ]);
    const words = {
      wordOf: ({ behavior, price }: { behavior: string; price?: number | null }) =>
        behavior === 'purchase' ? valueWord(price!, edges) : null,
      words: valueWords(edges),
      edgesDays: [2, 7],
    };
    const { histories, sequences } = wordHistories(log, ['b', 'a'], words, 14 * day);
    const told = histories.map((own) => Array.from(own, (word) => sequences.vocabulary.itemIds[word]));
    expect(told).toEqual([
      [],
      ['spends below 10', 'pause of 7 days and more', 'spends 20 and more', 'pause of 2 to 7 days'],
    ]);
    // The numbers of words do not hang on who bought what.
    const later = wordHistories({ ...log, events: log.events.slice(2) }, ['a'], words, 14 * day);
    expect(later.sequences.vocabulary.itemIds).toEqual(sequences.vocabulary.itemIds);
    expect(() => wordHistories(log, ['a'], { ...words, words: ['other'] }, 14 * day)).toThrow(
      'none of those given',
    );
  });
});

describe('the question what a search leads to', () => {
  const searches = { behavior: 'search' as const, query: 'tea' };
  const sees = { behavior: 'browse' as const };
  const span = { fromMs: 0, untilMs: 1e12 };

  it('is answered by the first click of the visit', () => {
    const { questions, withoutClick } = searchTask(
      toyLog([
        ['u', null, 1000, searches],
        ['u', 'seen', 2000, sees],
        ['u', 'clicked', 3000],
        ['u', 'second', 4000],
        ['u', null, 5000, { ...searches, query: 'kite' }],
        ['u', null, 6000, searches],
        ['u', 'too late', 6000 + 1_800_001],
        ['v', 'other', 1500],
      ]),
      span,
    );
    expect(questions).toEqual([
      { userId: 'u', query: 'tea', timeMs: 1000, shown: 'seen', clicked: 'clicked' },
    ]);
    expect(withoutClick).toBe(2);
  });

  it('ends a visit with its session, and asks within the time alone', () => {
    const log = toyLog([
      ['u', null, 1000, { ...searches, sessionId: 'one' }],
      ['u', 'x', 1001, { sessionId: 'two' }],
      ['u', null, 2000, { ...searches, sessionId: 'two' }],
      ['u', 'y', 2001, { sessionId: 'two' }],
    ]);
    expect(searchTask(log, span)).toMatchObject({
      questions: [{ timeMs: 2000, clicked: 'y' }],
      withoutClick: 1,
    });
    expect(() => searchTask(log, { fromMs: 0, untilMs: 2000 })).toThrow('no search with a click');
  });

  it('never gives an answer from before the search', () => {
    const event = fc.record({
      at: fc.integer({ min: 0, max: 5000 }),
      kind: fc.constantFrom('search', 'click', 'browse'),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), (events) => {
        const log = toyLog([
          ['u', null, 6000, searches],
          ['u', 'last', 6001],
          ...events.map(
            ({ at, kind }, place) =>
              [
                'u',
                kind === 'search' ? null : `${at} ${place}`,
                at,
                kind === 'search' ? searches : { behavior: kind as 'click' },
              ] as const,
          ),
        ]);
        for (const { timeMs, clicked } of searchTask(log, span).questions) {
          if (clicked !== 'last') expect(Number(clicked.split(' ')[0])).toBeGreaterThanOrEqual(timeMs);
        }
      }),
    );
  });
});
