import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averagePrecisionOfLists,
  ndcgOfLists,
  precisionOfLists,
  recallOfLists,
  reciprocalRankOfLists,
  rPrecisionOfLists,
} from '../../lib/evaluation/list-metrics';
import { documentOrder } from '../../lib/evaluation/document-order';
import { dcgOfLists, gradedNdcgOfLists } from '../../lib/evaluation/graded-gain';
import { mrr } from '../../lib/evaluation/mrr';
import { tieAveragedNdcg } from '../../lib/evaluation/tie-averaged-ndcg';

const sets = (...lists: number[][]): Int32Array[] => lists.map((list) => Int32Array.from(list));

describe('lists with several right items', () => {
  const lists = sets([4, 9, 2, 7], [1, 2, 3, 4], [5, 6, 7, 8]);
  const relevant = sets([9, 7, 30], [1], [9]);

  it('are measured by recall', () => {
    expect([...recallOfLists({ lists, relevant }, 4)]).toEqual([2 / 3, 1, 0]);
    expect([...recallOfLists({ lists, relevant }, 2)]).toEqual([1 / 3, 1, 0]);
  });

  it('are measured by NDCG, against the best that the list could hold', () => {
    const [first, second, third] = ndcgOfLists({ lists, relevant }, 4);
    // Hits at places 2 and 4; three right items fit into the best list.
    const gain = 1 / Math.log2(3) + 1 / Math.log2(5);
    expect(first).toBeCloseTo(gain / (1 + 1 / Math.log2(3) + 1 / Math.log2(4)), 12);
    expect([second, third]).toEqual([1, 0]);
    // Of three right items two fit into two places.
    expect(ndcgOfLists({ lists, relevant }, 2)[0]).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 12);
  });

  /*
  scikit-learn 1.9: relevance of 6 items in the order of a list, right at places 1, 3 and 6
  from sklearn.metrics import ndcg_score
  ndcg_score([[1, 0, 1, 0, 0, 1]], [[6, 5, 4, 3, 2, 1]], k=5)  ->  0.7039180890341347
  */
  it('have the NDCG of scikit-learn', () => {
    const own = { lists: sets([10, 11, 12, 13, 14, 15]), relevant: sets([10, 12, 15]) };
    expect(ndcgOfLists(own, 5)[0]).toBeCloseTo(0.7039180890341347, 12);
  });

  it('need a list for every user, and something that is right', () => {
    expect(() => recallOfLists({ lists, relevant: relevant.slice(1) }, 4)).toThrow('3 lists for 2 users');
    expect(() => ndcgOfLists({ lists: sets([1]), relevant: sets([]) }, 4)).toThrow(
      'user 0 has no right item',
    );
    expect(() => recallOfLists({ lists, relevant }, 0)).toThrow(RangeError);
  });
});

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** A list with given items at given places (from 1) and fillers that are right for nobody at the others. */
const listWith = (places: Readonly<Record<number, number>>): Int32Array => {
  const last = Math.max(0, ...Object.keys(places).map(Number));
  return Int32Array.from({ length: last }, (_, at) => places[at + 1] ?? -1 - at);
};

