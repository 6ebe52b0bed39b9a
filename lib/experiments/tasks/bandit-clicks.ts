import { matrix, type Matrix } from '../../base/matrix';
import { openBanditPlaces, type OpenBanditLog } from '../../data/read-open-bandit';

/** Impressions as numbers, and whether each was clicked. */
export interface ImpressionCases {
  /** One row an impression. */
  readonly features: Matrix;
  /** What stands in each column. */
  readonly names: readonly string[];
  readonly clicks: Int32Array;
  readonly timesMs: Float64Array;
}

/** Which features an impression is told by. */
export const impressionFeatures = ['place', 'item', 'user', 'hour'] as const;
export type ImpressionFeature = (typeof impressionFeatures)[number];

/**
 * The impressions of a log as columns of 0 and 1 for a linear model: where on the page, which item, which hashed features of the user,
 * which quarter of the day (UTC).
 *
 * Several logs may be given; their items are then told apart by campaign, which has columns of its own.
 *
 * @source McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013 (logistic regression on sparse indicators).
 * @throws RangeError when there is no log or no feature
 */
export function impressionCases(
  logs: readonly OpenBanditLog[],
  which: readonly ImpressionFeature[],
): ImpressionCases {
  if (logs.length === 0 || which.length === 0) {
    throw new RangeError('impressionCases: needs a log and a feature');
  }
  const columnOf = new Map<string, number>();
  const rows = logs.flatMap((log) =>
    Array.from(log.items, (_, at) => {
      const names = which.flatMap((feature) => namesOf(log, at, feature));
      if (logs.length > 1) names.push(`campaign ${log.campaign}`);
      const columns = names.map((name) => {
        const known = columnOf.get(name) ?? columnOf.size;
        columnOf.set(name, known);
        return known;
      });
      return { columns, click: log.clicks[at]!, timeMs: log.timesMs[at]! };
    }),
  );
  rows.sort((a, b) => a.timeMs - b.timeMs);
  const values = new Float32Array(rows.length * columnOf.size);
  for (const [row, { columns }] of rows.entries()) {
    for (const column of columns) values[row * columnOf.size + column] = 1;
  }
  return {
    features: matrix(rows.length, columnOf.size, values),
    names: [...columnOf.keys()],
    clicks: Int32Array.from(rows, ({ click }) => click),
    timesMs: Float64Array.from(rows, ({ timeMs }) => timeMs),
  };
}

function namesOf(log: OpenBanditLog, at: number, feature: ImpressionFeature): string[] {
  switch (feature) {
    case 'place':
      return [`place ${log.places[at]! + 1} of ${openBanditPlaces}`];
    case 'item':
      return [`item ${log.items[at]!} of ${log.campaign}`];
    case 'user':
      return log.userFeatures[at]!.map((value, place) => `user ${place}: ${value}`);
    case 'hour':
      return [`quarter ${Math.floor(((((log.timesMs[at]! / 3_600_000) % 24) + 24) % 24) / 6)} of the day`];
  }
}
