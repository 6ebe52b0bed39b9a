import type { TableSequences } from '../table-sequences';

/** Mark all events of users with more than `most` events within any 60 seconds. Marked events do not count. */
export function markBursts(
  offsets: Int32Array,
  timesMs: Float64Array,
  broken: Uint8Array,
  { rule, most }: { readonly rule: number; readonly most: number },
): void {
  const recent = new Float64Array(most);
  for (let user = 0; user + 1 < offsets.length; user++) {
    const [start, end] = [offsets[user]!, offsets[user + 1]!];
    let [count, isTooFast] = [0, false];
    for (let event = start; event < end && !isTooFast; event++) {
      if (broken[event] !== 0) continue;
      const place = count % most;
      isTooFast = count >= most && timesMs[event]! - recent[place]! < 60_000;
      recent[place] = timesMs[event]!;
      count += 1;
    }
    if (isTooFast) markRest(broken, start, end, rule);
  }
}

/** The fewest events a user and an item must have; 0 asks for nothing. */
export interface CoreMarks {
  readonly perUser: number;
  readonly userRule: number;
  readonly perItem: number;
  readonly itemRule: number;
}

/**
 * Mark what is outside the k-core: see `findOutsideCore`. Marked events do not count.
 *
 * Items lose what a user takes along who goes; users are counted anew as long as items go.
 */
export function markOutsideCore(
  { offsets, items, vocabulary }: TableSequences,
  broken: Uint8Array,
  { perUser, userRule, perItem, itemRule }: CoreMarks,
): void {
  const numUsers = offsets.length - 1;
  const ofItem = new Int32Array(vocabulary.itemIds.length);
  for (let event = 0; event < items.length; event++) if (broken[event] === 0) ofItem[items[event]!]! += 1;
  const [isUserGone, isItemGone] = [new Uint8Array(numUsers), new Uint8Array(ofItem.length)];
  const counts = (event: number): boolean => broken[event] === 0 && isItemGone[items[event]!] === 0;

  for (let changes = 1; changes > 0;) {
    changes = 0;
    for (let item = 1; item < ofItem.length; item++) if (ofItem[item]! < perItem) isItemGone[item] = 1;
    for (let user = 0; user < numUsers; user++) {
      if (isUserGone[user] === 1) continue;
      let own = 0;
      for (let event = offsets[user]!; event < offsets[user + 1]!; event++) if (counts(event)) own += 1;
      if (own >= perUser) continue;
      isUserGone[user] = 1;
      changes += 1;
      for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
        if (counts(event)) ofItem[items[event]!]! -= 1;
      }
    }
  }
  for (let user = 0; user < numUsers; user++) {
    const [start, end] = [offsets[user]!, offsets[user + 1]!];
    for (let event = start; event < end; event++) {
      if (broken[event] === 0 && isItemGone[items[event]!] === 1) broken[event] = itemRule;
    }
    if (isUserGone[user] === 1) markRest(broken, start, end, userRule);
  }
}

/** Mark those events of a user that are not marked. */
function markRest(broken: Uint8Array, start: number, end: number, rule: number): void {
  for (let event = start; event < end; event++) if (broken[event] === 0) broken[event] = rule;
}
