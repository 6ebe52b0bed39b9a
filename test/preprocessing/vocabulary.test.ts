import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildVocabulary, restoreVocabulary } from '../../lib/preprocessing/vocabulary';

it('numbers whole numbers by size, padding first', () => {
  const { itemIds, indexOf } = buildVocabulary(['10', '9', '10', '007', '7']);
  expect(itemIds).toEqual(['', '007', '7', '9', '10']);
  expect(indexOf('9')).toBe(3);
  expect(indexOf('8')).toBe(0);
  expect(indexOf('')).toBe(0);
});

it('compares numbers beyond 2^53 exactly', () => {
  expect(buildVocabulary(['9007199254740993', '9007199254740992', '0', '00']).itemIds).toEqual([
    '',
    '0',
    '00',
    '9007199254740992',
    '9007199254740993',
  ]);
});

it('orders other ids by code unit', () => {
  expect(buildVocabulary(['b', '10', 'é', 'Z', '9']).itemIds).toEqual(['', '10', '9', 'Z', 'b', 'é']);
});

it('does not depend on the order of the ids, and comes back from its own list', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat().map(String), fc.string({ minLength: 1 })), { maxLength: 9 }),
      (ids) => {
        const vocabulary = buildVocabulary(ids);
        expect(buildVocabulary(ids.toReversed()).itemIds).toEqual(vocabulary.itemIds);
        const restored = restoreVocabulary(vocabulary.itemIds);
        for (const id of ids) {
          expect(restored.indexOf(id)).toBe(vocabulary.indexOf(id));
          expect(restored.itemIds[restored.indexOf(id)]).toBe(id);
        }
      },
    ),
    { seed: 12 },
  );
});

it('refuses a list that is no vocabulary', () => {
  expect(() => restoreVocabulary(['a'])).toThrow(/starts with ''/);
  expect(() => restoreVocabulary(['', 'a', 'a'])).toThrow(/'a' comes twice/);
  expect(() => buildVocabulary(['a', ''])).toThrow(/is empty/);
});
