import fc from 'fast-check';
import { expect } from 'vitest';
import type { Feature } from '../../../lib/preprocessing/features/feature';
import { anyUsers, columnsOf, type TimedColumns } from '../any-columns';

/**
 * What comes later must not change what was: features of the first events of each history, with and without the rest.
 *
 * The rest starts anywhere, so every event is the last one at times.
 */
export function expectCausal(make: (columns: TimedColumns) => readonly Feature[]): void {
  fc.assert(
    fc.property(anyUsers, fc.infiniteStream(fc.nat(12)), (users, lengths) => {
      const known = users.map((events) => events.slice(0, lengths.next().value as number));
      const [short, long] = [columnsOf(...known), columnsOf(...users)];
      const [before, after] = [make(short), make(long)];
      for (const [place, feature] of before.entries()) {
        for (const [user, events] of known.entries()) {
          const [start, longStart] = [short.offsets[user]!, long.offsets[user]!];
          expect([...after[place]!.values.subarray(longStart, longStart + events.length)]).toEqual([
            ...feature.values.subarray(start, start + events.length),
          ]);
        }
      }
    }),
  );
}
