import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, matrixFromRows, type Matrix } from '../../lib/base/matrix';
import { cosineSimilarity } from '../../lib/evaluation/cosine-similarity';
import { dynamicTimeWarping } from '../../lib/evaluation/dynamic-time-warping';
import { editDistance, normalizedEditDistance } from '../../lib/evaluation/edit-distance';
import { jaccard, jaccardOverWindows } from '../../lib/evaluation/jaccard';
import { jensenShannon, jensenShannonOfWindows } from '../../lib/evaluation/jensen-shannon';
import {
  commonSubsequenceShare,
  longestCommonSubsequence,
} from '../../lib/evaluation/longest-common-subsequence';
import { transitionDivergence } from '../../lib/evaluation/transition-divergence';

// Values: Python 3, rapidfuzz 3.14.6, nltk 3.10.4, tslearn 0.10.0, dtaidistance 2.5.1, scipy 1.17.1, scikit-learn 1.9.1.
const a = Array.from({ length: 40 }, (_, i) => (i * i * 7 + 3) % 11);
const b = Array.from({ length: 55 }, (_, i) => (i * 5 + ((i * i) % 4)) % 11);

const sequence = fc.array(fc.nat(3), { maxLength: 9 });
const triple = fc.tuple(sequence, sequence, sequence);
const isEqual = (one: number[], other: number[]): boolean => one.join() === other.join();

describe('edit distance', () => {
  it('agrees with rapidfuzz and NLTK', () => {
    // a = [(i*i*7+3) % 11 for i in range(40)]; b = [(i*5+(i*i)%4) % 11 for i in range(55)]
    // rapidfuzz.distance.Levenshtein.distance(a, b), .normalized_distance(a, b); nltk.edit_distance(a, b)
    expect(editDistance(a, b)).toBe(39);
    expect(normalizedEditDistance(a, b)).toBeCloseTo(0.7090909090909091, 14);
  });

  it('is the fewest steps, tried one by one', () => {
    const fewest = (one: number[], other: number[]): number => {
      if (one.length === 0 || other.length === 0) return one.length + other.length;
      const [head, ...rest] = one;
      const [first, ...others] = other;
      if (head === first) return fewest(rest, others);
      return 1 + Math.min(fewest(rest, others), fewest(rest, other), fewest(one, others));
    };
    const short = fc.array(fc.nat(2), { maxLength: 6 });
    fc.assert(fc.property(short, short, (one, other) => editDistance(one, other) === fewest(one, other)));
  });

  it('is a metric, between the difference of the lengths and the longer length', () => {
    fc.assert(
      fc.property(triple, ([x, y, z]) => {
        const d = editDistance(x, y);
        expect(d === 0).toBe(isEqual(x, y));
        expect(editDistance(y, x)).toBe(d);
        expect(editDistance(x, z)).toBeLessThanOrEqual(d + editDistance(y, z));
        expect(d).toBeGreaterThanOrEqual(Math.abs(x.length - y.length));
        expect(d).toBeLessThanOrEqual(Math.max(x.length, y.length));
      }),
    );
  });

  it('is no metric any more once divided by the longer length', () => {
    expect(normalizedEditDistance([1, 2], [2, 1])).toBe(1);
    expect(normalizedEditDistance([1, 2], [1, 2, 1]) + normalizedEditDistance([1, 2, 1], [2, 1])).toBeCloseTo(
      2 / 3,
    );
    expect(normalizedEditDistance([], [])).toBe(0);
  });

  it('tells any numbers apart, also those beyond a code unit, and refuses more kinds than there are code units', () => {
    expect(editDistance([1, 2, 3], [1 + 65_536, 2, -3])).toBe(2);
    const many = Array.from({ length: 65_537 }, (_, i) => i);
    expect(() => editDistance(many, [])).toThrow('65537 different symbols');
  });
});

