import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/base/errors';
import { categoryColumn, type NamedColumn } from '../../../lib/preprocessing/features/named-column';
import { fitOneHot, oneHot } from '../../../lib/preprocessing/features/one-hot';
import { profileColumn, profileNumber, type Profiles } from '../../../lib/preprocessing/features/profile';

/** `null` is a name that is not known. */
function columnOf(words: readonly (string | null)[], name = 'category'): NamedColumn {
  const names = ['', ...[...new Set(words.filter((word) => word !== null))].sort()];
  return { name, codes: Int32Array.from(words, (word) => (word === null ? 0 : names.indexOf(word))), names };
}
const allRows = ({ codes }: NamedColumn): Int32Array => Int32Array.from(codes.keys());
const table = (features: readonly { readonly values: Float32Array }[]): number[][] =>
  Array.from(features[0]!.values.keys(), (event) => features.map(({ values }) => values[event]!));

describe('one-hot features', () => {
  const training = columnOf(['book', 'toy', 'book', 'shoe', 'toy', 'book', 'lamp']);

  // scikit-learn 1.9.1: OneHotEncoder(max_categories=3, handle_unknown='infrequent_if_exist', sparse_output=False)
  //   .fit([[word] for word in training]).transform([['book'], ['toy'], ['shoe'], ['lamp'], ['car']]), where 3 counts "other";
  //   the second without max_categories, .transform([['lamp'], ['car']])
  it('are those of scikit-learn', () => {
    const two = fitOneHot(training, { rows: allRows(training), most: 2 });
    const features = oneHot(two, columnOf(['book', 'toy', 'shoe', 'lamp', 'car']));
    expect(features.map(({ name }) => name)).toEqual(['category=book', 'category=toy', 'category: other']);
    expect(table(features)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 1],
      [0, 0, 1],
    ]);
    const all = oneHot(fitOneHot(training, { rows: allRows(training) }), columnOf(['lamp', 'car']));
    expect(all.map(({ name }) => name)).toEqual([
      'category=book',
      'category=lamp',
      'category=shoe',
      'category=toy',
    ]);
    expect(table(all)).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('know nothing of rows outside training, and nothing of what is not known', () => {
    const names = fitOneHot(columnOf(['a', null, 'b', 'b']), { rows: Int32Array.of(0, 1) });
    expect(names).toEqual({ name: 'category', kept: ['a'], hasOther: false });
    expect(table(oneHot(names, columnOf(['a', null, 'b'])))).toEqual([[1], [0], [0]]);
  });

  it('have a 1 in exactly one column for each name of training, and say themselves what they are', () => {
    const words = fc.array(fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: null }), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 5 }), (drawn, most) => {
        fc.pre(drawn.some((word) => word !== null));
        const column = columnOf(drawn);
        const names = fitOneHot(column, { rows: allRows(column), most });
        const features = oneHot(names, column);
        expect(names.kept.length).toBe(Math.min(most, column.names.length - 1));
        for (const [event, word] of drawn.entries()) {
          const ones = features.filter(({ values }) => values[event] === 1).map(({ name }) => name);
          const expected = names.kept.includes(word!) ? `category=${word}` : 'category: other';
          expect(ones).toEqual(word === null ? [] : [expected]);
        }
      }),
    );
  });

  it('need a name to learn from, and a whole number of them', () => {
    const column = columnOf([null, 'a']);
    expect(() => fitOneHot(column, { rows: Int32Array.of(0) })).toThrow('no training row has a category');
    expect(() => fitOneHot(column, { rows: Int32Array.of(1), most: 0 })).toThrow(RangeError);
  });
});

describe('the category of events', () => {
  it('is the channel of the sequences, or refused where there is none', () => {
    const channels = { categories: Int32Array.of(1, 0), categoryNames: ['', 'shoes'] };
    expect(categoryColumn(channels)).toEqual({
      name: 'category',
      codes: channels.categories,
      names: channels.categoryNames,
    });
    expect(() => categoryColumn({})).toThrow('the log has no categories');
  });
});

describe('profiles', () => {
  const users = { userIds: ['u1', 'u2', 'u3'], offsets: Int32Array.of(0, 2, 3, 5) };
  const profiles: Profiles = new Map([
    ['u1', { profile: { age: '31', job: 'writer' } }],
    ['u3', { profile: { job: 'artist' } }],
    ['stranger', { profile: { age: '5', job: 'pupil', size: '1' } }],
  ]);

  it("are the same for all of a user's events", () => {
    const { codes, names } = profileColumn(users, profiles, 'job');
    expect(names).toEqual(['', 'artist', 'writer']);
    expect([...codes]).toEqual([2, 2, 0, 1, 1]);
    expect([...profileNumber(users, profiles, { field: 'age', unit: 'years' }).values]).toEqual([
      31,
      31,
      NaN,
      NaN,
      NaN,
    ]);
  });

  it('name the fields there are, and the user whose value is no number', () => {
    expect(() => profileColumn(users, profiles, 'size')).toThrow("no user of the log has a 'size'");
    expect(() => profileColumn(users, profiles, 'size')).toThrow('The profiles have age, job.');
    expect(() => profileColumn(users, new Map(), 'age')).toThrow('writes ids as the log does');
    expect(() => profileNumber(users, profiles, { field: 'job', unit: 'job' })).toThrow(
      "the job of user 'u1' is 'writer', no number.",
    );
    expect(() => profileNumber(users, profiles, { field: 'job', unit: 'job' })).toThrow(InputError);
  });
});
