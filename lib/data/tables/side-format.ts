import type { FileLayout } from './file-layout';

/** How often an id may stand in a table: once, or oftener, where the first row that knows a value counts for that value. */
export type OnRepeat = 'error' | 'first-known';

interface SideFormat<Field extends string> extends FileLayout<Field> {
  /** Default `error`. */
  readonly onRepeat?: OnRepeat;
  /** The ids are whole numbers, however the file writes them: `17850.0` becomes `17850`; a row with another id is refused. Default false. */
  readonly wholeNumbers?: boolean;
}

/** How a table of items is laid out, and what its fields mean. */
export interface ItemFormat<Field extends string = string> extends SideFormat<Field> {
  readonly columns: {
    readonly item: Field;
    readonly title?: Field;
    /** The fields whose categories an item has, one after another. */
    readonly categories?: readonly Field[];
    /** A number of four digits; anything else is not known. */
    readonly year?: Field;
    readonly price?: Field;
  };
  /** What stands between categories within a field. Default: a field is one category. */
  readonly categoriesBetween?: string;
  /** The word for none. */
  readonly noCategory?: string;
  /** A title ends with its year, as `Toy Story (1995)`: taken off, and taken as the year. Default false. */
  readonly yearInTitle?: boolean;
}

/** How a table of users is laid out, and what its fields mean. */
export interface UserFormat<Field extends string = string> extends SideFormat<Field> {
  readonly columns: {
    readonly user: Field;
    /** Fields by the names they get in the profile. */
    readonly profile: Readonly<Record<string, Field>>;
  };
}

/** Declare how a table of items is laid out. */
export const itemFormat = <Field extends string, Named extends Field = Field>(
  format: Omit<ItemFormat<Field>, 'columns'> & Pick<ItemFormat<Named>, 'columns'>,
): ItemFormat => format;

/** Declare how a table of users is laid out. */
export const userFormat = <Field extends string, Named extends Field = Field>(
  format: Omit<UserFormat<Field>, 'columns'> & Pick<UserFormat<Named>, 'columns'>,
): UserFormat => format;
