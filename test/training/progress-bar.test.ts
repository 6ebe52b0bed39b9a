import { describe, expect, it } from 'vitest';
import { duration, progressLine } from '../../lib/training/progress-bar';

describe('the progress line', () => {
  it('says how far, how good and how long', () => {
    const history = [
      { epoch: 1, loss: 6, validation: 0.0912, seconds: 3, learningRate: 0.01, gradientNorm: 1 },
    ];
    expect(
      progressLine(
        { epoch: 2, maxEpochs: 40, step: 6, steps: 12, loss: 5.8119, secondsLeft: 200, history },
        10,
      ),
    ).toBe('epoch 2/40 [#####.....] loss 5.8119 best validation 0.0912 at most 3 min 20 s left');
  });

  it.each([
    [0.4, '0 s'],
    [59.6, '1 min 0 s'],
    [3600, '1 h 0 min'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
