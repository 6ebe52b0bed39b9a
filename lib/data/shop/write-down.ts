import type { Rng } from '../../base/random';
import type { UserEvent } from '../event';
import { plantRowAnomalies, type PlantedAnomalies } from './anomalies';
import { dwellLevel } from './dwell';
import type { ShopExposure } from './exposures';
import type { ShopItems } from './items';
import { toUserEvent, type MadeEvent } from './made-event';
import { isMissing } from './missing-values';
import type { ShopLogOptions } from './options';
import { priceLevel } from './prices';
import type { PlantedGaps } from './truth';

/** What stands in the log, and at which positions what was planted. */
export interface WrittenDown {
  readonly events: UserEvent[];
  readonly exposures: ShopExposure[];
  readonly anomalies: Omit<PlantedAnomalies, 'bots'>;
  readonly bursts: Map<string, number[]>;
  readonly missing: PlantedGaps;
}

/**
 * Put made events into the order of time, take out what is to be missing, spoil rows, and note where everything ended up.
 *
 * Events of the same ms keep the order they come in.
 */
export function writeDown(
  made: MadeEvent[],
  { details, dwell, missing, anomalies }: ShopLogOptions,
  { items }: ShopItems,
  rng: Rng,
): WrittenDown {
  made.sort((a, b) => a.timeMs - b.timeMs);
  const categoryOf = (itemId: string): string => items.get(itemId)!.categories[0]!;
  const gapRng = { price: rng.child('missing price'), dwell: rng.child('missing dwell') };
  const lacks = made.map(({ itemId, price, dwellMs }) => ({
    price:
      missing !== null &&
      price !== null &&
      isMissing(missing.price, priceLevel(items.get(itemId!)!), gapRng.price),
    dwell:
      missing !== null &&
      dwell !== null &&
      dwellMs !== null &&
      isMissing(missing.dwell, dwellLevel(dwellMs, dwell[categoryOf(itemId!)]!), gapRng.dwell),
  }));
  const columns = { details, dwell: dwell !== null };
  const rows = made.map((event, at) => toUserEvent(event, categoryOf, columns, lacks[at]!));
  const { events, origins, planted } = plantRowAnomalies(rows, anomalies, rng.child('anomalies'));

  const exposures: ShopExposure[] = [];
  const bursts = new Map<string, number[]>();
  const gaps = { dwell: new Map<number, number>(), price: new Map<number, number>() };
  origins.forEach((origin, at) => {
    const { exposure, isBurst, userId, price, dwellMs } = made[origin]!;
    if (lacks[origin]!.price) gaps.price.set(at, price!);
    if (lacks[origin]!.dwell) gaps.dwell.set(at, dwellMs!);
    // A copy stands right behind its original and is no exposure or click of its own.
    if (origin === origins[at - 1]) return;
    if (exposure !== null) {
      exposure.event = at;
      exposures.push(exposure);
    }
    if (isBurst) {
      const own = bursts.get(userId);
      if (own) own.push(at);
      else bursts.set(userId, [at]);
    }
  });
  return { events, exposures, anomalies: planted, bursts, missing: gaps };
}
