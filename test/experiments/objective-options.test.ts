import { describe, expect, it } from 'vitest';
import { objectiveNames } from '../../lib/experiments/learning/objective-settings';
import { objectiveOptions, objectiveUsage, readObjectiveOptions } from '../../scripts/objective-options';

describe('the options of objectives', () => {
  it('are all explained, and so is every objective', () => {
    for (const option of Object.keys(objectiveOptions)) expect(objectiveUsage).toContain(`--${option} `);
    for (const name of objectiveNames) expect(objectiveUsage).toContain(name);
  });

  it('of dec have the usual settings, and change what they name', () => {
    expect(readObjectiveOptions({ objectives: 'next-item,dec:0.1' })).toEqual([
      { name: 'next-item' },
      {
        name: 'dec',
        clusters: 8,
        pooling: 'mean',
        warmupEpochs: 20,
        every: 1,
        tolerance: 0.001,
        weight: 0.1,
      },
    ]);
    const options = { clusters: '5', pooling: 'last', 'cluster-warmup': '3', 'cluster-every': '2' };
    expect(
      readObjectiveOptions({ objectives: 'next-item,dec', ...options, 'cluster-tolerance': '0' })![1],
    ).toEqual({ name: 'dec', clusters: 5, pooling: 'last', warmupEpochs: 3, every: 2, tolerance: 0 });
  });

  it('of intent have the usual settings, and change what they name', () => {
    const [, contrastive, intent] = readObjectiveOptions({
      objectives: 'next-item,contrastive:0.1,intent:0.2',
      temperature: '0.5',
    })!;
    expect(contrastive).toMatchObject({ name: 'contrastive', temperature: 0.5 });
    expect(intent).toEqual({
      name: 'intent',
      clusters: 8,
      views: 'halves',
      pooling: 'mean',
      temperature: 0.5,
      sameIntent: 'left-out',
      warmupEpochs: 0,
      weight: 0.2,
    });
    const options = { clusters: '64', 'cluster-warmup': '2', 'same-intent': 'negatives', 'view-length': '9' };
    expect(
      readObjectiveOptions({ objectives: 'next-item,intent', ...options, views: 'augmented' })![1],
    ).toEqual({
      name: 'intent',
      clusters: 64,
      views: 'augmented',
      viewLength: 9,
      pooling: 'mean',
      temperature: 0.1,
      sameIntent: 'negatives',
      warmupEpochs: 2,
    });
  });

  it.each([
    [{ objectives: 'dec' }, 'has nothing to cluster: the weights are random'],
    [{ objectives: 'next-item,dec,intent' }, 'Take dec or intent'],
    [{ objectives: 'intent', 'cluster-warmup': '2' }, '--cluster-warmup means nothing for intent alone'],
    [{ clusters: '8' }, '--clusters means nothing for next-item. It goes with --objectives dec or intent'],
    [{ objectives: 'next-item,intent', 'cluster-every': '2' }, 'It goes with --objectives dec.'],
    [{ objectives: 'next-item,intent', 'cluster-tolerance': '0' }, 'It goes with --objectives dec.'],
    [{ objectives: 'next-item,dec', 'same-intent': 'left-out' }, 'It goes with --objectives intent.'],
    [{ objectives: 'next-item,dec', temperature: '1' }, 'It goes with --objectives contrastive or intent.'],
    [{ objectives: 'next-item,dec', clusters: '1' }, "--clusters is '1'. It must be a whole number from 2"],
    [{ objectives: 'next-item,dec', 'cluster-tolerance': '1' }, "--cluster-tolerance is '1'"],
    [{ objectives: 'next-item,intent', 'same-intent': 'friends' }, 'Choose one of left-out, negatives'],
  ])('refuse %j', (values, sentence) => {
    expect(() => readObjectiveOptions(values)).toThrow(sentence);
  });
});
