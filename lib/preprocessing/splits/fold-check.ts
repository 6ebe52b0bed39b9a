import { partBits, partsOfSplit, type EventParts } from './event-parts';
import { checkLeaks, leakFinding, refuseLeaks, type LeakFinding } from './leak-check';
import type { Split, SplitColumns } from './split';

/**
 * Look for leaks in every fold of a cross-validation, and between folds.
 *
 * Beyond `checkLeaks` of each fold: folds by user test every user with events exactly once; rolling folds test no event twice.
 * Otherwise some users would count twice in the mean over folds.
 *
 * @returns nothing for clean folds; a fold's own findings name the fold
 * @throws RangeError when there is no fold, or one is of other columns
 * @source Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", IJCAI 1995
 *   (the folds are mutually exclusive).
 */
export function checkFolds(columns: SplitColumns, folds: readonly (Split | EventParts)[]): LeakFinding[] {
  if (folds.length === 0) throw new RangeError('checkFolds: there are no folds');
  const findings = folds.flatMap((fold, place) =>
    checkLeaks(columns, fold).findings.map((finding) => ({
      ...finding,
      message: `fold ${place}: ${finding.message}`,
    })),
  );
  const { offsets } = columns;
  const testedEvents = new Uint16Array(offsets.at(-1) ?? 0);
  const testedUsers = new Uint16Array(offsets.length - 1);
  for (const fold of folds) {
    const { bits } = 'bits' in fold ? fold : partsOfSplit(fold);
    for (let user = 0; user < testedUsers.length; user++) {
      let isTested = false;
      for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
        if ((bits[event]! & partBits.test) === 0) continue;
        testedEvents[event]! += 1;
        isTested = true;
      }
      if (isTested) testedUsers[user]! += 1;
    }
  }
  if (folds.some(({ method }) => method === 'k-fold')) {
    const users = [...testedUsers.keys()];
    const hasEvents = (user: number): boolean => offsets[user + 1]! > offsets[user]!;
    findings.push(
      ...leakFinding(
        'tested-twice',
        'users are tested in two folds',
        users.filter((user) => testedUsers[user]! > 1),
      ),
      ...leakFinding(
        'never-tested',
        'users are tested in no fold',
        users.filter((user) => testedUsers[user] === 0 && hasEvents(user)),
      ),
    );
  } else {
    const twice = [...testedEvents.keys()].filter((event) => testedEvents[event]! > 1);
    findings.push(...leakFinding('tested-twice', 'events are tested in two folds', twice));
  }
  return findings;
}

/** Refuse folds that leak; see `checkFolds`. @throws InputError naming every kind of leak */
export function expectNoLeakInFolds(columns: SplitColumns, folds: readonly (Split | EventParts)[]): void {
  refuseLeaks(checkFolds(columns, folds));
}