describe('longest common subsequence', () => {
  it('agrees with rapidfuzz', () => {
    // rapidfuzz.distance.LCSseq.similarity(a, b), .normalized_similarity(a, b)
    expect(longestCommonSubsequence(a, b)).toBe(21);
    expect(commonSubsequenceShare(a, b)).toBeCloseTo(0.38181818181818183, 14);
  });

  it('is the longest of all subsequences of one that are in the other', () => {
    const holds = (whole: number[], part: number[]): boolean => {
      let at = 0;
      for (const symbol of whole) if (at < part.length && symbol === part[at]) at += 1;
      return at === part.length;
    };
    fc.assert(
      fc.property(sequence, sequence, (x, y) => {
        let longest = 0;
        for (let chosen = 0; chosen < 2 ** x.length; chosen++) {
          const part = x.filter((_, at) => (chosen >> at) & 1);
          if (holds(y, part)) longest = Math.max(longest, part.length);
        }
        expect(longestCommonSubsequence(x, y)).toBe(longest);
      }),
      { numRuns: 50 },
    );
  });

  it('gives a metric as 1 minus its share', () => {
    const apart = (x: number[], y: number[]): number => 1 - commonSubsequenceShare(x, y);
    fc.assert(
      fc.property(triple, ([x, y, z]) => {
        expect(apart(x, y) === 0).toBe(isEqual(x, y));
        expect(apart(y, x)).toBe(apart(x, y));
        expect(apart(x, z)).toBeLessThanOrEqual(apart(x, y) + apart(y, z) + 1e-12);
      }),
    );
  });
});

describe('dynamic time warping', () => {
  const wave = (length: number, of: (t: number) => number, columns = 1): Matrix =>
    matrix(
      length,
      columns,
      Float32Array.from({ length: length * columns }, (_, t) => of(t)),
    );

  it('agrees with tslearn and dtaidistance', () => {
    // x = np.sin(np.arange(20) * .5).astype(np.float32); y = np.cos(np.arange(26) * .4).astype(np.float32)
    // tslearn.metrics.dtw(x, y); dtaidistance.dtw.distance(x.astype(float), y.astype(float))
    const [x, y] = [wave(20, (t) => Math.sin(t * 0.5)), wave(26, (t) => Math.cos(t * 0.4))];
    expect(dynamicTimeWarping(x, y).distance).toBeCloseTo(2.0990836930536156, 12);
    // X = np.sin(np.arange(40) * .5).reshape(20, 2).astype(np.float32); Y = np.cos(np.arange(52) * .4).reshape(26, 2)...; dtw(X, Y)
    const [X, Y] = [wave(20, (t) => Math.sin(t * 0.5), 2), wave(26, (t) => Math.cos(t * 0.4), 2)];
    expect(dynamicTimeWarping(X, Y).distance).toBeCloseTo(2.132360919391388, 12);
  });

  it('keeps within the band of Sakoe and Chiba as tslearn does', () => {
    // x = np.sin(np.arange(20) * .5); z = np.cos(np.arange(20) * .4), doubles
    // tslearn.metrics.dtw(x, z, global_constraint='sakoe_chiba', sakoe_chiba_radius=w)
    const [x, z] = [wave(20, (t) => Math.sin(t * 0.5)), wave(20, (t) => Math.cos(t * 0.4))];
    const expected = { 1: 1.6442574809273258, 2: 1.2519150459956316, 4: 1.2349417055083982 };
    for (const [window, distance] of Object.entries(expected)) {
      expect(dynamicTimeWarping(x, z, { window: Number(window) }).distance).toBeCloseTo(distance, 6);
      expect(dynamicTimeWarping(z, x, { window: Number(window) }).distance).toBeCloseTo(distance, 6);
    }
  });

  const series = fc
    .array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 5 })
    .map((values) => matrixFromRows(values.map((value) => [value])));

  it('is the best of all paths, tried one by one', () => {
    const best = (x: Matrix, y: Matrix, t: number, u: number, window: number): number => {
      if (t < 0 || u < 0 || Math.abs(t - u) > window) return Infinity;
      const gap = (x.values[t]! - y.values[u]!) ** 2;
      if (t === 0 && u === 0) return gap;
      const ways = [
        [t - 1, u],
        [t, u - 1],
        [t - 1, u - 1],
      ] as const;
      return gap + Math.min(...ways.map(([s, v]) => best(x, y, s, v, window)));
    };
    fc.assert(
      fc.property(series, series, fc.nat(1), (x, y, wider) => {
        const window = Math.abs(x.rows - y.rows) + wider;
        const found = dynamicTimeWarping(x, y, { window });
        expect(found.distance ** 2).toBeCloseTo(best(x, y, x.rows - 1, y.rows - 1, window), 9);
        const along = found.path.reduce((sum, [t, u]) => sum + (x.values[t]! - y.values[u]!) ** 2, 0);
        expect(along).toBeCloseTo(found.distance ** 2, 9);
        expect(found.path.every(([t, u]) => Math.abs(t - u) <= window)).toBe(true);
        expect([found.path[0], found.path.at(-1)]).toEqual([
          [0, 0],
          [x.rows - 1, y.rows - 1],
        ]);
      }),
    );
  });

  it('is 0 for equal series and for one that pauses, symmetric, and no metric', () => {
    const of = (...values: number[]): Matrix => matrixFromRows(values.map((value) => [value]));
    expect(dynamicTimeWarping(of(1, 2, 3), of(1, 2, 3)).distance).toBe(0);
    expect(dynamicTimeWarping(of(1, 2, 3), of(1, 1, 2, 2, 2, 3)).distance).toBe(0);
    fc.assert(
      fc.property(series, series, (x, y) => {
        expect(dynamicTimeWarping(x, y).distance).toBeCloseTo(dynamicTimeWarping(y, x).distance, 12);
      }),
    );
    const [x, y, z] = [of(0), of(1, 2), of(2, 3, 3)];
    const [direct, by] = [
      dynamicTimeWarping(x, z).distance,
      dynamicTimeWarping(x, y).distance + dynamicTimeWarping(y, z).distance,
    ];
    expect(direct).toBeCloseTo(Math.sqrt(22), 12);
    expect(by).toBeLessThan(direct);
  });

  it('refuses what cannot be laid on each other', () => {
    const [x, y] = [matrix(2, 1, new Float32Array(2)), matrix(5, 1, new Float32Array(5))];
    expect(() => dynamicTimeWarping(x, y, { window: 2 })).toThrow('a window of 2 does not lead');
    expect(() => dynamicTimeWarping(x, matrix(2, 2, new Float32Array(4)))).toThrow('2 x 1 and 2 x 2');
    expect(() => dynamicTimeWarping(x, matrix(0, 1, new Float32Array(0)))).toThrow('both need rows');
  });
});

