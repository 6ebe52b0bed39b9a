import { InputError } from '../../base/errors';
import type { UserInfo } from '../../data/event';
import { parseDecimal } from '../../data/parse-number';
import type { Sequences } from '../sequences';
import type { Feature } from './feature';
import type { NamedColumn } from './named-column';

/** What is known of users, by the texts of their ids: see `readUsers` in data/tables. */
export type Profiles = ReadonlyMap<string, UserInfo>;

type Users = Pick<Sequences, 'userIds' | 'offsets'>;

/**
 * A field of the users' profiles, as a column of names: each event has its user's word, for example the occupation.
 *
 * A profile is one state for a whole history. Where it was written after the events it may tell what came later, as a membership
 * that was bought in the meantime: take only fields that were known before, or do not change.
 *
 * @throws InputError when no user has the field
 */
export function profileColumn(users: Users, profiles: Profiles, field: string): NamedColumn {
  const words = wordsOf(users, profiles, field);
  const names = ['', ...[...new Set(words)].filter((word) => word !== '').sort()];
  const codes = new Map(names.map((name, code) => [name, code]));
  const values = new Int32Array(users.offsets.at(-1) ?? 0);
  for (const [user, word] of words.entries()) {
    values.fill(codes.get(word)!, users.offsets[user], users.offsets[user + 1]);
  }
  return { name: field, codes: values, names };
}

/**
 * A field of the users' profiles that is a number, as a feature: each event has its user's number, for example the age.
 *
 * Missing (NaN) for a user of whom it is not known. What `profileColumn` says of time holds here too.
 *
 * @throws InputError when no user has the field, or a value is no number
 */
export function profileNumber(
  users: Users,
  profiles: Profiles,
  { field, unit }: { readonly field: string; readonly unit: string },
): Feature {
  const values = new Float32Array(users.offsets.at(-1) ?? 0);
  for (const [user, word] of wordsOf(users, profiles, field).entries()) {
    const value = word === '' ? NaN : parseDecimal(word);
    if (value === null) {
      const remedy = 'Take it as names (profileColumn), or correct the table of users.';
      throw new InputError(`the ${field} of user '${users.userIds[user]!}' is '${word}', no number.`, remedy);
    }
    values.fill(value, users.offsets[user], users.offsets[user + 1]);
  }
  return { name: field, unit, isCausal: true, values };
}

/** The field of each user, `''` where it is not known. */
function wordsOf({ userIds }: Users, profiles: Profiles, field: string): string[] {
  const words = userIds.map((id) => profiles.get(id)?.profile[field] ?? '');
  if (words.some((word) => word !== '')) return words;
  const fields = new Set(userIds.flatMap((id) => Object.keys(profiles.get(id)?.profile ?? {})));
  const remedy =
    fields.size > 0
      ? `The profiles have ${[...fields].sort().join(', ')}.`
      : 'Check that the table of users writes ids as the log does.';
  throw new InputError(`no user of the log has a '${field}'.`, remedy);
}
