import type { ColumnModel, ScalarName, WireKind } from './types.ts';

/**
 * What the stored values of a column mean, beyond their SQL type: two columns of one form hold the same values. Plain
 * data, kept with the migrations.
 */
export interface StoredForm {
  readonly scalar: ScalarName;
  readonly wire: WireKind;
  /** Of moments only. */
  readonly dateTime?: NonNullable<ColumnModel['dateTime']>;
  /** The values of an enum, as stored, in ascending order. */
  readonly values?: readonly string[];
}

export function storedForm(column: ColumnModel): StoredForm {
  return {
    scalar: scalarOfStored(column),
    wire: column.wire,
    ...(column.dateTime !== null && { dateTime: column.dateTime }),
    ...(column.enum !== null && { values: column.enum.values.map(([, stored]) => stored).sort() }),
  };
}

/** Keys store what other columns of their type store, except that integers of keys are not bound to 32 bits. */
function scalarOfStored({ scalar, wire }: ColumnModel): ScalarName {
  if (scalar !== 'ID') return scalar;
  switch (wire) {
    case 'text':
      return 'String';
    case 'int64':
    case 'bigintBlob':
      return 'BigInt';
    case 'blob':
      return 'Bytes';
    default:
      return 'ID';
  }
}
