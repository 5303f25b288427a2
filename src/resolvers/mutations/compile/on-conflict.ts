import type { ColumnModel, KeyModel, TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { ShardQLError } from '../../../shards/errors.ts';
import { withInputPath } from './input-path.ts';

/** What becomes of a new row whose key another row has. */
export const ON_CONFLICT = ['ERROR', 'IGNORE', 'UPDATE'] as const;

type OnConflict = (typeof ON_CONFLICT)[number];

/** Arguments that say it. */
export interface OnConflictArguments {
  readonly onConflict?: OnConflict;
  /** Name of the key. */
  readonly conflictKey?: string;
}

/** The same, checked. */
export interface CheckedOnConflict {
  readonly onConflict: OnConflict;
  /** Null: any. */
  readonly key: KeyModel | null;
}

export function checkOnConflict(
  table: TableModel,
  { onConflict, conflictKey }: OnConflictArguments,
): CheckedOnConflict {
  const key = conflictKey === undefined ? null : keyNamed(table, conflictKey);
  switch (onConflict) {
    case 'IGNORE':
      return { onConflict, key };
    case 'UPDATE':
      return { onConflict, key: key ?? table.primaryKey };
    default:
      if (key === null) return { onConflict: 'ERROR', key };
      throw withInputPath(
        badUserInput('Expected conflictKey with onConflict IGNORE or UPDATE, but got it with ERROR. Leave it out.'),
        ['conflictKey'],
      );
  }
}

const keyNamed = (table: TableModel, name: string): KeyModel =>
  [table.primaryKey, ...table.uniqueKeys].find((key) => key.name === name)!;

/** Null would do, where the column can hold it: it names no row. */
export const noKeyValue = ({ typeName }: TableModel, { name }: ColumnModel): ShardQLError =>
  badUserInput(
    `Expected a value for ${typeName}.${name}, by which existing rows are found, but got none. Give it in the row itself.`,
    { table: typeName, field: name },
  );