describe('metrics of lists have the values of other libraries', () => {
  it('RePlay', () => {
    // RePlay, tests/metrics/test_metrics.py and conftest.py: at 3, 5, 10; it divides MAP by min(k, right items)
    const own = {
      lists: sets([3, 7, 10, 11, 2], [5, 8, 11, 1, 3], [4, 9, 2]),
      relevant: sets([5, 6, 7, 8, 9, 10], [6, 7, 4, 10, 11], [1, 2, 3, 4, 5]),
    };
    const at = (metric: (k: number) => Float64Array): number[] => [3, 5, 10].map((k) => mean(metric(k)));
    const close = (found: number[], expected: number[]): void => {
      for (const [place, value] of found.entries()) {
        expect(Math.abs(value - expected[place]!)).toBeLessThan(1e-5);
      }
    };
    close(
      at((k) => precisionOfLists(own, k)),
      [0.55555, 0.33333, 0.16667],
    );
    close(
      at((k) => reciprocalRankOfLists(own, k)),
      [0.61111, 0.61111, 0.61111],
    );
    close(
      at((k) => averagePrecisionOfLists(own, k, 'reachable')),
      [0.35185, 0.21111, 0.198148],
    );
    close(
      at((k) => ndcgOfLists(own, k)),
      [0.48975, 0.35396, 0.34018],
    );
    close(at((k) => recallOfLists(own, k)).slice(1), [0.31111, 0.31111]);
  });

  it('Recommenders', () => {
    // tests/unit/recommenders/evaluation/test_python_evaluation.py: 18-row frames, predictions in descending order
    const own = {
      lists: sets([3, 10, 12], [10, 3, 5, 11, 13], [4, 10, 7, 13, 1, 3, 5, 2, 11, 14]),
      relevant: sets([3, 1, 2], [1, 4, 5, 6, 7], [2, 5, 6, 8, 9, 10, 11, 12, 13, 14]),
    };
    expect(mean(precisionOfLists(own, 10))).toBeCloseTo(0.26666, 4);
    expect(mean(recallOfLists(own, 10))).toBeCloseTo(0.37777, 4);
    expect(mean(ndcgOfLists(own, 10))).toBeCloseTo(0.38172, 4);
    expect(mean(averagePrecisionOfLists(own, 10, 'relevant'))).toBeCloseTo(0.23613, 4);
    expect(mean(averagePrecisionOfLists(own, 10, 'reachable'))).toBeCloseTo(0.23613, 4);
    expect(mean(rPrecisionOfLists(own))).toBeCloseTo(0.37777, 4);
    // r_precision_at_k looks at the first k and divides by all right items: the lists are cut.
    const cut = (k: number) => ({ ...own, lists: own.lists.map((list) => list.slice(0, k)) });
    expect(mean(rPrecisionOfLists(cut(3)))).toBeCloseTo(0.21111, 4);
    expect(mean(rPrecisionOfLists(cut(5)))).toBeCloseTo(0.24444, 4);
    // The example of Wikipedia there: grades 3, 2, 3, 0, 1, 2 in this order, 3 and 2 missed.
    const wiki = new Map([3, 2, 3, 0, 1, 2, 3, 2].map((grade, item) => [item, grade]));
    const [value] = gradedNdcgOfLists({ lists: sets([0, 1, 2, 3, 4, 5]), grades: [wiki] }, 6, 'linear');
    expect(value).toBeCloseTo(0.785, 3);
  });

  it('RecBole', () => {
    // tests/metrics/test_topk_metrics.py: hits in lists of 3, and the number of right items; at k = 1, 2, 3
    const hits = [
      [0, 0, 0],
      [1, 1, 1],
      [1, 0, 1],
      [0, 0, 1],
    ];
    const lists = sets(...hits.map((row) => row.map((hit, place) => (hit ? place + 1 : -1 - place))));
    const relevant = [1, 3, 4, 2].map((length, user) => {
      const right = hits[user]!.flatMap((hit, place) => (hit ? [place + 1] : []));
      return Int32Array.from({ length }, (_, at) => right[at] ?? 100 + at);
    });
    const at = (metric: (k: number) => Float64Array): number[][] => {
      const columns = [1, 2, 3].map(metric);
      return hits.map((_, user) => columns.map((column) => column[user]!));
    };
    const close = (found: number[][], expected: number[][]): void => {
      for (const [user, row] of found.entries()) {
        for (const [place, value] of row.entries()) expect(value).toBeCloseTo(expected[user]![place]!, 14);
      }
    };
    const own = { lists, relevant };
    const [one, two, three] = [1, 1 / Math.log2(3), 1 / Math.log2(4)];
    close(
      at((k) => ndcgOfLists(own, k)),
      [
        [0, 0, 0],
        [1, 1, 1],
        [1, one / (one + two), (one + three) / (one + two + three)],
        [0, 0, three / (one + two)],
      ],
    );
    close(
      at((k) => averagePrecisionOfLists(own, k, 'reachable')),
      [
        [0, 0, 0],
        [1, 1, 1],
        [1, 1 / 2, (1 / 3) * (1 + 2 / 3)],
        [0, 0, (1 / 2) * (1 / 3)],
      ],
    );
    close(
      at((k) => reciprocalRankOfLists(own, k)),
      [
        [0, 0, 0],
        [1, 1, 1],
        [1, 1, 1],
        [0, 0, 1 / 3],
      ],
    );
    close(
      at((k) => recallOfLists(own, k)),
      [
        [0, 0, 0],
        [1 / 3, 2 / 3, 1],
        [1 / 4, 1 / 4, 2 / 4],
        [0, 0, 1 / 2],
      ],
    );
    close(
      at((k) => precisionOfLists(own, k)),
      [
        [0, 0, 0],
        [1, 1, 1],
        [1, 1 / 2, 2 / 3],
        [0, 0, 1 / 3],
      ],
    );
  });

  it('RecTools', () => {
    // tests/metrics/test_ranking.py, TestMAP: one user without a list
    const own = {
      lists: [
        listWith({ 1: 3, 9: 1 }),
        listWith({ 3: 1 }),
        listWith({ 1: 1, 3: 2, 5: 3, 7: 4, 9: 5 }),
        listWith({ 1: 1 }),
        listWith({ 1: 1, 2: 2, 3: 3 }),
        listWith({}),
        listWith({ 2: 1 }),
        listWith({ 1: 2 }),
      ],
      relevant: sets([1, 2], [1], [1, 2, 3, 4, 5, 6], [1], [1, 2, 3], [1], [1], [1]),
    };
    const close = (found: Float64Array, expected: number[]): void => {
      for (const [user, value] of found.entries()) expect(value).toBeCloseTo(expected[user]!, 14);
    };
    close(averagePrecisionOfLists(own, 1, 'relevant'), [0, 0, 1 / 6, 1, 1 / 3, 0, 0, 0]);
    close(averagePrecisionOfLists(own, 3, 'relevant'), [0, 1 / 3, (1 / 6) * (5 / 3), 1, 1, 0, 1 / 2, 0]);
    close(averagePrecisionOfLists(own, 1, 'k'), [0, 0, 1, 1, 1, 0, 0, 0]);
    close(averagePrecisionOfLists(own, 3, 'k'), [0, 1 / 9, (1 / 3) * (5 / 3), 1 / 3, 1, 0, 1 / 6, 0]);
    // TestMRR and TestNDCG; NDCG there is divided by the best list of k right items, whatever the user has: DCG alone agrees.
    const ranked = {
      lists: [
        listWith({ 9: 1 }),
        listWith({ 1: 2 }),
        listWith({ 1: 1, 2: 2, 3: 3 }),
        listWith({ 1: 1 }),
        listWith({ 1: 5, 3: 1, 7: 2, 9: 3 }),
      ],
      relevant: sets([1], [1], [1, 2, 3], [1], [1, 2, 3, 4]),
    };
    close(reciprocalRankOfLists(ranked, 1), [0, 0, 1, 1, 0]);
    close(reciprocalRankOfLists(ranked, 3), [0, 0, 1, 1, 1 / 3]);
    const grades = ranked.relevant.map((right) => new Map(Array.from(right, (item) => [item, 1])));
    const best = 1 + 1 / Math.log2(3) + 1 / 2;
    close(
      dcgOfLists({ lists: ranked.lists, grades }, 3, 'linear').map((value) => value / best),
      [0, 0, 1, 1 / best, 0.5 / best],
    );
    close(ndcgOfLists(ranked, 3), [0, 0, 1, 1, 0.5 / best]);
    // tests/metrics/test_classification.py, k = 2
    const some = { lists: sets([1, 2], [1], [1], []), relevant: sets([4, 2, 3], [1], [2], [2]) };
    close(precisionOfLists(some, 2), [0.5, 0.5, 0, 0]);
    close(recallOfLists(some, 2), [1 / 3, 1, 0, 0]);
  });

  /*
  pytrec_eval 0.5 (trec_eval 9), documents d1 to d12, six lists of drawn scores and grades with many ties:
  RelevanceEvaluator({'q': grades}, {...}).evaluate({'q': scores})['q'] -> P_5, map, map_cut_5, Rprec, recip_rank, ndcg_cut_5, ndcg
  scikit-learn 1.9.1: ndcg_score([grades], [scores], k=k) for k = 3, 5, 12
  */
  it.each([
    [
      [1, 0.25, 0.75, 1, 0.25, 0, 1, 0, 0, 0.75, 0.75, 0.75],
      [0, 0, 3, 2, 0, 0, 2, 0, 0, 3, 1, 0],
      [0.6, 0.8261904761904761, 0.55, 0.6, 1, 0.6377107201396014, 0.8276292331962329],
      [0.48215531656127325, 0.5982241901285457, 0.7672056667524068],
    ],
    [
      [0.25, 1, 1, 0.75, 1, 0, 0.75, 0, 0.75, 0, 0.75, 0.5],
      [0, 0, 2, 2, 1, 0, 0, 0, 2, 0, 0, 0],
      [0.6, 0.8541666666666666, 0.6875, 0.75, 1, 0.6655702971450115, 0.8173889223649339],
      [0.5, 0.6283295595179361, 0.7752736662564255],
    ],
    [
      [0, 0.75, 0.5, 1, 0.75, 1, 0.75, 1, 0.25, 0, 0, 0.75],
      [1, 0, 1, 2, 0, 3, 0, 2, 0, 0, 2, 0],
      [0.6, 0.75, 0.5, 0.5, 1, 0.7515729777112802, 0.8820829410428705],
      [0.9449453027490383, 0.763766428780681, 0.8921696776867207],
    ],
    [
      [0, 0.5, 1, 0, 0, 0, 1, 0.5, 0.75, 0, 0.5, 0],
      [0, 0, 1, 0, 2, 1, 0, 3, 3, 3, 3, 1],
      [0.6, 0.6843614718614719, 0.23958333333333331, 0.75, 0.5, 0.4046757100247433, 0.6954844309057271],
      [0.36219946917614854, 0.4670464197778002, 0.7131614215014022],
    ],
    [
      [0.75, 0.5, 1, 0.25, 0.75, 0.25, 0, 1, 0, 1, 1, 0.75],
      [0, 2, 3, 0, 3, 3, 0, 0, 0, 0, 3, 1],
      [
        0.6, 0.6208333333333332, 0.29444444444444445, 0.6666666666666666, 0.5, 0.5383146500105659,
        0.7310006478585588,
      ],
      [0.49999999999999994, 0.5152450861839656, 0.7707180162317598],
    ],
    [
      [0.75, 0, 0.5, 0.75, 1, 0.75, 0.75, 0.25, 1, 0.25, 1, 0],
      [0, 3, 1, 0, 2, 0, 3, 0, 0, 0, 1, 2],
      [0.6, 0.5618686868686869, 0.3194444444444444, 0.5, 0.5, 0.4276559642785732, 0.633124060007833],
      [0.361616487420955, 0.38427091838179195, 0.6601995717598031],
    ],
  ])('trec_eval and scikit-learn, each with its own ties (%#)', (scores, graded, trec, averaged) => {
    const ids = scores.map((_, at) => `d${at + 1}`);
    const own = {
      lists: [documentOrder(ids, scores)],
      relevant: sets(graded.flatMap((grade, item) => (grade > 0 ? [item] : []))),
    };
    const grades = [new Map(graded.map((grade, item) => [item, grade]))];
    const found = [
      precisionOfLists(own, 5),
      averagePrecisionOfLists(own, 12, 'relevant'),
      averagePrecisionOfLists(own, 5, 'relevant'),
      rPrecisionOfLists(own),
      reciprocalRankOfLists(own, 12),
      gradedNdcgOfLists({ lists: own.lists, grades }, 5, 'linear'),
      gradedNdcgOfLists({ lists: own.lists, grades }, 12, 'linear'),
    ];
    for (const [at, [value]] of found.entries()) expect(value).toBeCloseTo(trec[at]!, 14);
    for (const [at, k] of [3, 5, 12].entries()) {
      expect(tieAveragedNdcg(scores, graded, 'linear', k)).toBeCloseTo(averaged[at]!, 14);
    }
    expect(tieAveragedNdcg(scores, graded, 'linear')).toBeCloseTo(averaged[2]!, 14);
  });
});

