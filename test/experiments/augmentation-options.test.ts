import { describe, expect, it } from 'vitest';
import { augmentationNames } from '../../lib/preprocessing/augmentation/augment-batch';
import {
  augmentationOptions,
  augmentationUsage,
  readAugmentationOptions,
} from '../../scripts/augmentation-options';

const usual = { learnsNextItems: true, readsChannels: false };

describe('the options of augmentation', () => {
  it('are all explained, and so is every way', () => {
    for (const option of Object.keys(augmentationOptions))
      expect(augmentationUsage).toContain(`--${option} `);
    for (const name of augmentationNames) expect(augmentationUsage).toContain(name);
  });

  it('have usual settings, and change what they name', () => {
    expect(readAugmentationOptions({}, usual)).toBeUndefined();
    expect(readAugmentationOptions({ augment: 'drop' }, usual)).toEqual({
      name: 'drop',
      share: 0.2,
      chance: 0.5,
    });
    const options = { augment: 'reorder', 'augment-share': '0.6', 'augment-chance': '1' };
    expect(readAugmentationOptions(options, usual)).toEqual({ name: 'reorder', share: 0.6, chance: 1 });
  });

  it('are refused where they would be ignored or mean nothing', () => {
    const read =
      (values: Parameters<typeof readAugmentationOptions>[0], where = usual) =>
      () =>
        readAugmentationOptions(values, where);
    expect(read({ 'augment-share': '0.3' })).toThrow('--augment-share means nothing without --augment');
    expect(read({ 'augment-chance': '0.3' })).toThrow('--augment-chance means nothing without --augment');
    expect(read({ augment: 'blur' })).toThrow("--augment is 'blur'");
    expect(read({ augment: 'drop', 'augment-share': '1.5' })).toThrow("--augment-share is '1.5'");
    expect(read({ augment: 'drop' }, { ...usual, learnsNextItems: false })).toThrow(
      'no next items are learned',
    );
    expect(read({ augment: 'drop' }, { ...usual, readsChannels: true })).toThrow(
      'does not go with --channels',
    );
  });
});
