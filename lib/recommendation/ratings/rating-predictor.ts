/** Anything that says how many stars a user would give an item. */
export interface RatingPredictor {
  /** Name in tables. */
  readonly name: string;
  /**
   * Predict some ratings of a user.
   *
   * @param user  row of the user in the ratings that were learned from
   * @param items columns there
   * @returns one for each item, on the scale of the ratings; NaN where nothing can be said
   * @throws RangeError when the user or an item is none of those
   */
  predict(user: number, items: ArrayLike<number>): Float64Array;
}

/** Ask the first predictor, and the second where the first can say nothing. */
export function withFallback(first: RatingPredictor, second: RatingPredictor): RatingPredictor {
  return {
    name: `${first.name}, else ${second.name}`,
    predict: (user, items) => {
      const predicted = first.predict(user, items);
      if (!predicted.some(Number.isNaN)) return predicted;
      const instead = second.predict(user, items);
      return predicted.map((value, place) => (Number.isNaN(value) ? instead[place]! : value));
    },
  };
}

/** @throws RangeError when the user is no row, or an item no column */
export function expectKnown(
  caller: string,
  [numUsers, numItems]: readonly [number, number],
  user: number,
  items: ArrayLike<number>,
): void {
  if (!(Number.isInteger(user) && user >= 0 && user < numUsers)) {
    throw new RangeError(`${caller}: there are ${numUsers} users, and none is ${user}`);
  }
  for (let place = 0; place < items.length; place++) {
    const item = items[place]!;
    if (!(Number.isInteger(item) && item >= 0 && item < numItems)) {
      throw new RangeError(`${caller}: there are ${numItems} items, and none is ${item}`);
    }
  }
}