describe('the order of trec_eval', () => {
  it('puts the larger id first where scores are equal, as text and as 32-bit numbers', () => {
    expect([...documentOrder(['d9', 'd10', 'd1'], [1, 1, 2])]).toEqual([2, 0, 1]);
    // pytrec_eval: the right document 'a' has the reciprocal rank .5 at 1.00000001 against 1, and 1 at 1.0001
    expect([...documentOrder(['a', 'b'], [1.00000001, 1])]).toEqual([1, 0]);
    expect([...documentOrder(['a', 'b'], [1.0001, 1])]).toEqual([0, 1]);
  });

  it('refuses an id twice, scores that are none, and lists of two lengths', () => {
    expect(() => documentOrder(['a', 'a'], [1, 2])).toThrow('an id comes twice');
    expect(() => documentOrder(['a', 'b'], [1, Number.NaN])).toThrow("the score of 'b' is not a number");
    expect(() => documentOrder(['a'], [1, 2])).toThrow('2 scores for 1 documents');
  });
});

describe('graded lists', () => {
  it('count a grade linearly or by powers of two', () => {
    const graded = { lists: sets([1, 2, 3]), grades: [new Map([[1, 1], [2, 3], [9, 2]])] }; // prettier-ignore
    expect(dcgOfLists(graded, 3, 'linear')[0]).toBeCloseTo(1 + 3 / Math.log2(3), 14);
    expect(dcgOfLists(graded, 3, 'exponential')[0]).toBeCloseTo(1 + 7 / Math.log2(3), 14);
    expect(gradedNdcgOfLists(graded, 3, 'exponential')[0]).toBeCloseTo(
      (1 + 7 / Math.log2(3)) / (7 + 3 / Math.log2(3) + 1 / 2),
      14,
    );
    expect(dcgOfLists(graded, 1, 'linear')[0]).toBe(1);
  });

  it('give a scorer that says nothing what a random order gets', () => {
    const grades = [0, 0, 1, 0];
    const discounts = [1, 2, 3, 4].map((place) => 1 / Math.log2(place + 1));
    expect(tieAveragedNdcg([7, 7, 7, 7], grades, 'linear')).toBeCloseTo(mean(discounts), 14);
    expect(tieAveragedNdcg([7, 7, 7, 7], grades, 'linear', 2)).toBeCloseTo((1 + discounts[1]!) / 4, 14);
  });

  it('refuse grades that are none, and users for whom nothing is right', () => {
    const lists = sets([1]);
    expect(() => dcgOfLists({ lists, grades: [new Map([[1, -1]])] }, 1, 'linear')).toThrow(
      'has the grade -1',
    );
    expect(() => gradedNdcgOfLists({ lists, grades: [new Map([[1, 0]])] }, 1, 'linear')).toThrow(
      'user 0 has no right item',
    );
    expect(() => dcgOfLists({ lists, grades: [] }, 1, 'linear')).toThrow('1 lists for 0 users');
    expect(() => tieAveragedNdcg([1], [Number.NaN], 'linear')).toThrow('the grade NaN');
    expect(() => tieAveragedNdcg([1], [0], 'linear')).toThrow('no item has a grade above 0');
    expect(() => tieAveragedNdcg([1], [1, 2], 'linear')).toThrow('1 scores for 2 grades');
  });
});

