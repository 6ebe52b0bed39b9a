import { migration } from '../../clustering/migration';
import { silhouettes } from '../../evaluation/silhouette';
import type { Matrix } from '../../base/matrix';
import type {
  FunnelChart,
  HeatmapChart,
  LinkedChart,
  SankeyChart,
  SilhouetteChart,
} from '../../figures/chart';
import type { FunnelStep, Journey } from './funnel';
import { endState, type TransitionMatrix } from './transition-matrix';

/** What stands above a chart. */
export interface Heading {
  readonly title: string;
  readonly note?: string;
}

/** '.42', '1.0': a probability in a cell; nothing for 0. */
const inCell = (value: number): string =>
  value === 0 ? '' : value.toFixed(2).replace(/^0\./, '.').replace('1.00', '1.0');

/**
 * Draw a transition matrix: what follows (columns) each step (rows), as probabilities. Rows of states that are never left are left out,
 * and so are columns of states that are never reached.
 *
 * @throws RangeError when nothing follows anything
 */
export function stepMatrixChart(
  { states, left, counts, probabilities }: TransitionMatrix,
  heading: Heading,
): HeatmapChart {
  const places = [...states.keys()];
  const rows = places.filter((from) => left[from]! > 0);
  const columns = places.filter((to) => rows.some((from) => counts[from]![to]! > 0));
  if (rows.length === 0) throw new RangeError('stepMatrixChart: nothing follows anything');
  const values = rows.map((from) => columns.map((to) => probabilities[from]![to]!));
  return {
    kind: 'heatmap',
    ...heading,
    x: { title: 'next step' },
    y: { title: 'step' },
    rows: rows.map((from) => `${states[from]!} (${left[from]!.toLocaleString('en-US')})`),
    columns: columns.map((to) => states[to]!),
    values,
    labels: values.map((row) => row.map(inCell)),
    value: { title: 'probability', range: [0, 1] },
  };
}

/**
 * Draw funnels side by side, one a group, as shares of all journeys of the group.
 *
 * @param funnels of the same stages; groups without a journey are left out
 * @param unit    what is counted: 'visits'
 * @throws RangeError when no group has a journey
 */
export function funnelChart(
  funnels: readonly { readonly name: string; readonly steps: readonly FunnelStep[] }[],
  unit: string,
  heading: Heading,
): FunnelChart {
  const there = funnels.filter(({ steps }) => steps.length > 0);
  if (there.length === 0) throw new RangeError('funnelChart: no group has a journey');
  return {
    kind: 'funnel',
    ...heading,
    x: { title: `share of ${unit}` },
    stages: there[0]!.steps.map(({ name }) => name),
    series: there.map(({ name, steps }) => ({
      name,
      counts: steps.map(({ reached }) => reached),
      shares: steps.map(({ ofAll }) => ofAll.share),
      low: steps.map(({ ofAll }) => ofAll.low),
      high: steps.map(({ ofAll }) => ofAll.high),
    })),
  };
}

/**
 * Draw the first steps of journeys as flows: from the first step to the second, and so on; who stops goes to an end.
 *
 * @param names of the steps, from top to bottom; steps of other names are passed over. Default all, in the order of the alphabet
 * @throws RangeError when fewer than two steps are asked for, or no journey has a step
 */
export function stepFlow(
  journeys: readonly Pick<Journey, 'steps'>[],
  numSteps: number,
  heading: Heading,
  { names, unit = 'visits' }: { readonly names?: readonly string[]; readonly unit?: string } = {},
): SankeyChart {
  if (!(Number.isInteger(numSteps) && numSteps >= 2))
    throw new RangeError(`stepFlow: numSteps must be a whole number from 2, got ${numSteps}`);
  const there =
    names ?? [...new Set(journeys.flatMap(({ steps }) => steps.map(({ behavior }) => behavior)))].sort();
  const all = [...there, endState];
  const placeOf = new Map(there.map((name, place) => [name, place]));
  const counts = Array.from({ length: numSteps - 1 }, () => all.map(() => new Float64Array(all.length)));
  for (const { steps } of journeys) {
    const places = steps.flatMap(({ behavior }) => placeOf.get(behavior) ?? []).slice(0, numSteps);
    if (places.length === 0) continue;
    const walked = [...places, all.length - 1].slice(0, numSteps);
    for (let at = 1; at < walked.length; at++) counts[at - 1]![walked[at - 1]!]![walked[at]!]! += 1;
  }
  return {
    kind: 'sankey',
    ...heading,
    unit,
    layers: Array.from({ length: numSteps }, (_, at) => ({ title: `step ${at + 1}`, names: all })),
    counts,
  };
}

