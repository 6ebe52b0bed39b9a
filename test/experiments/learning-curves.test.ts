import { describe, expect, it } from 'vitest';
import { learningCurves } from '../../lib/experiments/learning-curves';
import { checkChart } from '../../lib/figures/chart';

const names = { title: 'LSTM', metric: 'NDCG@10' };
const rest = { seconds: 1, learningRate: 0.001, gradientNorm: 1 };
const history = [
  { epoch: 1, loss: 3, validation: 0.1, ...rest },
  { epoch: 2, loss: 2, validation: 0.3, ...rest },
  { epoch: 3, loss: 1, validation: 0.2, ...rest },
];

describe('learning curves', () => {
  it('are loss and validation over the epochs', () => {
    const { loss, validation } = learningCurves({ history }, names);
    expect(loss).toMatchObject({
      title: 'LSTM: training loss',
      series: [{ x: [1, 2, 3], y: [3, 2, 1] }],
    });
    expect(validation).toMatchObject({
      note: 'best: 0.3000 after epoch 2',
      y: { title: 'NDCG@10' },
      series: [{ x: [1, 2, 3], y: [0.1, 0.3, 0.2] }],
    });
  });

  it('name the best epoch also where smaller values are better', () => {
    expect(learningCurves({ history }, { ...names, better: 'smaller' }).validation!.note).toBe(
      'best: 0.1000 after epoch 1',
    );
  });

  it('are not drawn before there is a point', () => {
    expect(learningCurves({ history: [] }, names)).toEqual({ loss: null, validation: null });
  });

  it('show the epoch at work: its loss so far runs towards its number', () => {
    const points = [1, 2].map((step) => ({ step, loss: 5 - step }));
    const { loss, validation } = learningCurves(
      { history: [], atWork: { epoch: 1, steps: 4, points } },
      names,
    );
    expect(loss!.series).toEqual([{ name: 'epoch at work', x: [0.25, 0.5], y: [4, 3] }]);
    expect(validation).toBeNull();
  });

  it('thin out very many steps and keep the last', () => {
    const points = Array.from({ length: 10_000 }, (_, i) => ({ step: i + 1, loss: 1 }));
    const { loss } = learningCurves({ history, atWork: { epoch: 4, steps: 10_000, points } }, names);
    checkChart(loss!);
    const { x } = loss!.series[1]!;
    expect(x!.length).toBeLessThanOrEqual(300);
    expect(x![x!.length - 1]).toBe(4);
  });
});
