import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { createRng } from '../../lib/base/random';
import type { EventLog } from '../../lib/data/event';
import { evaluateRanking, metricsOf, rankingProtocol } from '../../lib/experiments/evaluate-ranking';
import { heldOut } from '../../lib/experiments/held-out';
import { protocolDifferences } from '../../lib/evaluation/protocol';
import { startBackend } from '../../lib/nn/backend';
import { history, leaveOneOut, target } from '../../lib/preprocessing/leave-one-out';
import { toSequences, type Sequences } from '../../lib/preprocessing/sequences';
import { rollingTime } from '../../lib/preprocessing/splits/rolling-time';
import { withSequences } from '../../lib/preprocessing/splits/split-sequences';
import { splitByTime } from '../../lib/preprocessing/splits/time-split';
import { splitByUser } from '../../lib/preprocessing/splits/user-split';
import type { Scorer } from '../../lib/recommendation/scorer';

beforeAll(async () => {
  await startBackend();
});

/** Each user's `[item, time]`, in time order. */
function sequencesOf(...users: readonly (readonly (readonly [item: number, timeMs: number])[])[]): Sequences {
  const events = users.flatMap((own, user) =>
    own.map(([item, timeMs]) => ({
      userId: `u${user}`,
      behavior: 'browse' as const,
      itemId: String(item),
      query: null,
      timeMs,
      rating: null,
      row: 0,
    })),
  );
  const source = { name: 'toy', file: null, sha256: 'abc', rowsRead: events.length, rejected: [] };
  const log: EventLog = { events, hasTimes: true, source, items: new Map(), users: new Map() };
  return toSequences(log);
}

/** u0 is in training and in the test, u1 gone before it, u2 new. */
const three = sequencesOf(
  [[1, 10], [2, 20], [3, 40], [4, 50]], // prettier-ignore
  [
    [2, 11],
    [1, 12],
  ],
  [[4, 41], [1, 45]], // prettier-ignore
);
const byTime = withSequences(splitByTime(three, { validationFromMs: 40, testFromMs: 45 }), three);

/** Prefers items of small index. */
const smallFirst = (numItems: number): Scorer => ({
  name: 'small first',
  numItems,
  score: (histories) =>
    tf.tensor2d(
      histories.map(() => Array.from({ length: numItems }, (_, item) => -item)),
      [histories.length, numItems],
    ),
});

const plain = (question: ReturnType<typeof heldOut>) => ({
  users: [...question.users],
  rows: [...question.rows],
  targets: [...question.targets],
  histories: question.histories.map((history) => [...history]),
});

describe('the held-out question', () => {
  it('asks for each held-out event from everything that the user did before it', () => {
    expect(plain(heldOut(byTime, { which: 'test', events: 'all' }))).toEqual({
      users: [0, 2],
      rows: [3, 7],
      targets: [4, 1],
      histories: [[1, 2, 3], [4]],
    });
    expect(plain(heldOut(byTime, { which: 'validation', events: 'all' })).histories).toEqual([[1, 2], []]);
  });

  it('takes the first or the last event of each user', () => {
    const split = withSequences(splitByTime(three, { validationFromMs: 15, testFromMs: 15 }), three);
    const targets = (events: 'first' | 'last' | 'all') => [
      ...heldOut(split, { which: 'test', events }).targets,
    ];
    expect(targets('all')).toEqual([2, 3, 4, 4, 1]);
    expect(targets('first')).toEqual([2, 4]);
    expect(targets('last')).toEqual([4, 1]);
  });

  it('knows the fold-in of a new user', () => {
    const options = { validationShare: 0, testShare: 0.4, foldInShare: 0.5, rng: createRng(1) };
    const split = withSequences(splitByUser(three, options), three);
    const [user, history] = [split.trainEnds.findIndex((end, u) => end === split.trainStarts[u]), 0];
    const question = heldOut(split, { which: 'test', events: 'first' });
    expect([...question.users]).toEqual([user]);
    expect(question.histories[history]!.length).toBe((three.offsets[user + 1]! - three.offsets[user]!) / 2);
  });

  it('does not know what is before a sliding window of training', () => {
    const [fold] = rollingTime(three, { folds: 1, testMs: 5, trainingMs: 30 });
    const split = withSequences(fold!, three);
    expect(plain(heldOut(split, { which: 'test', events: 'all' })).histories).toEqual([[2, 3]]);
  });

  it('refuses a part without events', () => {
    const split = withSequences(splitByTime(three, { validationFromMs: 45, testFromMs: 45 }), three);
    expect(() => heldOut(split, { which: 'validation', events: 'all' })).toThrow(InputError);
  });

  it('asks under leave-one-out for the target of each user, whichever events are asked for', () => {
    const anyUsers = fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(anyUsers, fc.constantFrom('validation' as const, 'test' as const), (users, which) => {
        fc.pre(users.some((own) => own.length >= 3));
        const split = leaveOneOut(
          sequencesOf(...users.map((own) => own.map((item, at) => [item, at] as const))),
        );
        const targets = Array.from(split.users, (user) => target(split, user, which));
        const histories = Array.from(split.users, (user) => history(split, user, which));
        for (const events of ['first', 'last', 'all'] as const) {
          const question = heldOut(split, { which, events });
          expect([...question.targets]).toEqual(targets);
          expect([...question.users]).toEqual([...split.users]);
          expect(question.histories).toEqual(histories);
        }
      }),
    );
  });
});

