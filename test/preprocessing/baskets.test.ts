import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../lib/data/tables/database';
import { tableOfLog } from '../../lib/data/tables/table-of-log';
import { basketsOfTable } from '../../lib/preprocessing/baskets';
import { toyLog } from './toy-log';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const day = 86_400_000;

describe('baskets', () => {
  it('are the days of users where nobody names sessions; a repeated item counts once', async () => {
    const buys = { behavior: 'purchase' } as const;
    const table = await tableOfLog(
      database,
      toyLog([
        ['u', 'tea', day, buys],
        ['v', 'milk', day, buys],
        ['u', 'milk', day + 5, buys],
        ['u', 'tea', day + 9, buys],
        ['u', 'salt', 2 * day, buys],
        ['u', 'rum', 2 * day, { behavior: 'click' }],
      ]),
    );
    expect(await basketsOfTable(table)).toEqual({
      baskets: [['milk', 'tea'], ['milk'], ['salt']],
      userIds: ['u', 'v', 'u'],
    });
    const nameOf = (itemId: string): string | undefined => (itemId === 'salt' ? undefined : 'drink');
    expect(await basketsOfTable(table, { nameOf, behaviors: ['purchase', 'click'] })).toEqual({
      baskets: [['drink'], ['drink'], ['drink']],
      userIds: ['u', 'v', 'u'],
    });
    await expect(basketsOfTable(table, { behaviors: ['cart'] })).rejects.toThrow('no event is one of cart');
  });

  it('are sessions where they are named, and refused where nothing says what belongs together', async () => {
    const inSession = (sessionId: string) => ({ behavior: 'purchase', sessionId }) as const;
    const sessions = await tableOfLog(
      database,
      toyLog([
        ['u', 'a', 1, inSession('1')],
        ['u', 'b', 2, inSession('2')],
        ['u', 'c', 3, inSession('1')],
      ]),
    );
    expect((await basketsOfTable(sessions)).baskets).toEqual([['a', 'c'], ['b']]);
    const timeless = await tableOfLog(database, toyLog([['u', 'a', null, { behavior: 'purchase' }]]));
    await expect(basketsOfTable(timeless)).rejects.toThrow('neither sessions nor times');
  });
});