describe('Jaccard index', () => {
  it('counts what both have of what either has', () => {
    expect(jaccard([1, 2, 2, 3], [2, 3, 4])).toBe(0.5);
    expect(jaccard([], [])).toBe(1);
    expect(jaccard([], [1])).toBe(0);
  });

  it('gives a metric as 1 minus it', () => {
    fc.assert(
      fc.property(triple, ([x, y, z]) => {
        expect(jaccard(x, y) === 1).toBe(isEqual([...new Set(x)].sort(), [...new Set(y)].sort()));
        expect(jaccard(y, x)).toBe(jaccard(x, y));
        expect(1 - jaccard(x, z)).toBeLessThanOrEqual(2 - jaccard(x, y) - jaccard(y, z) + 1e-12);
      }),
    );
  });

  it('goes from window to window, and says nothing of an empty one', () => {
    expect([...jaccardOverWindows([[1, 2], [2, 3], [], [3]])]).toEqual([1 / 3, NaN, NaN]);
    expect([...jaccardOverWindows([[1]])]).toEqual([]);
  });
});

describe('divergence of distributions', () => {
  const [p, q] = [
    [3, 0, 5, 2, 1],
    [1, 4, 0, 2, 2],
  ];

  it('agrees with SciPy and scikit-learn', () => {
    // scipy.spatial.distance.jensenshannon([3, 0, 5, 2, 1], [1, 4, 0, 2, 2], base=2) ** 2
    expect(jensenShannon(p, q)).toBeCloseTo(0.4967687964346644, 14);
    // sklearn.metrics.mutual_info_score(None, None, contingency=[[3,0,5,2,1],[1,4,0,2,2],[0,0,2,7,1]]) / np.log(2)
    expect(jensenShannonOfWindows([p, q, [0, 0, 2, 7, 1]])).toBeCloseTo(0.5905048090993623, 13);
  });

  const counts = fc.array(fc.nat(6), { minLength: 3, maxLength: 3 }).filter((own) => own.some((n) => n > 0));

  it('is 0 for equal shares, 1 for nothing in common, symmetric, and the square of a metric', () => {
    expect(jensenShannon([1, 2], [10, 20])).toBe(0);
    expect(jensenShannon([1, 0, 2], [0, 5, 0])).toBeCloseTo(1, 14);
    expect(jensenShannon([0, 0], [1, 1])).toBeNaN();
    fc.assert(
      fc.property(counts, counts, counts, (x, y, z) => {
        const d = (one: number[], other: number[]): number => Math.sqrt(jensenShannon(one, other));
        expect(d(y, x)).toBeCloseTo(d(x, y), 12);
        expect(d(x, z)).toBeLessThanOrEqual(d(x, y) + d(y, z) + 1e-7);
        const [nx, ny] = [x, y].map((own) => own.reduce((sum, n) => sum + n, 0)) as [number, number];
        const alike = [x.map((n) => n * ny), y.map((n) => n * nx)];
        expect(jensenShannonOfWindows(alike)).toBeCloseTo(jensenShannon(x, y), 12);
      }),
    );
  });

  it('of several windows does not see empty ones, and refuses rows of other kinds', () => {
    expect(jensenShannonOfWindows([p, [0, 0, 0, 0, 0], q])).toBeCloseTo(jensenShannonOfWindows([p, q]), 14);
    expect(jensenShannonOfWindows([[0, 0]])).toBeNaN();
    expect(() => jensenShannonOfWindows([p, [1]])).toThrow('row 1 has 1 kinds, row 0 has 5');
    expect(() => jensenShannon(p, [1, -1, 1, 1, 1])).toThrow('entry 1 is -1');
    expect(() => jensenShannon(p, [1])).toThrow('over 5 and 1 kinds');
  });
});

