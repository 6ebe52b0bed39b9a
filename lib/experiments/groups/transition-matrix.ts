import { wilsonInterval, type Interval } from '../../evaluation/proportion-interval';

/** What follows what, counted over many rows of steps. */
export interface TransitionMatrix {
  /** Names of rows and columns. */
  readonly states: readonly string[];
  /** `counts[from][to]`: how often `to` came right after `from`. */
  readonly counts: readonly Float64Array[];
  /** How often each state was left: the sum of its row. */
  readonly left: Float64Array;
  /** `counts` divided by `left`: each row sums to 1; NaN in the row of a state that is never left. */
  readonly probabilities: readonly Float64Array[];
}

/** The states before the first and after the last step of a row. */
export const startState = '(start)';
/** See `startState`. */
export const endState = '(end)';

/** Which states there are. */
export interface TransitionOptions {
  /** Names in the order of the matrix; default all that occur, in the order of the alphabet. */
  readonly states?: readonly string[];
  /** Whether beginnings and ends of rows are states of their own, before and behind the others. Default false. */
  readonly withEnds?: boolean;
}

/**
 * Count which step comes right after which: the first-order transitions of behaviours, categories or groups.
 *
 * A row is what belongs together: the steps of a visit, or of a user. No step follows across rows. A step that repeats is a transition
 * from its state to itself. Probabilities are shares of counts, without smoothing: look at `left` before you read a row.
 *
 * @param rows names of steps, oldest first
 * @throws RangeError when a step is none of the states that were given, states repeat, or there is no step
 * @source Anderson & Goodman, "Statistical Inference about Markov Chains", Annals of Mathematical Statistics 28(1), 1957, section 2
 *   (maximum likelihood).
 */
export function transitionMatrix(
  rows: readonly (readonly string[])[],
  { states = [...new Set(rows.flat())].sort(), withEnds = false }: TransitionOptions = {},
): TransitionMatrix {
  const names = withEnds ? [startState, ...states, endState] : [...states];
  const placeOf = new Map(names.map((name, place) => [name, place]));
  if (placeOf.size < names.length)
    throw new RangeError(`transitionMatrix: states repeat: ${names.join(', ')}`);
  if (states.length === 0) throw new RangeError('transitionMatrix: there are no steps');
  const counts = names.map(() => new Float64Array(names.length));
  for (const [row, steps] of rows.entries()) {
    const places = steps.map((step) => {
      const place = placeOf.get(step);
      if (place === undefined)
        throw new RangeError(`transitionMatrix: row ${row} has the step '${step}', which is no state`);
      return place;
    });
    if (places.length === 0) continue;
    const walked = withEnds ? [0, ...places, names.length - 1] : places;
    for (let at = 1; at < walked.length; at++) counts[walked[at - 1]!]![walked[at]!]! += 1;
  }
  const left = Float64Array.from(counts, (row) => row.reduce((sum, count) => sum + count, 0));
  return {
    states: names,
    counts,
    left,
    probabilities: counts.map((row, from) => row.map((count) => count / left[from]!)),
  };
}

/** Transitions of each group, over the same states. */
export interface GroupTransitions {
  /** Of all rows, also those without a group. */
  readonly all: TransitionMatrix;
  readonly groups: readonly TransitionMatrix[];
}

/**
 * Count transitions group by group.
 *
 * @param labels group of each row, 0 to `numGroups` - 1; -1 for none
 * @throws RangeError as `transitionMatrix`, and when there is not one label a row or a label is no group
 * @source See `transitionMatrix`: Anderson & Goodman 1957.
 */
export function groupTransitions(
  rows: readonly (readonly string[])[],
  labels: ArrayLike<number>,
  numGroups: number,
  options: TransitionOptions = {},
): GroupTransitions {
  if (rows.length !== labels.length)
    throw new RangeError(`groupTransitions: ${rows.length} rows and ${labels.length} labels`);
  const ofGroup = Array.from({ length: numGroups }, (): (readonly string[])[] => []);
  for (const [row, steps] of rows.entries()) {
    const label = labels[row]!;
    if (label === -1) continue;
    const own = ofGroup[label];
    if (!own)
      throw new RangeError(
        `groupTransitions: row ${row} has the label ${label}, groups are 0 to ${numGroups - 1}`,
      );
    own.push(steps);
  }
  const states = options.states ?? [...new Set(rows.flat())].sort();
  const ofRows = (own: readonly (readonly string[])[]): TransitionMatrix =>
    transitionMatrix(own, { ...options, states });
  return { all: ofRows(rows), groups: ofGroup.map(ofRows) };
}

/** A step that a group takes more often, or less, than all others do. */
export interface DistinctiveTransition {
  readonly from: string;
  readonly to: string;
  /** How often the group took it, and how often it left `from`. */
  readonly count: number;
  readonly left: number;
  readonly probability: number;
  readonly interval: Interval;
  /** The same among all rows outside the group. */
  readonly probabilityOfOthers: number;
}

/**
 * List the steps at which a group differs most from the others: by the difference of probabilities, largest first.
 *
 * Intervals are Wilson's and take every step as independent, which steps of one user are not: they are a help against reading rows of
 * few steps, not a test.
 *
 * @param minLeft steps out of a state, in the group and outside, for the state to be looked at. Default 30
 * @throws RangeError when the group is none
 * @source Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158), 1927.
 */
export function distinctiveTransitions(
  { all, groups }: GroupTransitions,
  group: number,
  minLeft = 30,
): DistinctiveTransition[] {
  const own = groups[group];
  if (!own) throw new RangeError(`distinctiveTransitions: group ${group} of ${groups.length}`);
  const found: DistinctiveTransition[] = [];
  for (const [from, name] of all.states.entries()) {
    const [left, leftByOthers] = [own.left[from]!, all.left[from]! - own.left[from]!];
    if (left < Math.max(1, minLeft) || leftByOthers < Math.max(1, minLeft)) continue;
    for (const [to, next] of all.states.entries()) {
      const count = own.counts[from]![to]!;
      const countOfOthers = all.counts[from]![to]! - count;
      if (count + countOfOthers === 0) continue;
      found.push({
        from: name,
        to: next,
        count,
        left,
        probability: count / left,
        interval: wilsonInterval({ successes: count, cases: left }),
        probabilityOfOthers: countOfOthers / leftByOthers,
      });
    }
  }
  const gap = ({ probability, probabilityOfOthers }: DistinctiveTransition): number =>
    Math.abs(probability - probabilityOfOthers);
  return found.sort((a, b) => gap(b) - gap(a)); // stable: ties in the order of the states
}
