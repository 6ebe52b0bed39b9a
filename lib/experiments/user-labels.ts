import { InputError } from '../base/errors';

/** The label of each user of a log, as a class. */
export interface UserLabels {
  /** What the label is called. */
  readonly name: string;
  /** Names of the classes, in order; for two classes the second one is what is asked for. */
  readonly classes: readonly string[];
  /** Class of each user, -1 where it is not known. */
  readonly ofUsers: Int32Array;
}

/** Most classes that are taken for classes and not for numbers. */
const mostClasses = 50;

/**
 * Give each user of a log its class. Classes are ordered as numbers where all of them are numbers, else as words.
 *
 * @throws InputError when fewer than two classes occur among the users, or more than 50: those are no classes
 */
export function labelUsers(
  { name, ofUser }: { readonly name: string; readonly ofUser: ReadonlyMap<string, string> },
  userIds: readonly string[],
): UserLabels {
  const own = userIds.map((id) => ofUser.get(id));
  const words = [...new Set(own.filter((label) => label !== undefined))];
  const areNumbers = words.every((word) => Number.isFinite(Number(word)));
  const classes = words.sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
  if (classes.length < 2 || classes.length > mostClasses) {
    const known = own.filter((label) => label !== undefined).length;
    throw new InputError(
      `the label ${name} has ${classes.length} values among the ${known} of ${userIds.length} users who have one.`,
      `Give 2 to ${mostClasses} classes, and ids of users as the log writes them.`,
    );
  }
  return {
    name,
    classes,
    ofUsers: Int32Array.from(own, (label) => (label === undefined ? -1 : classes.indexOf(label))),
  };
}
