import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/base/errors';
import { generateShopSample } from '../../../lib/data/shop/log';
import { wilsonInterval } from '../../../lib/evaluation/proportion-interval';
import { funnel, groupFunnels, shopFunnel, type Journey } from '../../../lib/experiments/groups/funnel';
import { journeysOf } from '../../../lib/experiments/groups/journeys';

/** 'b1 c1 p1': browse, cart and purchase of item 1. */
const words: Readonly<Record<string, string>> = {
  b: 'browse',
  k: 'click',
  c: 'cart',
  p: 'purchase',
  s: 'search',
};
const journey = (user: number, text: string): Journey => ({
  user,
  steps: text.split(' ').map((step) => ({ behavior: words[step[0]!]!, itemId: step.slice(1) || null })),
});
const reachedBy = (journeys: readonly Journey[], sameItem = false): number[] =>
  funnel(journeys, shopFunnel, { sameItem }).map(({ reached }) => reached);

/** Stages reached, by trying every choice of events. */
function byEveryChoice(steps: Journey['steps'], sameItem: boolean): number {
  const tryFrom = (at: number, stage: number, item: string | null | undefined): number => {
    let best = stage;
    for (let place = at; place < steps.length && stage < shopFunnel.length; place++) {
      const { behavior, itemId } = steps[place]!;
      if (!shopFunnel[stage]!.behaviors.includes(behavior)) continue;
      if (sameItem && (itemId === null || (stage > 0 && itemId !== item))) continue;
      best = Math.max(best, tryFrom(place + 1, stage + 1, itemId));
    }
    return best;
  };
  return tryFrom(0, 0, null);
}

describe('the funnel', () => {
  const journeys = [
    journey(0, 'b1 s c1 p1'), // all the way, with a search between
    journey(0, 'b1 p1'), // no cart: the purchase is out of order
    journey(1, 'c1 b1 p1'), // the cart came first
    journey(2, 'k1 c2'), // another item
    journey(3, 's'),
  ];

  it('counts a stage only after those before it, and says what came in another order', () => {
    const steps = funnel(journeys);
    expect(steps.map(({ name, reached, users, outOfOrder }) => [name, reached, users, outOfOrder])).toEqual([
      ['browse', 4, 3, 0],
      ['cart', 2, 2, 1],
      ['purchase', 1, 1, 2],
    ]);
    expect(steps[1]!.ofAll).toMatchObject({ share: 2 / 5, cases: 5 });
    expect(steps[1]!.ofPrevious).toMatchObject({ share: 2 / 4, cases: 4 });
    expect(reachedBy(journeys, true)).toEqual([4, 1, 1]);
  });

  it("has Wilson's intervals with one journey a user, and wider ones where users are alike", () => {
    const each = Array.from({ length: 50 }, (_, user) => journey(user, user < 20 ? 'b1 c1 p1' : 'b1'));
    const { low, high } = wilsonInterval({ successes: 20, cases: 50 });
    const [, cart] = funnel(each);
    expect(cart!.ofAll.low).toBeCloseTo(low, 9);
    expect(cart!.ofAll.high).toBeCloseTo(high, 9);
    const five = each.map((own, place) => ({ ...own, user: Math.floor(place / 5) }));
    expect(funnel(five)[1]!.ofAll.effectiveCases).toBeLessThan(12);
  });

  it('reaches as far as any choice of events does', () => {
    const step = fc.record({
      behavior: fc.constantFrom('browse', 'cart', 'purchase', 'search'),
      itemId: fc.constantFrom('1', '2', null),
    });
    const seen = [journey(0, 'b1 c1 p1')]; // so that every stage occurs
    fc.assert(
      fc.property(fc.array(step, { maxLength: 9 }), fc.boolean(), (steps, sameItem) => {
        const depth = byEveryChoice(steps, sameItem);
        const reached = reachedBy([...seen, { user: 1, steps }], sameItem);
        expect(reached).toEqual([0, 1, 2].map((stage) => 1 + Number(depth > stage)));
      }),
    );
  });

  it('is counted group by group, by the label of the user', () => {
    const [first, second, third] = groupFunnels(journeys, [0, 0, 1, -1], 3);
    expect(first!.map(({ reached }) => reached)).toEqual([3, 1, 1]);
    expect(second!.map(({ reached }) => reached)).toEqual([1, 1, 0]);
    expect(second![2]!.ofPrevious!.share).toBe(0);
    expect(third).toEqual([]);
    expect(() => groupFunnels(journeys, [0, 0, 3, 0], 3)).toThrow('user 2 has the label 3');
    expect(() => groupFunnels(journeys, [0], 3)).toThrow('user 1 has the label undefined');
  });

  it('refuses a log that cannot tell of it, with the remedy', () => {
    const rated = [{ user: 0, steps: [{ behavior: 'rate', itemId: '1' }] }];
    expect(() => funnel(rated)).toThrow(InputError);
    expect(() => funnel(rated)).toThrow(/has one: rate\. Read the column of behaviours/);
    expect(() => funnel([journey(0, 'b1 p1')])).toThrow(/'cart' \(cart\); the log has browse, purchase/);
    expect(() => funnel([])).toThrow('no journeys');
    expect(() => funnel(journeys, [])).toThrow('at least');
    expect(() => funnel(journeys, [shopFunnel[0]!, shopFunnel[0]!])).toThrow('different names');
  });
});

describe('journeys', () => {
  const { log } = generateShopSample();

  it('hold every event of the log that has a time, in order', () => {
    const visits = journeysOf(log, 'visit');
    const users = journeysOf(log, 'user');
    const count = (of: typeof visits): number =>
      of.journeys.reduce((sum, { steps }) => sum + steps.length, 0);
    expect(count(visits) + visits.withoutTime).toBe(log.events.length);
    expect(count(users)).toBe(count(visits));
    expect(users.journeys.length).toBe(users.userIds.length);
    const pauses = visits.journeys.flatMap(({ steps }) =>
      steps.slice(1).map(({ timeMs }, place) => timeMs! - steps[place]!.timeMs!),
    );
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30 * 60_000);
    const strangers = visits.journeys.flatMap(({ user, steps }) =>
      steps.filter(({ userId }) => userId !== visits.userIds[user]),
    );
    expect(strangers).toEqual([]);
  });

  it('are cut after a longer pause than the gap, not after one as long', () => {
    const event = { ...log.events[0]!, userId: 'u' };
    const events = [0, 10, 21].map((timeMs) => ({ ...event, timeMs }));
    const cut = journeysOf({ events, hasTimes: true }, 'visit', { gapMs: 10 });
    expect(cut.journeys.map(({ steps }) => steps.length)).toEqual([2, 1]);
    expect(() => journeysOf({ events, hasTimes: false }, 'visit')).toThrow("ask for 'user'");
    expect(() => journeysOf({ events, hasTimes: true }, 'visit', { gapMs: 0 })).toThrow('above 0');
  });
});
