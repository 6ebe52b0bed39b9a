/** Where a problem was found. `row` counts from 1, as an editor does. */
export interface InputPlace {
  readonly file?: string;
  readonly row?: number;
}

/**
 * Something the user can put right: says what is wrong, where, and what to do.
 *
 * Commands print only `message` of this error and no stack; any other error is
 * a fault of ours and keeps its stack.
 */
export class InputError extends Error {
  readonly remedy: string;
  readonly place: InputPlace;

  constructor(problem: string, remedy: string, place: InputPlace = {}) {
    const where = [place.file, place.row === undefined ? undefined : `row ${place.row}`]
      .filter(Boolean)
      .join(', ');
    super(`${where ? `${where}: ` : ''}${problem} ${remedy}`);
    this.name = 'InputError';
    this.remedy = remedy;
    this.place = place;
  }
}
