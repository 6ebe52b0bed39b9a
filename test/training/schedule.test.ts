import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learningRateAt, type Schedule } from '../../lib/training/schedule';

const rates = (schedule: Schedule, count: number): number[] =>
  Array.from({ length: count }, (_, index) => learningRateAt(schedule, 0.4, index + 1));

const expectRates = (schedule: Schedule, expected: readonly number[]): void => {
  rates(schedule, expected.length).forEach((rate, place) => expect(rate).toBeCloseTo(expected[place]!, 12));
};

describe('the learning rate', () => {
  it('stays, when constant', () => {
    expectRates({ name: 'constant' }, [0.4, 0.4, 0.4]);
  });

  it('rises in a straight line through a warm-up, the first step included, then stays', () => {
    expectRates({ name: 'warmup', warmupSteps: 4 }, [0.1, 0.2, 0.3, 0.4, 0.4, 0.4]);
  });

  it('is full at once with a warm-up of 0 or 1 steps', () => {
    expectRates({ name: 'warmup', warmupSteps: 0 }, [0.4, 0.4]);
    expectRates({ name: 'warmup', warmupSteps: 1 }, [0.4, 0.4]);
  });

  it('falls along half a cosine after the warm-up to its final share, and stays there', () => {
    // 2 steps up, 4 down: cos of 45, 90, 135 and 180 degrees
    const r = Math.SQRT1_2;
    expectRates({ name: 'cosine', warmupSteps: 2, totalSteps: 6, finalShare: 0 }, [
      0.2,
      0.4,
      0.2 * (1 + r),
      0.2,
      0.2 * (1 - r),
      0,
      0,
      0,
    ]);
    expectRates({ name: 'cosine', warmupSteps: 2, totalSteps: 6, finalShare: 0.5 }, [
      0.2,
      0.4,
      0.2 + 0.1 * (1 + r),
      0.3,
      0.2 + 0.1 * (1 - r),
      0.2,
      0.2,
    ]);
  });

  // transformers' get_cosine_with_min_lr_schedule_with_warmup (num_cycles .5), its lambda written out in Python:
  //   def factor(s, W, T, m): return s/max(1, W) if s < W else \
  //     max(0, .5*(1 + math.cos(math.pi*(s - W)/max(1, T - W)))*(1 - m) + m)
  //   [.4*factor(s, 10, 100, .1) for s in (1, 9, 10, 11, 37, 64, 99, 100)]
  it('is that of transformers at current_step', () => {
    const schedule: Schedule = { name: 'cosine', warmupSteps: 10, totalSteps: 100, finalShare: 0.1 };
    const golden: [number, number][] = [
      [1, 0.04],
      [9, 0.36],
      [10, 0.4],
      [11, 0.39989034886344],
      [37, 0.32580134541265],
      [64, 0.16437694101251],
      [99, 0.040109651136563],
      [100, 0.04],
    ];
    golden.forEach(([step, rate]) => expect(learningRateAt(schedule, 0.4, step)).toBeCloseTo(rate, 12));
  });

  it('never exceeds the full rate, never falls in the warm-up, never rises after it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (warmupSteps, more, finalShare) => {
          const totalSteps = warmupSteps + more;
          const all = rates({ name: 'cosine', warmupSteps, totalSteps, finalShare }, totalSteps + 5);
          all.forEach((rate, index) => {
            expect(rate).toBeLessThanOrEqual(0.4 + 1e-12);
            const before = all[index - 1];
            if (before === undefined) return;
            if (index + 1 <= warmupSteps) expect(rate).toBeGreaterThan(before);
            else expect(rate).toBeLessThanOrEqual(before + 1e-12);
          });
          expect(all.at(-1)).toBeCloseTo(0.4 * finalShare, 12);
        },
      ),
    );
  });

  it.each<[Schedule, string]>([
    [{ name: 'warmup', warmupSteps: -1 }, 'warmupSteps must be a whole number from 0, got -1'],
    [{ name: 'warmup', warmupSteps: 1.5 }, 'warmupSteps must be a whole number from 0, got 1.5'],
    [
      { name: 'cosine', warmupSteps: 5, totalSteps: 5, finalShare: 0 },
      'totalSteps must be a whole number above warmupSteps (5), got 5',
    ],
    [
      { name: 'cosine', warmupSteps: 0, totalSteps: 5, finalShare: 1.1 },
      'finalShare must be from 0 to 1, got 1.1',
    ],
  ])('refuses %o', (schedule, message) => {
    expect(() => learningRateAt(schedule, 0.1, 1)).toThrow(new RangeError(`schedule: ${message}`));
  });

  it('refuses a step 0 and a rate of none', () => {
    expect(() => learningRateAt({ name: 'constant' }, 0.1, 0)).toThrow(RangeError);
    expect(() => learningRateAt({ name: 'constant' }, 0, 1)).toThrow(RangeError);
  });
});
