/** One entry an event. */
export type EventColumn = Int32Array | Uint8Array | Float32Array | Float64Array;

/**
 * Where the events of each user go when those of one user are to stand together: N + 1 positions from the N numbers of events.
 */
export function offsetsOf(numEvents: ArrayLike<number>): Int32Array {
  const offsets = new Int32Array(numEvents.length + 1);
  for (let user = 0; user < numEvents.length; user++) offsets[user + 1] = offsets[user]! + numEvents[user]!;
  return offsets;
}

/** Puts events that come in any order into columns: the second array of each pair gets what the first one has. */
export type PlaceEvents = (
  users: Int32Array,
  count: number,
  columns: readonly (readonly [from: EventColumn, into: EventColumn])[],
) => void;

/**
 * Make a function that puts events, part by part, behind those of the same user (a counting sort).
 *
 * @param offsets of the users; as many events must come as they say
 */
export function placeByUser(offsets: Int32Array): PlaceEvents {
  const next = offsets.slice(0, -1);
  let places = new Int32Array(2048);
  return (users, count, columns) => {
    if (places.length < count) places = new Int32Array(count);
    for (let event = 0; event < count; event++) places[event] = next[users[event]!]!++;
    for (const [from, into] of columns) {
      for (let event = 0; event < count; event++) into[places[event]!] = from[event]!;
    }
  };
}

/**
 * Bring each user's events into the order of time, equal times into that of their rows (a merge sort).
 *
 * @param times   `null` where there are none: then the rows alone say the order
 * @param columns all columns of the events, times and rows among them: they are changed in place
 */
export function orderWithinUsers(
  offsets: Int32Array,
  times: Float64Array | null,
  rows: Int32Array,
  columns: readonly EventColumn[],
): void {
  const isAfter = (a: number, b: number): boolean => {
    if (times !== null && times[a] !== times[b]) return times[a]! > times[b]!;
    return rows[a]! > rows[b]!;
  };
  let longest = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    longest = Math.max(longest, offsets[user + 1]! - offsets[user]!);
  }
  const [order, spare] = [new Int32Array(longest), new Int32Array(longest)];
  const moved = columns.map((column) => column.slice(0, longest));
  for (let user = 0; user + 1 < offsets.length; user++) {
    const [start, end] = [offsets[user]!, offsets[user + 1]!];
    let isSorted = true;
    for (let event = start + 1; event < end && isSorted; event++) isSorted = !isAfter(event - 1, event);
    if (isSorted) continue;
    const sorted = mergeSort(start, end, isAfter, order, spare);
    for (const [index, column] of columns.entries()) permute(column, start, end, sorted, moved[index]!);
  }
}

/** Sort the numbers from `start` to `end` - 1, stably. @returns one of the two arrays, which are overwritten */
function mergeSort(
  start: number,
  end: number,
  isAfter: (a: number, b: number) => boolean,
  order: Int32Array,
  spare: Int32Array,
): Int32Array {
  const count = end - start;
  for (let place = 0; place < count; place++) order[place] = start + place;
  let [from, into] = [order, spare];
  for (let width = 1; width < count; width *= 2) {
    for (let low = 0; low < count; low += 2 * width) {
      const middle = Math.min(low + width, count);
      const high = Math.min(middle + width, count);
      let [left, right] = [low, middle];
      for (let place = low; place < high; place++) {
        const takesRight = left >= middle || (right < high && isAfter(from[left]!, from[right]!));
        into[place] = takesRight ? from[right++]! : from[left++]!;
      }
    }
    [from, into] = [into, from];
  }
  return from;
}

function permute(
  column: EventColumn,
  start: number,
  end: number,
  order: Int32Array,
  moved: EventColumn,
): void {
  for (let event = start; event < end; event++) moved[event - start] = column[order[event - start]!]!;
  for (let event = start; event < end; event++) column[event] = moved[event - start]!;
}

/** Rows that stand behind a later event of the same user in the file: those with a smaller row after them in time. */
export function countOutOfOrder(offsets: Int32Array, rows: Int32Array): number {
  let count = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    let least = Infinity;
    for (let at = offsets[user + 1]! - 1; at >= offsets[user]!; at--) {
      if (rows[at]! > least) count += 1;
      else least = rows[at]!;
    }
  }
  return count;
}