describe('the ranking of a split by time', () => {
  it('ranks among all items, without seen ones, the target kept', () => {
    const { ranks, repeatShare } = evaluateRanking(smallFirst(5), byTime, 'test', { events: 'all' });
    expect([...ranks]).toEqual([1, 1]); // of u0 only item 4 is unseen; of u2 items 1, 2, 3
    expect(repeatShare).toBe(0);
    const validation = evaluateRanking(smallFirst(5), byTime, 'validation', { events: 'all' });
    expect([...validation.ranks]).toEqual([1, 4]); // of u0 items 3, 4; of u2 all four
  });

  it('has intervals over users, not over events', () => {
    const protocol = rankingProtocol(
      byTime,
      { name: 'toy', sha256: 'abc' },
      { which: 'test', events: 'all', cut: 'none', loss: null, seed: null },
    );
    const evaluation = evaluateRanking(smallFirst(5), byTime, 'validation', { events: 'all' });
    const mrrOf = (users: Int32Array) => metricsOf({ ...evaluation, users }, protocol).at(-1)!;
    expect(mrrOf(Int32Array.of(0, 1)).interval).not.toBeNull();
    expect(mrrOf(Int32Array.of(1, 1))).toMatchObject({ value: 0.625, interval: null });
  });

  it('lets seen items stand in the way where they are included, and says so', () => {
    const asked = { events: 'all', seenItems: 'included' } as const;
    expect([...evaluateRanking(smallFirst(5), byTime, 'test', asked).ranks]).toEqual([4, 1]); // all four items, targets 4 and 1
    const settings = { which: 'test', cut: 'none', loss: null, seed: null } as const;
    const source = { name: 'toy', sha256: 'abc' };
    const [out, within] = [{}, asked].map((own) =>
      rankingProtocol(byTime, source, { ...settings, events: 'all', ...own }),
    );
    expect(protocolDifferences(out!, within!)).toEqual(['seenItems: excluded / included']);
  });
});

describe('rankingProtocol', () => {
  const asked = { which: 'test', events: 'last', cut: 'none', loss: null, seed: null } as const;
  const source = { name: 'toy', sha256: 'abc' };

  it('names leave-one-out alone, whichever events are asked for', () => {
    const { split } = rankingProtocol(leaveOneOut(three), source, { ...asked, events: 'all' });
    expect(split).toBe('leave-one-out, equal times in file order');
  });

  it('names the moments of a split by time, and what is asked', () => {
    expect(rankingProtocol(byTime, source, asked).split).toBe(
      'time (validation from 1970-01-01T00:00:00, test from 1970-01-01T00:00:00), 4 events in training, last event of each user',
    );
  });

  it('tells how much of new users is given', () => {
    const split = (foldInShare: number) =>
      withSequences(
        splitByUser(three, { validationShare: 0, testShare: 0.4, foldInShare, rng: createRng(1) }),
        three,
      );
    const [none, half] = [0, 0.5].map((share) => rankingProtocol(split(share), source, asked));
    expect(none!.split).not.toContain('given');
    expect(protocolDifferences(none!, half!)).toHaveLength(1);
  });

  it('differs from that of another split, and of other events', () => {
    const last = rankingProtocol(byTime, source, asked);
    const all = rankingProtocol(byTime, source, { ...asked, events: 'all' });
    const loo = rankingProtocol(leaveOneOut(three), source, asked);
    expect(protocolDifferences(last, all)).toHaveLength(1);
    expect(protocolDifferences(last, loo)).toHaveLength(1);
  });
});