describe('divergence of transitions', () => {
  const A = [
    [4, 2, 1],
    [0, 3, 3],
    [0, 0, 0],
  ];
  const B = [
    [1, 2, 4],
    [2, 1, 1],
    [5, 0, 0],
  ];

  it('is the likelihood-ratio test of one chain for both, per step', () => {
    // For rows 0 and 1, t = np.array([A[r], B[r]]): scipy.stats.chi2_contingency(t, lambda_='log-likelihood', correction=False)[0],
    // added up and divided by 2 * 24 * np.log(2)
    expect(transitionDivergence(A, B)).toBeCloseTo(0.25000000000000006, 12);
  });

  it('is symmetric, 0 for a chain with itself, 1 where nothing goes on alike, and nothing where no state is shared', () => {
    expect(transitionDivergence(B, A)).toBeCloseTo(transitionDivergence(A, B), 14);
    expect(transitionDivergence(A, A)).toBeCloseTo(0, 14);
    const [zero, one] = [
      [
        [5, 0],
        [0, 0],
      ],
      [
        [0, 5],
        [0, 0],
      ],
    ];
    expect(transitionDivergence(zero, one)).toBe(1);
    expect(transitionDivergence(zero, [...one].reverse())).toBeNaN();
    expect(() => transitionDivergence(A, [[1]])).toThrow('of 3 and 1 states');
  });
});

describe('cosine similarity', () => {
  it('agrees with SciPy, whatever the lengths of the vectors', () => {
    // 1 - scipy.spatial.distance.cosine([3, 0, 5, 2, 1], [1, 4, 0, 2, 2])
    expect(cosineSimilarity([3, 0, 5, 2, 1], [1, 4, 0, 2, 2])).toBeCloseTo(0.28823067684915693, 14);
    expect(cosineSimilarity([6, 0, 10, 4, 2], [0.5, 2, 0, 1, 1])).toBeCloseTo(0.28823067684915693, 14);
    expect(cosineSimilarity([1, 2], [-1, -2])).toBeCloseTo(-1, 14);
  });

  it('says nothing of a vector of zeros, and refuses two lengths', () => {
    expect(cosineSimilarity([0, 0], [1, 0])).toBeNaN();
    expect(() => cosineSimilarity([1], [1, 2])).toThrow('of 1 and 2 numbers');
  });
});