/**
 * Draw how users move between groups from period to period.
 *
 * @param periods title of each, and the group of each user then; -1 where the user was not there: a box of its own
 * @param names   one a group
 * @throws RangeError as `migration`, or when there are fewer than two periods
 * @source See `migration`: Cohen 1960; for the drawing `sankeyLayout`: Schmidt 2008.
 */
export function migrationFlow(
  periods: readonly { readonly title: string; readonly labels: ArrayLike<number> }[],
  names: readonly string[],
  heading: Heading,
): SankeyChart {
  if (periods.length < 2) throw new RangeError(`migrationFlow: ${periods.length} periods`);
  const moves = periods
    .slice(1)
    .map(({ labels }, place) => migration(periods[place]!.labels, labels, names.length));
  const isAbsent = moves.some(({ left, joined }) => [...left, ...joined].some((count) => count > 0));
  return {
    kind: 'sankey',
    ...heading,
    unit: 'users',
    layers: periods.map(({ title }) => ({ title, names: isAbsent ? [...names, 'not there'] : names })),
    counts: moves.map(({ counts, left, joined }) =>
      isAbsent
        ? [...counts.map((row, group) => [...row, left[group]!]), [...joined, 0]]
        : counts.map((row) => [...row]),
    ),
  };
}

/** The members of each group with their silhouettes. Groups without a member are left out. */
function membersOf(points: Matrix, labels: Int32Array, names: readonly string[]) {
  const values = silhouettes(points, labels);
  return names.flatMap((name, group) => {
    const members = [...labels.keys()].filter((point) => labels[point] === group);
    return members.length === 0
      ? []
      : [{ name, members, values: Float64Array.from(members, (point) => values[point]!) }];
  });
}

/**
 * Draw the silhouette of every point, group by group.
 *
 * @param labels group of each point, from 0
 * @param names  one a group
 * @throws RangeError as `silhouettes`
 * @source Rousseeuw, "Silhouettes: a Graphical Aid to the Interpretation and Validation of Cluster Analysis", J. Computational and
 *   Applied Mathematics 20, 1987.
 */
export function silhouetteChart(
  points: Matrix,
  labels: Int32Array,
  names: readonly string[],
  heading: Heading,
): SilhouetteChart {
  return {
    kind: 'silhouette',
    ...heading,
    groups: membersOf(points, labels, names).map(({ name, values }) => ({ name, values })),
  };
}

/** Users as vectors, as points of a picture, and as members of groups. */
export interface GroupedUsers {
  /** What was clustered. */
  readonly points: Matrix;
  /** Two columns, one row a point: from `projectPca` or UMAP. */
  readonly plane: Matrix;
  /** Group of each point, from 0. */
  readonly labels: Int32Array;
  /** One a group. */
  readonly names: readonly string[];
  /** Of each point, shown under the pointer. */
  readonly caption?: readonly string[];
}

/**
 * Draw points in a plane, coloured by group, beside their silhouettes, which are those of the whole vectors, not of the plane.
 *
 * @param axes titles of the two columns of the plane
 * @throws RangeError as `silhouettes`, or when the plane has not two columns or another number of rows
 * @source Rousseeuw, "Silhouettes", J. Computational and Applied Mathematics 20, 1987; Becker & Cleveland, "Brushing Scatterplots",
 *   Technometrics 29(2), 1987 (linked views).
 */
export function linkedUsers(
  { points, plane, labels, names, caption }: GroupedUsers,
  axes: { readonly x: string; readonly y: string },
  heading: Heading,
): LinkedChart {
  if (plane.columns !== 2 || plane.rows !== points.rows)
    throw new RangeError(
      `linkedUsers: the plane is ${plane.rows} x ${plane.columns} for ${points.rows} points`,
    );
  return {
    kind: 'linked',
    ...heading,
    x: { title: axes.x },
    y: { title: axes.y },
    groups: membersOf(points, labels, names).map(({ name, members, values }) => ({
      name,
      x: Float64Array.from(members, (point) => plane.values[2 * point]!),
      y: Float64Array.from(members, (point) => plane.values[2 * point + 1]!),
      values,
      ...(caption ? { labels: members.map((point) => caption[point]!) } : {}),
    })),
  };
}