describe('metrics of lists', () => {
  const drawn = fc.record({
    order: fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 9 }),
    right: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }),
    k: fc.integer({ min: 1, max: 12 }),
  });

  it('keep their laws', () => {
    fc.assert(
      fc.property(drawn, ({ order, right, k }) => {
        const own = { lists: sets(order), relevant: sets(right) };
        const [recall, precision] = [recallOfLists(own, k)[0]!, precisionOfLists(own, k)[0]!];
        expect(recall * right.length).toBeCloseTo(precision * k, 10);
        const [relevant, reachable, byK] = (['relevant', 'reachable', 'k'] as const).map(
          (denominator) => averagePrecisionOfLists(own, k, denominator)[0]!,
        );
        expect(reachable).toBeGreaterThanOrEqual(Math.max(relevant!, byK!) - 1e-12);
        expect(reachable).toBeLessThanOrEqual(1 + 1e-12);
        // With R = k, R-precision is precision and recall.
        const atR = right.length;
        expect(rPrecisionOfLists(own)[0]).toBeCloseTo(precisionOfLists(own, atR)[0]!, 12);
        expect(rPrecisionOfLists(own)[0]).toBeCloseTo(recallOfLists(own, atR)[0]!, 12);
        // Repeats among the right items change nothing.
        expect(recallOfLists({ ...own, relevant: sets([...right, ...right]) }, k)[0]).toBe(recall);
        // With grades 0 and 1 both gains are the same, and the scores' order gives the same NDCG.
        const grades = [new Map(right.map((item) => [item, 1]))];
        const [linear] = gradedNdcgOfLists({ lists: own.lists, grades }, k, 'linear');
        expect(gradedNdcgOfLists({ lists: own.lists, grades }, k, 'exponential')[0]).toBe(linear);
        const scores = Array.from({ length: 9 }, (_, item) => -order.indexOf(item + 1));
        const flags = scores.map((_, item) => Number(right.includes(item + 1)));
        expect(tieAveragedNdcg(scores, flags, 'linear', k)).toBeCloseTo(linear!, 12);
      }),
    );
  });

  it('with one right item are those on ranks', () => {
    fc.assert(
      fc.property(drawn, ({ order, k }) => {
        const own = { lists: sets(order), relevant: sets([5]) };
        const rank = order.indexOf(5) + 1;
        expect(reciprocalRankOfLists(own, 9)[0]).toBe(mrr([rank]));
        expect(averagePrecisionOfLists(own, k, 'reachable')).toEqual(reciprocalRankOfLists(own, k));
      }),
    );
  });

  it('refuse a list that names an item twice', () => {
    const twice = { lists: sets([4, 4]), relevant: sets([4]) };
    expect(() => precisionOfLists(twice, 2)).toThrow('the list of user 0 names an item twice');
    expect(precisionOfLists(twice, 1)[0]).toBe(1);
    expect(() => recallOfLists({ lists: [[1, Number.NaN]], relevant: sets([1]) }, 2)).toThrow('holds NaN');
  });
});
