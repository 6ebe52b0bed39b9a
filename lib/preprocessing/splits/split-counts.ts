import type { Sequences } from '../sequences';
import { partRange, splitParts, type Split, type SplitPart } from './split';

/** What a split holds. The events of all parts together are the events of the sequences. */
export interface SplitCounts {
  readonly events: Readonly<Record<SplitPart, number>>;
  /** Users with at least one event in a part; one user may count in several. */
  readonly users: Readonly<Record<SplitPart, number>>;
  /** Users who are evaluated and have no event in training: the model meets them for the first time. */
  readonly evaluatedWithoutTraining: number;
  /** Users who are evaluated and of whom nothing at all is known before their first held-out event. */
  readonly evaluatedWithoutHistory: number;
  /** Distinct items of validation and test that training does not have: no model that only knows its training can name them. */
  readonly itemsOnlyHeldOut: number;
  /** Events of validation and test with such an item. */
  readonly eventsOfItemsOnlyHeldOut: number;
}

/** Count what a split holds: nothing is parted unseen. */
export function countSplit(sequences: Pick<Sequences, 'offsets' | 'items'>, split: Split): SplitCounts {
  const { offsets, items } = sequences;
  const zeros = (): Record<SplitPart, number> => ({
    training: 0,
    'fold-in': 0,
    validation: 0,
    test: 0,
    unused: 0,
  });
  const [events, users] = [zeros(), zeros()];
  let [evaluatedWithoutTraining, evaluatedWithoutHistory] = [0, 0];
  const inTraining = new Set<number>();
  for (let user = 0; user + 1 < offsets.length; user++) {
    const own = zeros();
    own.unused = offsets[user + 1]! - offsets[user]!;
    for (const part of splitParts) {
      if (part === 'unused') continue;
      const [start, end] = partRange(split, user, part);
      own[part] = end - start;
      own.unused -= own[part];
    }
    for (const part of splitParts) {
      events[part] += own[part];
      users[part] += Number(own[part] > 0);
    }
    const isEvaluated = own.validation + own.test > 0;
    if (isEvaluated && own.training === 0) evaluatedWithoutTraining += 1;
    if (isEvaluated && own.training + own['fold-in'] === 0) evaluatedWithoutHistory += 1;
    const [start, end] = partRange(split, user, 'training');
    for (let event = start; event < end; event++) inTraining.add(items[event]!);
  }
  const onlyHeldOut = new Set<number>();
  let eventsOfItemsOnlyHeldOut = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let event = split.foldInEnds[user]!; event < split.testEnds[user]!; event++) {
      if (inTraining.has(items[event]!)) continue;
      onlyHeldOut.add(items[event]!);
      eventsOfItemsOnlyHeldOut += 1;
    }
  }
  return {
    events,
    users,
    evaluatedWithoutTraining,
    evaluatedWithoutHistory,
    itemsOnlyHeldOut: onlyHeldOut.size,
    eventsOfItemsOnlyHeldOut,
  };
}
