import { describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../../lib/base/matrix';
import { checkChart } from '../../../lib/figures/chart';
import { groupFunnels, type Journey } from '../../../lib/experiments/groups/funnel';
import {
  funnelChart,
  linkedUsers,
  migrationFlow,
  silhouetteChart,
  stepFlow,
  stepMatrixChart,
} from '../../../lib/experiments/groups/group-figures';
import { transitionMatrix } from '../../../lib/experiments/groups/transition-matrix';

const heading = { title: 't', note: 'n' };
const journey = (user: number, ...behaviors: string[]): Journey => ({
  user,
  steps: behaviors.map((behavior) => ({ behavior })),
});

describe('figures of groups', () => {
  it('draw a step matrix without empty rows and columns, with its counts and numbers', () => {
    const matrix = transitionMatrix(
      [
        ['a', 'b', 'b'],
        ['a', 'a'],
      ],
      { withEnds: true },
    );
    const chart = stepMatrixChart(matrix, heading);
    checkChart(chart);
    expect(chart.rows).toEqual(['(start) (2)', 'a (3)', 'b (2)']);
    expect(chart.columns).toEqual(['a', 'b', '(end)']);
    expect(chart.labels).toEqual([
      ['1.0', '', ''],
      ['.33', '.33', '.33'],
      ['', '.50', '.50'],
    ]);
    expect(() => stepMatrixChart(transitionMatrix([['a']]), heading)).toThrow('nothing follows');
  });

  it('draw the funnels of groups that have a journey', () => {
    const journeys = [journey(0, 'browse', 'cart', 'purchase'), journey(1, 'browse')];
    const [first, second] = groupFunnels(journeys, [0, 0], 2);
    const chart = funnelChart(
      [
        { name: 'x', steps: first! },
        { name: 'y', steps: second! },
      ],
      'visits',
      heading,
    );
    checkChart(chart);
    expect(chart.series.map(({ name }) => name)).toEqual(['x']);
    expect(chart.series[0]).toMatchObject({ counts: [2, 1, 1], shares: [1, 0.5, 0.5] });
    expect(chart.x.title).toBe('share of visits');
    expect(() => funnelChart([{ name: 'y', steps: [] }], 'visits', heading)).toThrow('no group');
  });

  it('draw first steps, and who stops', () => {
    const journeys = [
      journey(0, 'a', 'b', 'a', 'a'),
      journey(0, 'a'),
      journey(1, 'b', 'x', 'a'),
      journey(1, 'x'),
    ];
    const chart = stepFlow(journeys, 3, heading, { names: ['a', 'b'] });
    checkChart(chart);
    expect(chart.layers.map(({ names }) => names[2])).toEqual(['(end)', '(end)', '(end)']);
    expect(chart.counts.map((rows) => rows.map((row) => [...(row as Float64Array)]))).toEqual([
      [
        [0, 1, 1], // a to b, a to the end
        [1, 0, 0], // b, over x, to a
        [0, 0, 0],
      ],
      [
        [0, 0, 1],
        [1, 0, 0],
        [0, 0, 0], // an end stays where it was
      ],
    ]);
    expect(stepFlow(journeys, 2, heading).layers[0]!.names).toEqual(['a', 'b', 'x', '(end)']);
    expect(() => stepFlow(journeys, 1, heading)).toThrow('from 2');
  });

  it('draw a migration, with a box for who was not there only where somebody was not', () => {
    const names = ['g', 'h'];
    const full = migrationFlow(
      [
        { title: '1', labels: [0, 0, 1] },
        { title: '2', labels: [0, 1, 1] },
      ],
      names,
      heading,
    );
    expect(full.layers[0]!.names).toEqual(names);
    expect(full.counts).toEqual([
      [
        [1, 1],
        [0, 1],
      ],
    ]);
    const some = migrationFlow(
      [
        { title: '1', labels: [0, -1, 1] },
        { title: '2', labels: [0, 1, -1] },
      ],
      names,
      heading,
    );
    checkChart(some);
    expect(some.counts).toEqual([
      [
        [1, 0, 0],
        [0, 0, 1],
        [0, 1, 0],
      ],
    ]);
    expect(() => migrationFlow([{ title: '1', labels: [0] }], names, heading)).toThrow('1 periods');
  });

  it('draw silhouettes and users of one group together, and each user once', () => {
    const points = matrixFromRows([
      [0, 0],
      [10, 10],
      [0, 1],
      [10, 11],
      [1, 0],
    ]);
    const labels = Int32Array.of(0, 2, 0, 2, 0);
    const names = ['low', 'empty', 'high'];
    const silhouettes = silhouetteChart(points, labels, names, heading);
    expect(silhouettes.groups.map(({ name, values }) => [name, values.length])).toEqual([
      ['low', 3],
      ['high', 2],
    ]);
    const caption = ['a', 'b', 'c', 'd', 'e'];
    const linked = linkedUsers(
      { points, plane: points, labels, names, caption },
      { x: 'x', y: 'y' },
      heading,
    );
    checkChart(linked);
    expect(linked.groups.map(({ labels: own, y }) => [own, [...(y as Float64Array)]])).toEqual([
      [
        ['a', 'c', 'e'],
        [0, 1, 0],
      ],
      [
        ['b', 'd'],
        [10, 11],
      ],
    ]);
    const line = matrixFromRows([[0]]);
    expect(() => linkedUsers({ points, plane: line, labels, names }, { x: 'x', y: 'y' }, heading)).toThrow(
      '1 x 1',
    );
  });
});
