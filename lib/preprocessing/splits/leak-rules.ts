import { partBits, type EventParts } from './event-parts';
import type { SplitColumns, SplitMethod } from './split';

/** Ways in which what is predicted can get into what is learned from. */
export type LeakKind =
  | 'event-in-two-parts'
  | 'event-in-no-part'
  | 'training-after-held-out'
  | 'fold-in-after-held-out'
  | 'validation-after-test'
  | 'training-after-cut'
  | 'validation-after-cut'
  | 'user-on-both-sides'
  | 'fitted-on-other-rows'
  | 'tested-twice'
  | 'never-tested';

/** One thing that no split, or none of some methods, may do. */
export interface LeakRule {
  readonly kind: LeakKind;
  /** What is wrong, in a sentence. */
  readonly message: string;
  /** Methods that promise it; all when absent. */
  readonly methods?: readonly SplitMethod[];
  /** The events that break the rule, or users for `user-on-both-sides`; ascending. */
  readonly broken: (columns: SplitColumns, parts: EventParts) => number[];
}

const heldOut = partBits.validation | partBits.test;

/** The rules of `checkLeaks`, in the order of its findings. */
export const leakRules: readonly LeakRule[] = [
  {
    kind: 'event-in-two-parts',
    message: 'events are in two parts',
    // A number with one bit has none in common with its predecessor.
    broken: (_, { bits }) => eventsWhere(bits, (own) => (own & (own - 1)) !== 0),
  },
  {
    kind: 'event-in-no-part',
    message: 'events are in no part',
    broken: (_, { bits }) => eventsWhere(bits, (own) => own === 0),
  },
  {
    kind: 'training-after-held-out',
    message: 'training events come after a held-out event of the same user',
    broken: (columns, { bits }) => eventsAfter(columns, bits, partBits.training, heldOut),
  },
  {
    kind: 'fold-in-after-held-out',
    message: 'fold-in events come after a held-out event of the same user',
    broken: (columns, { bits }) => eventsAfter(columns, bits, partBits['fold-in'], heldOut),
  },
  {
    kind: 'validation-after-test',
    message: 'validation events come after a test event of the same user',
    broken: (columns, { bits }) => eventsAfter(columns, bits, partBits.validation, partBits.test),
  },
  {
    kind: 'training-after-cut',
    message: 'training events are not before everything that is held out, whoever did it',
    methods: ['time', 'rolling-time'],
    broken: (columns, { bits, cuts }) =>
      eventsFrom(columns, bits, { of: partBits.training, notBefore: heldOut, cutMs: cuts?.validationFromMs }),
  },
  {
    kind: 'validation-after-cut',
    message: 'validation events are not before the whole test, whoever did it',
    methods: ['time', 'rolling-time'],
    broken: (columns, { bits, cuts }) =>
      eventsFrom(columns, bits, {
        of: partBits.validation,
        notBefore: partBits.test,
        cutMs: cuts?.testFromMs,
      }),
  },
  {
    kind: 'user-on-both-sides',
    message: 'users have events of two of training, validation and test',
    methods: ['user', 'k-fold'],
    broken: usersOnBothSides,
  },
];

function eventsWhere(bits: Uint8Array, holds: (own: number) => boolean): number[] {
  const events: number[] = [];
  for (let event = 0; event < bits.length; event++) if (holds(bits[event]!)) events.push(event);
  return events;
}

/** Events of one part that come after an event of another, of the same user: by position, or by time where times disagree. */
function eventsAfter(
  { offsets, timesMs }: SplitColumns,
  bits: Uint8Array,
  late: number,
  early: number,
): number[] {
  const events: number[] = [];
  for (let user = 0; user + 1 < offsets.length; user++) {
    const [start, end] = [offsets[user]!, offsets[user + 1]!];
    let earliestMs = Infinity;
    for (let event = start; timesMs !== null && event < end; event++) {
      if ((bits[event]! & early) !== 0) earliestMs = Math.min(earliestMs, timesMs[event]!);
    }
    let isAfter = false;
    for (let event = start; event < end; event++) {
      const isLater = timesMs !== null && timesMs[event]! > earliestMs;
      if ((bits[event]! & late) !== 0 && (isAfter || isLater)) events.push(event);
      if ((bits[event]! & early) !== 0) isAfter = true;
    }
  }
  return events;
}

/** Events of one part at or after the cut, or at or after the earliest event of another part: whichever is first. */
function eventsFrom(
  { timesMs }: SplitColumns,
  bits: Uint8Array,
  {
    of,
    notBefore,
    cutMs = Infinity,
  }: { readonly of: number; readonly notBefore: number; readonly cutMs: number | undefined },
): number[] {
  if (timesMs === null) throw new RangeError('checkLeaks: a split by time of sequences without times');
  let fromMs = cutMs;
  for (let event = 0; event < bits.length; event++) {
    if ((bits[event]! & notBefore) !== 0) fromMs = Math.min(fromMs, timesMs[event]!);
  }
  const events: number[] = [];
  for (let event = 0; event < bits.length; event++) {
    if ((bits[event]! & of) !== 0 && timesMs[event]! >= fromMs) events.push(event);
  }
  return events;
}

function usersOnBothSides({ offsets }: SplitColumns, { bits }: EventParts): number[] {
  const users: number[] = [];
  for (let user = 0; user + 1 < offsets.length; user++) {
    let all = 0;
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) all |= bits[event]!;
    const sides = [partBits.training, partBits.validation, partBits.test].filter(
      (side) => (all & side) !== 0,
    );
    if (sides.length > 1) users.push(user);
  }
  return users;
}
