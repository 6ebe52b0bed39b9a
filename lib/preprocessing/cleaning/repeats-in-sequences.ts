import type { EventColumn } from '../events-by-user';
import type { TableSequences } from '../table-sequences';

/** What a repeat is, and the numbers that it is marked with. */
export interface RepeatMarks {
  /** Number of the rule for exact copies; 0 when they are not looked for. */
  readonly duplicate: number;
  readonly repeat: number;
  /** A view at most this long after the one before it is a part of that one; negative when they are not looked for. */
  readonly windowMs: number;
  /** Which behaviours are views, by their index. */
  readonly isView: readonly boolean[];
}

/**
 * Mark exact copies and repeated views; see `repeatRules` for what they are. Marked events are not compared, the new marks are.
 *
 * One pass over each user's events, with a hash table of the last event of each item and behaviour (open addressing, linear probing).
 *
 * @param broken marks, one an event, 0 for none: changed in place
 */
export function markRepeats(
  { offsets, items, channels }: TableSequences,
  timesMs: Float64Array,
  broken: Uint8Array,
  { duplicate, repeat, windowMs, isView }: RepeatMarks,
): void {
  const { behaviors, categories, prices, dwellMs, ratings } = channels;
  const others = [categories, prices, dwellMs, ratings].filter((channel) => channel !== undefined);
  let table = newTable(1 << 10);
  for (let user = 0; user + 1 < offsets.length; user++) {
    const [start, end] = [offsets[user]!, offsets[user + 1]!];
    if (table.places.length < 2 * (end - start)) table = newTable(2 * (end - start));
    // Entries of other users count as empty. The table is used up to a size that fits the user, so that it stays near.
    const { places, before } = table;
    const mask = powerOfTwo(2 * (end - start)) - 1;
    const isOwn = (place: number): boolean => {
      const event = places[place]!;
      return event >= start && event < end;
    };
    for (let event = start; event < end; event++) {
      if (broken[event] !== 0) continue;
      const [item, behavior] = [items[event]!, behaviors[event]!];
      let place = (Math.imul(item * 16 + behavior, 0x9e3779b1) >>> 8) & mask;
      while (isOwn(place) && !(items[places[place]!] === item && behaviors[places[place]!] === behavior)) {
        place = (place + 1) & mask;
      }
      const last = isOwn(place) ? places[place]! : -1;
      places[place] = event;
      before[event - start] = last;
      if (last < 0) continue;
      const gapMs = timesMs[event]! - timesMs[last]!;
      if (duplicate > 0 && gapMs === 0 && hasOriginal(event, start)) broken[event] = duplicate;
      else if (isView[behavior] && gapMs <= windowMs) broken[event] = repeat;
    }
  }

  /** Whether one of the events of the same item, behaviour and time before this one is equal in all else. */
  function hasOriginal(event: number, start: number): boolean {
    let other = table.before[event - start]!;
    while (other >= 0 && timesMs[other] === timesMs[event]) {
      if (others.every((channel) => isEqual(channel, event, other))) return true;
      other = table.before[other - start]!;
    }
    return false;
  }
}

/** Equal, or both missing. */
const isEqual = (channel: EventColumn, a: number, b: number): boolean => Object.is(channel[a], channel[b]);

const powerOfTwo = (least: number): number => 2 ** Math.ceil(Math.log2(least));

/** `places`: the last event of an item and a behaviour, by their hash. `before`: the one before each event of a user. */
function newTable(least: number): { readonly places: Int32Array; readonly before: Int32Array } {
  const size = powerOfTwo(least);
  return { places: new Int32Array(size).fill(-1), before: new Int32Array(size) };
}
