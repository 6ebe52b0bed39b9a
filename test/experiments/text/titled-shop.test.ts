import { describe, expect, it } from 'vitest';
import { findData } from '../../../lib/data/find-data';
import {
  loadOnlineRetail,
  madeUpTitledShop,
  type TitledShop,
} from '../../../lib/experiments/text/titled-shop';

const hasOnlineRetail = findData(['online-retail-uci/online_retail.csv.gz']) !== null;

/** What holds for every titled shop. */
function expectFirstsOnly({ sequences }: TitledShop, atLeast: number): void {
  const { offsets, items, timesMs, vocabulary, itemInfo, channels } = sequences;
  const customersOf = new Map<number, number>();
  const faults = { 'too few': 0, 'an item twice': 0, 'out of order': 0 };
  for (const [user, start] of offsets.subarray(0, -1).entries()) {
    const own = items.subarray(start, offsets[user + 1]);
    faults['too few'] += Number(own.length < atLeast);
    faults['an item twice'] += own.length - new Set(own).size;
    for (const item of own) customersOf.set(item, (customersOf.get(item) ?? 0) + 1);
    for (let at = start + 1; at < offsets[user + 1]!; at++) {
      faults['out of order'] += Number(timesMs![at]! < timesMs![at - 1]!);
    }
  }
  expect(faults).toEqual({ 'too few': 0, 'an item twice': 0, 'out of order': 0 });
  expect(customersOf.size).toBe(vocabulary.itemIds.length - 1);
  expect(Math.min(...customersOf.values())).toBeGreaterThanOrEqual(atLeast);
  expect(vocabulary.itemIds.slice(1).filter((id) => !itemInfo!.get(id)?.title)).toEqual([]);
  expect(channels.prices!.length).toBe(items.length);
}

describe('a shop with titles', () => {
  it('made up: the first click on each item, five of each at least', async () => {
    const shop = await madeUpTitledShop(60, 2);
    expect(shop.name).toBe('made-up shop');
    expectFirstsOnly(shop, 5);
    expect(shop.leftOut.find(({ reason }) => reason === 'the same item again')!.rows).toBeGreaterThan(0);
    const latest = await madeUpTitledShop(60, 2, 3);
    expectFirstsOnly(latest, 1);
    const last = (
      { sequences: { userIds, offsets, items, vocabulary } }: TitledShop,
      id: string,
    ): string[] => {
      const user = userIds.indexOf(id);
      return Array.from(
        items.subarray(offsets[user], offsets[user + 1]),
        (item) => vocabulary.itemIds[item]!,
      );
    };
    for (const id of shop.sequences.userIds) expect(last(latest, id)).toEqual(last(shop, id).slice(-3));
    const rows = ({ sequences, leftOut }: TitledShop): number =>
      sequences.items.length + leftOut.reduce((sum, { rows }) => sum + rows, 0);
    expect(rows(latest)).toBe(rows(shop));
    await expect(madeUpTitledShop(60, 2, 0)).rejects.toThrow('latest must be a whole number from 1, got 0');
  }, 20_000);

  it.runIf(hasOnlineRetail)(
    'Online Retail (skipped where it is not there): every row is accounted for, no postage',
    async () => {
      const whole = (await loadOnlineRetail())!;
      expectFirstsOnly(whole, 5);
      const { sequences, leftOut } = whole;
      const rows = sequences.items.length + leftOut.reduce((sum, { rows }) => sum + rows, 0);
      expect(rows).toBe(541_909);
      // Counted with Python from the CSV: lines with a customer that are no cancellation, by StockCode.
      expect(leftOut.find(({ reason }) => reason === 'no product')!.rows).toBe(1633);
      expect([
        sequences.userIds.length,
        sequences.vocabulary.itemIds.length - 1,
        sequences.items.length,
      ]).toEqual([4074, 3144, 264456]);
      expect(sequences.vocabulary.indexOf('POST')).toBe(0);
      const countries = sequences.userIds.map((id) => sequences.userInfo!.get(id)!.profile['country']);
      expect(countries.filter((country) => country !== 'United Kingdom').length).toBe(399);
    },
    60_000,
  );
});
