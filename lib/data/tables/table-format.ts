import type { Behavior } from '../event';
import type { TimeUnit } from '../parse-number';
import type { FileLayout } from './file-layout';

/** Which field of a file holds what. */
export interface FieldOf<Field extends string = string> {
  readonly user: Field;
  readonly item?: Field;
  readonly query?: Field;
  readonly time?: Field;
  readonly behavior?: Field;
  readonly session?: Field;
  readonly category?: Field;
  readonly price?: Field;
  readonly dwell?: Field;
  readonly rating?: Field;
}

/** Rows that stand in a file and are no events of it, told by the text of a field. */
export interface LeftOutRows<Field extends string = string> {
  readonly field: Field;
  /** Blanks around the field are taken off. `''` is an empty field. */
  readonly test: { readonly equals: string } | { readonly startsWith: string };
  /** As it is counted in `source.rejected`. */
  readonly reason: string;
}

/**
 * How a file of events is laid out, and what its fields mean: declared once, as plain data.
 *
 * Field names are checked by the compiler when the format is made by `tableFormat` with its `fields`.
 */
export interface TableFormat<Field extends string = string> extends FileLayout<Field> {
  readonly columns: FieldOf<Field>;
  /** Of `columns`, those that a file may lack. */
  readonly optional?: readonly (keyof FieldOf)[];
  /** Default `ms`. ISO text without a zone is UTC. A `pattern` is in the letters of strptime, as in `%d/%m/%Y %H:%M`. */
  readonly timeUnit?: TimeUnit | { readonly pattern: string };
  /** What a row means when no field says it. Default `click`. */
  readonly behavior?: Behavior;
  /** The file's words for behaviours, for example `{ pv: 'click', buy: 'purchase' }`. */
  readonly behaviorNames?: Readonly<Record<string, Behavior>>;
  /** Dwell is in seconds in the file. Default false: milliseconds. */
  readonly dwellInSeconds?: boolean;
  /** Ids that are whole numbers, however the file writes them: `17850.0` becomes `17850`, and what is no whole number is a bad row. */
  readonly wholeNumbers?: readonly ('user' | 'item' | 'session')[];
  /** Rows to leave out, counted by reason, whatever `onBadRow` says. The first rule that holds counts. */
  readonly leaveOut?: readonly LeftOutRows<Field>[];
}

/** A format whose columns name some of its own fields, where it has any. */
type Checked<Field extends string, Named extends Field> = Omit<TableFormat<Field>, 'columns' | 'leaveOut'> & {
  readonly columns: FieldOf<Named>;
  readonly leaveOut?: readonly LeftOutRows<Named>[];
};

/**
 * Declare a format whose field names the compiler checks.
 *
 * @example
 * tableFormat({ kind: 'csv', fields: ['who', 'what'], columns: { user: 'who', item: 'waht' } }) // a type error
 */
export function tableFormat<Field extends string, Named extends Field = Field>(
  format: Checked<Field, Named>,
): TableFormat {
  return format;
}
